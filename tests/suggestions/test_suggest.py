# SPDX-License-Identifier: LGPL-2.1-or-later
"""Suggestions against what the planner makes of the configuration before and after."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Catalog, Event, Fate, Suggestion, SuggestionKind
from planner import expand
from planner.config import load_catalog
from planner.suggestions import suggest
from tests.suggestions.conftest import EVENT, SITE, Load

Place = tuple[str, str | None]

jobs = st.sampled_from(["boot", "boot-north", "boot-long-name", "boot-ramdisk"])
labs = st.sampled_from(["north", "south", "east", "cloud-a", "elsewhere"])
boards = ["pi", "pi-plus", "rock", "rock-plus", "virtual-arm", "virtual-x86", "nuc", "unknown"]
entries = st.fixed_dictionaries(
    {
        "job": jobs,
        "event": st.just({"channel": "node", "kind": "kbuild"}),
        "runtime": st.one_of(
            st.builds(lambda name: {"name": name}, labs),
            st.builds(lambda name: {"type": "lava", "name": name}, labs),
            st.builds(lambda names: {"names": names}, st.lists(labs, min_size=1, unique=True)),
            st.just({"type": "lava"}),
        ),
    },
    optional={
        "platforms": st.lists(st.sampled_from(boards), max_size=6),
        "criteria": st.sampled_from([{"arch": "arm64"}, {"mach": ["!qemu"]}]),
        "rules": st.just({"tree": ["next"]}),
    },
)


def test_the_proof_is_what_the_planner_does() -> None:
    """For any site, written as suggested and expanded anew: the runs and places that it says."""

    @settings(max_examples=40, deadline=None)
    @given(items=st.lists(entries, min_size=1, max_size=6), keep_runs=st.booleans())
    def holds(items: list[dict[str, Any]], keep_runs: bool) -> None:
        with TemporaryDirectory() as folder:
            catalog = read(Path(folder), items)
            for suggestion in suggest(catalog, keep_runs=keep_runs):
                replaced = set(suggestion.entries)
                before = [
                    i for i, e in zip(items, catalog.entries, strict=True) if e.id in replaced
                ]
                after = yaml.safe_load(suggestion.yaml)
                assert len(after) < len(before) or suggestion.kind is SuggestionKind.CRITERIA
                check(suggestion, *(asked(read(Path(folder), list_)) for list_ in (before, after)))
                if keep_runs:
                    assert suggestion.runs_after >= suggestion.runs_before

    holds()


def read(folder: Path, items: list[dict[str, Any]]) -> Catalog:
    """Return the site with these entries, one a line, as it is read from disk."""
    (folder / "site.yaml").write_text(SITE)
    text = "".join(f"- {yaml.safe_dump(i, default_flow_style=True, width=9999)}" for i in items)
    (folder / "scheduler.yaml").write_text(f"scheduler:\n{text}")
    catalog = load_catalog(folder)
    assert len(catalog.entries) == len(items)
    return catalog


class Asked:
    """What one event asks for, entry by entry, so that wishes that are alike count each."""

    def __init__(self) -> None:
        self.runs = 0
        self.bound: Counter[str | None] = Counter()
        self.places: set[Place] = set()

    def add(self, number: int, places: Iterable[Place]) -> None:
        """Count one request."""
        places = set(places)
        self.runs += number
        self.places |= places
        platforms = {platform for _, platform in places}
        self.bound[platforms.pop() if len(platforms) == 1 else None] += number


def asked(catalog: Catalog) -> Asked:
    """Return what one event asks for of `catalog`, by the expansion that plans are made from."""
    data = {
        "id": "n",
        "kind": "kbuild",
        "name": "build",
        "state": "available",
        "data": {"kernel_revision": {}},
    }
    event = Event(id="e", channel="node", timestamp=None, data=data, fingerprint="f", line=1)
    result = Asked()
    for entry in catalog.entries:
        plain = entry.model_copy(update={"rules": None})
        alone = catalog.model_copy(update={"entries": (plain,)})
        for request in expand(alone, [event]).requests:
            places = [(p.runtime, p.platform) for p in request.candidates]
            places += [(str(r.runtime), r.platform) for r in request.rejections]
            result.add(request.runs.number, places)
    return result


def check(suggestion: Suggestion, before: Asked, after: Asked) -> None:
    """Hold the suggestion's proof against what was and is asked for."""
    assert (suggestion.runs_before, suggestion.runs_after) == (before.runs, after.runs)
    fates = {fate: {(p.runtime, p.platform) for p in suggestion.with_fate(fate)} for fate in Fate}
    assert fates == {
        Fate.STAYS: before.places & after.places,
        Fate.APPEARS: after.places - before.places,
        Fate.DISAPPEARS: before.places - after.places,
    }
    # No run goes without being said.
    lost = sum(one.before - one.after for one in suggestion.fewer)
    assert lost >= before.runs - after.runs
    if suggestion.kind is SuggestionKind.LABS:
        less = {p: n for p, n in before.bound.items() if after.bound[p] < n}
        assert {one.platform: one.before for one in suggestion.fewer} == less


TWO_LABS = f"""\
- {{job: boot-long-name, {EVENT}, runtime: {{name: north}}, platforms: [pi, rock]}}
- {{job: boot-north, {EVENT}, runtime: {{name: south}}, platforms: [pi, nuc]}}
"""


def test_two_labs(load: Load) -> None:
    """One entry under the shortest name; the board that both have is said to lose a run."""
    catalog = load(TWO_LABS)
    (found,) = suggest(catalog)
    assert yaml.safe_load(found.yaml) == [
        {
            "job": "boot-north",
            "event": {"channel": "node", "kind": "kbuild", "state": "available"},
            "runtime": {"names": ["north", "south"]},
            "platforms": ["pi", "rock", "nuc"],
        }
    ]
    assert [(f.platform, f.before, f.after) for f in found.fewer] == [("pi", 2, 1)]
    assert {p.was for p in found.with_fate(Fate.STAYS)} == {("boot-long-name",), ("boot-north",)}
    assert any("boot-long-name" in note for note in found.notes)


def test_all_labs_of_a_type(load: Load) -> None:
    """If the entries name every lab of a type, the type alone says the same."""
    entry = "- {{job: boot, {event}, runtime: {{name: {lab}}}, platforms: [{board}]}}\n"
    text = "".join(
        entry.format(event=EVENT, lab=lab, board=board)
        for lab, board in (("north", "pi"), ("south", "rock"), ("east", "nuc"))
    )
    (found,) = suggest(load(text))
    assert yaml.safe_load(found.yaml)[0]["runtime"] == {"type": "lava"}


def test_keeping_runs(load: Load) -> None:
    """A board that two labs have keeps both runs, in an entry whose runs differ in the lab."""
    third = f"- {{job: boot, {EVENT}, runtime: {{name: east}}, platforms: [rock-plus]}}\n"
    (found,) = suggest(load(TWO_LABS + third), keep_runs=True)
    assert found.fewer == ()
    first, second = yaml.safe_load(found.yaml)
    assert first["platforms"] == ["rock", "nuc", "rock-plus"]
    assert second["platforms"] == ["pi"]
    assert second["runtime"] == {"names": ["north", "south"]}
    assert second["runs"] == {"number": 2, "variant": "runtime"}


def test_keeping_runs_when_that_is_not_shorter(load: Load) -> None:
    """Two entries would become two: there is nothing to suggest."""
    assert suggest(load(TWO_LABS), keep_runs=True) == ()


def test_a_list_of_boards(load: Load) -> None:
    """The list becomes criteria and as many runs on different platforms; all places stay."""
    text = f"- {{job: boot, {EVENT}, runtime: {{name: north}}, platforms: [pi, pi-plus]}}\n"
    (found,) = suggest(load(text))
    (item,) = yaml.safe_load(found.yaml)
    assert item["criteria"] == {"mach": "broadcom"}
    assert item["runs"] == {"number": 2, "variant": "platform"}
    assert "platforms" not in item
    assert {place.fate for place in found.places} == {Fate.STAYS}
    assert any("bound to no platform" in note for note in found.notes)


@pytest.mark.parametrize("keep_runs", [False, True])
def test_a_real_configuration(shared: Path, keep_runs: bool) -> None:
    """No place disappears, and no run does unless it is said so."""
    found = suggest(load_catalog(shared / "kernelci" / "config"), keep_runs=keep_runs)
    assert {suggestion.kind for suggestion in found} == set(SuggestionKind)
    for suggestion in found:
        assert suggestion.with_fate(Fate.DISAPPEARS) == ()
        lost = sum(one.before - one.after for one in suggestion.fewer)
        assert suggestion.runs_after == suggestion.runs_before - lost
        assert not (keep_runs and lost)
