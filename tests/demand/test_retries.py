# SPDX-License-Identifier: LGPL-2.1-or-later
"""A spoiled run is asked for again, on another kind of device, then in another lab."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models import Mode, Place, Request, Runs, SentRun, Spoiled, VariantAttribute
from planner.demand import retry_of

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
PLACES = st.lists(
    st.builds(
        lambda lab, kind: Place(runtime=lab, platform=kind, device_type=kind),
        st.sampled_from(["north", "south", "east"]),
        st.sampled_from(["rock", "pi", "vim"]),
    ),
    min_size=1,
    unique=True,
)


def spoiled(*places: Place, retry: int = 0) -> Spoiled:
    """Return a run that its first place spoiled."""
    request = Request(
        key="ab12",
        entry="site.yaml:1",
        job="boot",
        kind="job",
        parent="n1",
        retry=retry,
        priority=40,
        submitter=None,
        runs=Runs(number=3, variant=(VariantAttribute.DEVICE_TYPE,), mode=Mode.STRICT),
        candidates=places,
        created=NOW,
        deadline=NOW + timedelta(hours=6),
    )
    first = places[0]
    place = SentRun(
        index=1, runtime=first.runtime, platform=first.platform, device_type=first.device_type
    )
    return Spoiled(run="ab12-1", request=request, place=place)


def place(lab: str, kind: str) -> Place:
    """Return a place."""
    return Place(runtime=lab, platform=kind, device_type=kind)


def test_elsewhere_and_then_in_another_lab() -> None:
    """The first retry avoids the kind of device there, the second the lab."""
    here, beside, far = place("north", "rock"), place("north", "pi"), place("south", "rock")
    first = retry_of(spoiled(here, beside, far), LATER, 3600)
    assert first.candidates == (beside, far)
    second = retry_of(spoiled(here, beside, far, retry=1), LATER, 3600)
    assert second.candidates == (far,)
    assert retry_of(spoiled(here, beside, retry=1), LATER, 3600).candidates == (beside,)


def test_a_chain_remembers_every_place() -> None:
    """No retry goes where an earlier one was spoiled while there is anywhere else; then back."""
    here, beside, far = place("north", "rock"), place("north", "pi"), place("south", "rock")
    request, went = spoiled(here, beside, far).request, [here]
    for _ in range(4):
        at = SentRun(index=0, **went[-1].model_dump(include={"runtime", "platform", "device_type"}))
        spoilt = Spoiled(run=request.run(0), request=request, place=at)
        request = retry_of(spoilt, LATER, 3600)
        went.append(request.candidates[0])
    assert went[:3] == [here, beside, far]
    assert went[3] != far
    assert went[4] != went[3]


@given(PLACES, st.integers(1, 6))
def test_any_chain(places: list[Place], length: int) -> None:
    """Never twice in a row on one kind of device of a lab, and everywhere before anywhere twice."""
    request, went = spoiled(*places).request, [places[0]]
    for _ in range(length):
        at = SentRun(index=0, **went[-1].model_dump(include={"runtime", "platform", "device_type"}))
        request = retry_of(Spoiled(run="r-0", request=request, place=at), LATER, 3600)
        assert sorted((*request.candidates, *request.spare), key=str) == sorted(places, key=str)
        went.append(request.candidates[0])
    assert len({str(one) for one in went}) == min(len(places), length + 1)
    assert len(places) == 1 or all(one != two for one, two in itertools.pairwise(went))


@given(PLACES, st.integers(0, 3))
def test_any_retry(places: list[Place], retry: int) -> None:
    """It is one run of the same job, counts one more, and always has somewhere to go."""
    before = spoiled(*places, retry=retry)
    again = retry_of(before, LATER, 3600)
    assert (again.retry, again.runs, again.sent) == (retry + 1, Runs(), ())
    assert (again.job, again.parent, again.priority) == ("boot", "n1", 40)
    assert (again.created, again.deadline) == (LATER, LATER + timedelta(hours=1))
    assert again.candidates
    assert set(again.candidates) <= set(places)
    if len(places) > 1:
        assert places[0] not in again.candidates
    assert again.key != before.request.key
    assert again.key == retry_of(before, NOW, 60).key
