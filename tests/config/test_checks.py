# SPDX-License-Identifier: LGPL-2.1-or-later
"""What does not fit together in a catalog, each with its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from planner.config import check_catalog, load_catalog

Check = Callable[..., list[tuple[int, str, str]]]

ENTRY = "scheduler:\n- job: boot\n  event: {channel: node}\n"


def test_nothing_wrong(check: Check) -> None:
    """Entries by name, names, type and criteria that all fit give no defect."""
    assert (
        check(
            """
            scheduler:
            - job: boot
              event: {channel: node}
              runtime: {name: lab-a}
              platforms: [rock, pi]
            - job: boot
              event: {channel: node}
              runtime: {type: lava}
              criteria: {arch: arm64, device_type: [raspberry, '!rock']}
              runs: {number: 2, variant: runtime, mode: strict}
            """
        )
        == []
    )


@pytest.mark.parametrize(
    ("tail", "found"),
    [
        ("runtime: {name: lab-x}\n  platforms: [pi]\n", [(2, "unknown_runtime", "lab-x")]),
        (
            "runtime: {names: [lab-x, lab-a, lab-y]}\n  platforms: [pi]\n",
            [(2, "unknown_runtime", "lab-x"), (2, "unknown_runtime", "lab-y")],
        ),
        (
            "runtime: {type: docker}\n  platforms: [pi]\n",
            [(4, "unknown_runtime_type", "docker")],
        ),
        ("runtime: {name: lab-a}\n", [(2, "unknown_platform", "lava")]),
        ("runtime: {type: lava}\n  platforms: []\n", [(2, "unknown_platform", "lava")]),
        (
            "runtime: {name: lab-a}\n  platforms:\n  - pi\n  - tree\n",
            [(7, "unknown_platform", "tree")],
        ),
        ("runtime: {name: lab-a}\n  platforms: tree\n", [(5, "unknown_platform", "tree")]),
        (
            "runtime: {type: lava}\n  criteria:\n    arch: arm64\n    colour: red\n",
            [(7, "unknown_criterion", "colour")],
        ),
        (
            "runtime: {type: lava}\n  criteria:\n    arch: arm64\n    mach: acme\n",
            [(7, "no_matching_platform", "mach")],
        ),
        (
            "runtime:\n    type: lava\n    criteria: {arch: arm64, boot_method: '!grub'}\n",
            [(6, "no_matching_platform", "boot_method")],
        ),
        (
            "runtime: {type: lava}\n  criteria: {mach: rockchip, name: pi}\n",
            [(5, "no_matching_platform", "boot")],
        ),
        (
            "runtime: {type: lava}\n  platforms: [pi]\n  criteria: {class: big}\n",
            [(6, "no_matching_platform", "class")],
        ),
    ],
)
def test_names_and_criteria(check: Check, tail: str, found: list[tuple[int, str, str]]) -> None:
    """Each thing that is not defined or matches nothing is one defect at its place."""
    assert check(f"{ENTRY}  {tail}") == found


def test_an_unknown_job(check: Check) -> None:
    """An entry whose job is not defined is named where the job's name stands."""
    text = "scheduler:\n- event: {channel: node}\n  runtime: {type: lava}\n  job: shoe\n"
    assert check(f"{text}  platforms: [pi]\n") == [(4, "unknown_job", "shoe")]


@pytest.mark.parametrize(
    ("runs", "wrong"),
    [
        ("{number: 3, variant: mach, mode: strict}", True),
        ("{number: 2, variant: mach, mode: strict}", False),
        ("{number: 3, variant: mach, mode: permissive}", False),
        ("{number: 9, mode: strict}", False),
        ("{number: 3, variant: runtime, mode: strict}", True),
        ("{number: 2, variant: [mach, arch], mode: strict}", True),
        ("{number: 2, variant: [mach, runtime, device_type, platform], mode: strict}", False),
    ],
)
def test_strict_needs_enough_values(check: Check, runs: str, wrong: bool) -> None:
    """Strict runs need as many values of each variant as there are runs; permissive ones do not."""
    tail = f"  runtime: {{type: lava}}\n  criteria: {{arch: arm64}}\n  runs: {runs}\n"
    assert check(ENTRY + tail) == ([(6, "too_few_variants", "boot")] if wrong else [])


def test_strict_over_a_device_type_that_the_job_sets(check: Check) -> None:
    """The job's own device type makes all platforms one."""
    text = """
        jobs: {pool: {params: {device_type: any}}}
        scheduler:
        - job: pool
          event: {channel: node}
          runtime: {name: lab-a}
          platforms: [rock, pi]
          runs: {number: 2, variant: device_type, mode: strict}
        """
    assert check(text) == [(7, "too_few_variants", "pool")]


def test_an_anchored_name_is_named_once_with_its_uses(site: Callable[..., Path]) -> None:
    """One literal place is one defect, saying how many entries share it; two places are two."""
    root = site(
        base=True,
        s="""
        scheduler:
        - {job: boot, event: {channel: node}, runtime: &lab {name: lab-a}, platforms: &boards [
            gone,
            pi]}
        - {job: boot, event: {channel: node}, runtime: *lab, platforms: *boards}
        - {job: boot, event: {channel: node}, runtime: *lab, platforms: [gone]}
        """,
    )
    first, second = check_catalog(load_catalog(root))
    assert (first.where.line, first.subject) == (3, "gone")
    assert "2 entries" in first.text
    assert (second.where.line, second.subject) == (6, "gone")
    assert "1 entry" in second.text


def test_what_was_left_out_is_not_called_undefined(check: Check) -> None:
    """An item that cannot be understood is one defect, not one more for each entry that uses it."""
    text = """
        platforms: {bad: [1]}
        jobs: {bad: [1]}
        runtimes: {bad: {}}
        scheduler:
        - {job: bad, event: {channel: node}, runtime: {name: bad}, platforms: [bad]}
        """
    assert [(line, subject) for line, _, subject in check(text)] == [
        (1, "platforms.bad"),
        (2, "jobs.bad"),
        (3, "runtimes.bad"),
    ]


def test_all_problems_at_once_in_order(check: Check) -> None:
    """Problems of every kind come together, by line."""
    text = """
        jobs: {odd: {priority: urgent}}
        scheduler:
        - {job: shoe, event: {channel: node}, runtime: {name: lab-x}, platforms: [tree]}
        - {job: boot, event: {channel: node}, runtime: {type: lava}, extra: 1}
        planner: {policy: wild}
        """
    assert [(line, code) for line, code, _ in check(text)] == [
        (1, "bad_priority"),
        (3, "unknown_job"),
        (3, "unknown_platform"),
        (3, "unknown_runtime"),
        (4, "unknown_key"),
        (5, "unknown_policy"),
    ]


def test_a_real_configuration(shared: Path) -> None:
    """A part of a production configuration: what it refers to and lacks, and nothing else."""
    config = shared / "kernelci" / "config"
    catalog = load_catalog(config)
    defects = check_catalog(catalog)
    assert catalog.defects == ()
    runtimes = [d for d in defects if d.code == "unknown_runtime"]
    assert len(runtimes) == 23
    assert {d.subject for d in runtimes} == {"lava-kci-qualcomm"}
    assert len({d.where for d in runtimes}) == 23
    platforms = [d for d in defects if d.code == "unknown_platform"]
    assert len({d.subject for d in platforms}) == 16
    assert len(runtimes) + len(platforms) == len(defects)
    lines = (config / "scheduler.yaml").read_text().splitlines()
    for defect in platforms:
        assert lines[defect.where.line - 1].strip() == f"- {defect.subject}"
    for defect in runtimes:
        assert lines[defect.where.line - 1].startswith("  - job: ")
