# SPDX-License-Identifier: LGPL-2.1-or-later
"""The planner against the plain reference, on random configurations, events and nodes."""

import json
from pathlib import Path

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from models import Catalog, Demand, ReasonTier
from planner.config import load_catalog
from tests.demand.random_sites import random_case
from tests.demand.reference import Triple, expected
from tests.demand.site import Json, demand

# One folder for all examples: each overwrites the configuration of the one before.
shared_folder = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
cases = st.builds(
    random_case,
    seed=st.integers(0, 2**32 - 1),
    entries=st.integers(2, 8),
    events=st.integers(3, 10),
)


@shared_folder
@given(cases)
def test_the_same_answers_as_the_reference(
    tmp_path: Path, case: tuple[Json, list[Json], list[Json]]
) -> None:
    """Exactly the places that the documentation allows are candidates, each retry apart.

    And what is refused is refused for a reason that the documentation gives.
    """
    config, nodes, events = case
    made = demand(_load(tmp_path, config), *events, nodes=nodes)
    _compare(made, expected(config, events, nodes))


@shared_folder
@given(cases)
def test_the_same_answers_without_nodes(
    tmp_path: Path, case: tuple[Json, list[Json], list[Json]]
) -> None:
    """Where no node is known, what the event says of its node is all there is."""
    config, _, events = case
    made = demand(_load(tmp_path, config), *events, nodes=None)
    _compare(made, expected(config, events, []))


def _load(folder: Path, config: Json) -> Catalog:
    path = folder / "site.yaml"
    path.write_text(json.dumps(config, indent=1))
    catalog = load_catalog(path)
    assert catalog.malformed == ()
    return catalog


def _compare(made: Demand, answers: dict[Triple, set[str | None]]) -> None:
    assert made.errors == ()
    found: set[Triple] = set()
    refused: dict[Triple, set[str | None]] = {}
    for request in made.requests:
        about = (request.parent, request.job, request.retry)
        found |= {Triple(*about, place.runtime, place.platform) for place in request.candidates}
        for no in request.rejections:
            if no.runtime and no.platform and no.reason.tier is ReasonTier.EXCLUDED:
                triple = Triple(*about, no.runtime, no.platform)
                refused.setdefault(triple, set()).add(no.reason.code.value)
    for answer in {answer for each in answers.values() for answer in each}:
        event(f"answered {answer or 'yes'}")
    assert found == {triple for triple, given in answers.items() if None in given}
    assert found | set(refused) == set(answers)
    for triple, codes in refused.items():
        assert codes <= answers[triple]
