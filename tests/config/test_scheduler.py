# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scheduler entries: our keys strictly, names, places and what tells entries apart."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models import Catalog, LabType, Mode, Runs, VariantAttribute
from planner.config import load_catalog

Load = Callable[..., Catalog]


def test_an_entry_as_kernelci_writes_it(load: Load) -> None:
    """Job, event without channel, runtime by type and name, platforms; nothing else set."""
    (entry,) = load(
        """
        scheduler:
          - job: boot
            event: {channel: node, kind: kbuild, state: available}
            runtime: {type: lava, name: lab-a}
            platforms: [rock, pi]
        """
    ).entries
    assert (entry.id, entry.where.line) == ("part.yaml:2", 2)
    assert (entry.channel, entry.event) == ("node", {"kind": "kbuild", "state": "available"})
    assert (entry.runtime_names, entry.runtime_type) == (("lab-a",), LabType.LAVA)
    assert entry.platforms == ("rock", "pi")
    assert (entry.criteria, entry.runs, entry.rules, entry.disambiguator) == (None, None, None, 0)
    assert entry.places["platforms.1"].line == 5


def test_our_keys(load: Load) -> None:
    """Several names, criteria in both places, runs with one or several variants, rules."""
    first, second = load(
        """
        scheduler:
          - job: boot
            event: {channel: node}
            runtime: {names: [lab-a, lab-b], criteria: {mach: [rockchip, '!x']}}
            criteria: {arch: arm64, cores: 4, gpu: true}
            runs: {number: 3, variant: device_type, mode: strict}
            rules: {tree: [x]}
          - job: boot
            event: {channel: node}
            runtime: {type: lava}
            runs: {number: 2, variant: [mach, runtime]}
        """
    ).entries
    assert first.runtime_names == ("lab-a", "lab-b")
    assert first.criteria == {
        "arch": ("arm64",),
        "cores": ("4",),
        "gpu": ("true",),
        "mach": ("rockchip", "!x"),
    }
    assert first.runs == Runs(number=3, variant=(VariantAttribute.DEVICE_TYPE,), mode=Mode.STRICT)
    assert first.rules == {"tree": ["x"]}
    assert first.places["criteria.mach"].line == 4
    assert first.places["criteria.gpu"].line == 5
    assert second.runs is not None
    assert second.runs.variant == (VariantAttribute.MACH, VariantAttribute.RUNTIME)
    assert second.runs.mode is Mode.PERMISSIVE


GOOD = "  job: boot\n  event: {channel: node}\n"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("-\n  job: boot\n  runtime: {type: lava}\n", 3, "missing_key"),
        (f"-\n{GOOD}", 3, "missing_key"),
        (f"-\n{GOOD}  runtime: {{type: lava}}\n  platfroms: [rock]\n", 6, "unknown_key"),
        (f"-\n{GOOD}  runtime:\n    type: lava\n    nmae: x\n", 7, "unknown_key"),
        (f"-\n{GOOD}  runtime: {{type: lava}}\n  runs:\n    count: 3\n", 7, "unknown_key"),
        (f"-\n{GOOD}  runtime: {{type: lava}}\n  runs:\n    number: 0\n", 7, "bad_value"),
        (f"-\n{GOOD}  runtime: {{type: lava}}\n  runs:\n    variant: colour\n", 7, "bad_value"),
        (
            f"-\n{GOOD}  runtime: {{type: lava}}\n  runs:\n    variant:\n    - mach\n    - x\n",
            9,
            "bad_value",
        ),
        (f"-\n{GOOD}  runtime: {{type: lava}}\n  runs:\n    mode: firm\n", 7, "bad_value"),
        (f"-\n{GOOD}  runtime: {{type: lava}}\n  criteria:\n    arch: {{a: 1}}\n", 7, "bad_value"),
        (f"-\n{GOOD}  runtime: {{type: lava}}\n  criteria: [arm64]\n", 6, "bad_value"),
        (f"-\n{GOOD}  runtime: {{type: lava}}\n  platforms: {{rock: 1}}\n", 6, "bad_value"),
        (f"-\n{GOOD}  runtime: {{type: magic}}\n", 5, "bad_value"),
        (f"-\n{GOOD}  runtime: lab-a\n", 5, "bad_value"),
        (f"-\n{GOOD}  runtime: {{}}\n", 5, "missing_key"),
        (f"-\n{GOOD}  runtime: {{name: a, names: [b]}}\n", 5, "bad_value"),
        ("-\n  job: boot\n  event: checkout\n  runtime: {type: lava}\n", 4, "bad_value"),
        (f"-\n{GOOD}  runtime: {{type: lava}}\n  rules: {{tree: x}}\n", 6, "bad_rules"),
        (
            f"-\n{GOOD}  criteria: {{arch: x}}\n  runtime:\n    type: lava\n    criteria:\n"
            "      arch: y\n",
            9,
            "bad_value",
        ),
        ("- just text\n", 2, "bad_value"),
    ],
)
def test_an_entry_with_a_mistake_is_left_out(load: Load, text: str, line: int, code: str) -> None:
    """Each kind of mistake is named at its line, and the entry beside it is still there."""
    good = f"-\n{GOOD}  runtime: {{type: lava}}\n"
    catalog = load(f"scheduler:\n{text}{good}")
    assert [(d.where.line, d.code) for d in catalog.malformed] == [(line, code)]
    assert len(catalog.entries) == 1


def test_an_event_without_channel_is_named_and_kept(load: Load) -> None:
    """The entry is there, with no channel, and the defect says where."""
    catalog = load("scheduler:\n- job: boot\n  event: {kind: job}\n  runtime: {type: lava}\n")
    assert [(d.where.line, d.code) for d in catalog.defects] == [(3, "no_channel")]
    assert catalog.malformed == ()
    assert catalog.entries[0].channel is None


def test_a_scheduler_that_is_no_list(load: Load) -> None:
    """The section is named and left out."""
    catalog = load("scheduler: {job: boot}\n")
    assert catalog.entries == ()
    assert [(d.where.line, d.subject) for d in catalog.malformed] == [(1, "scheduler")]


def entries_of(load: Load, *tails: str) -> list[int]:
    """Return the disambiguators of entries of one job and event with these other parts."""
    head = "- {job: boot, event: {channel: node, kind: job}, "
    catalog = load("scheduler:\n" + "".join(f"{head}{tail}}}\n" for tail in tails))
    assert catalog.defects == ()
    return [entry.disambiguator for entry in catalog.entries]


def test_pinned_entries_need_no_number(load: Load) -> None:
    """Without runs and criteria the request's place tells entries apart."""
    lab_a, lab_b = "runtime: {name: lab-a}", "runtime: {name: lab-b}"
    assert entries_of(load, lab_a, lab_b, lab_a) == [0, 0, 0]


def test_open_entries_are_numbered_and_like_ones_share_a_number(load: Load) -> None:
    """Entries with runs or criteria count up, in order; an identical one takes the number again."""
    one = "runtime: {type: lava}, criteria: {arch: arm64}"
    two = "runtime: {type: lava}, runs: {number: 2}"
    assert entries_of(load, one, two, "runtime: {name: lab-a}", one, two) == [0, 1, 0, 0, 1]


def test_numbers_are_per_job_whatever_the_event(load: Load) -> None:
    """Other jobs start anew; two events count as one, since one event can trigger both entries."""
    catalog = load(
        """
        jobs: {other: {}}
        scheduler:
        - {job: boot, event: {channel: node, a: 1}, runtime: {type: lava}, runs: {number: 2}}
        - {job: boot, event: {channel: node, a: 2}, runtime: {type: lava}, runs: {number: 3}}
        - {job: other, event: {channel: node, a: 1}, runtime: {type: lava}, runs: {number: 4}}
        - {job: boot, event: {a: 1, channel: node}, runtime: {type: lava}, runs: {number: 5}}
        """
    )
    assert [entry.disambiguator for entry in catalog.entries] == [0, 1, 0, 2]


def test_entries_of_one_line_have_different_ids(load: Callable[..., Catalog]) -> None:
    """JSON is YAML on one line, and an alias stands where its anchor does: ids still differ."""
    entry = "{job: boot, event: {channel: node}, runtime: {type: lava}}"
    for text in (f"scheduler: [{entry}, {entry}, {entry}]", f"scheduler: [&a {entry}, *a, *a]"):
        assert len({entry.id for entry in load(text).entries}) == 3


def test_entries_of_like_named_files_have_different_ids(site: Callable[..., Path]) -> None:
    """Files of the same relative name in two paths do not give two entries one id."""
    text = "scheduler:\n- {job: boot, event: {channel: node}, runtime: {type: lava}}\n"
    catalog = load_catalog(site("one", s=text), site("two", s=text))
    first, second = (entry.id for entry in catalog.entries)
    assert first == "s.yaml:2"
    assert second.endswith("two/s.yaml:2")


def test_a_ladder_of_runtimes_is_names_with_a_time(load: Load) -> None:
    """`after` makes names choices in their order; without names there is nothing to choose."""
    entries = "scheduler: [{{job: j, event: {{channel: node}}, runtime: {{{}}}}}]\n"
    (entry,) = load(entries.format("names: [a, b], after: 30m")).entries
    assert (entry.runtime_names, entry.runtime_after) == (("a", "b"), 1800)
    catalog = load(entries.format("name: a, after: 30m"))
    assert catalog.entries == ()
    assert "without 'names'" in catalog.malformed[-1].text
