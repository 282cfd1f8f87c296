# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner simulate`."""

from pathlib import Path

from tests.cli.conftest import Kci


def test_policies_side_by_side(kci: Kci, shipped: Path) -> None:
    """As JSON, each policy has all measures, and was wanted the same."""
    quiet = ("--workload", "quiet-night", "--times", "0.3", "-o", "json")
    done = kci("simulate", "-c", shipped, *quiet, "--policy", "today", "--policy", "default")
    assert done.code == 0
    today, default = (done.json["policies"][name] for name in ("today", "default"))
    assert today["wanted"] == default["wanted"] > 0
    assert 0 < default["in time"] <= default["wanted"]


def test_the_list_says_what_there_is(kci: Kci, shipped: Path) -> None:
    """Every workload and policy with a line of its own."""
    done = kci("simulate", "-c", shipped, "--list", "-o", "json")
    assert done.code == 0
    assert {"day", "rc1-burst", "lab-down"} <= set(done.json["workloads"])
    assert {"today", "default", "every-revision"} <= set(done.json["policies"])


def test_an_unknown_workload_is_said(kci: Kci, shipped: Path) -> None:
    """With those that there are."""
    done = kci("simulate", "-c", shipped, "--workload", "dya")
    assert done.code == 1
    assert "quiet-night" in done.err
