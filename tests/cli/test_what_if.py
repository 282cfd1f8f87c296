# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner plan --what-if`: two plans of one batch, compared."""

from pathlib import Path

import pytest

from models import ExitCode, WhatIf
from tests.cli.conftest import Kci

Args = list[str | Path]


def test_a_lab_offline(kci: Kci, batch: Args) -> None:
    """One object: the changes, both sides, and every run with another fate."""
    done = kci("plan", *batch, "--what-if", "lab=lava-south:offline", "-o", "json")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    found = WhatIf.model_validate(done.json)
    assert found.changes == ("lab=lava-south:offline",)
    assert found.before.placed > found.after.placed
    places = {c.place_after.runtime for c in found.difference.moved if c.place_after}
    assert "lava-south" not in places
    assert found.difference.deferred


def test_the_sides_are_the_plans_themselves(kci: Kci, batch: Args) -> None:
    """`before` is the plan of the same batch, `after` that of the other policy."""
    plans = [
        kci("plan", *batch, *policy, "-o", "json").json["plan"]["id"]
        for policy in ((), ("--policy", "cheapest"))
    ]
    found = kci("plan", *batch, "--what-if", "policy=cheapest", "-o", "json").json
    assert [found["before"]["plan"], found["after"]["plan"]] == plans


def test_for_people(kci: Kci, quick: Args) -> None:
    """Every tier before and after, and how many runs are gained, lost and moved."""
    done = kci("plan", *quick, "--what-if", "devices=lava-south/intel-nuc11:+2")
    assert done.code == ExitCode.DONE
    assert "what if  devices=lava-south/intel-nuc11:+2" in done.out
    for word in ("value", "diversity", "completion", "cost", "gained", "lost", "moved"):
        assert word in done.out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("lab=x:offline", "no runtime 'x'; there are: docker-tools, k8s-main, lava-east"),
        ("labs=x", "'--what-if': no kind of change 'labs'"),
        ("policy=nope", "there is no policy 'nope'; there are: cheapest"),
    ],
)
def test_usage(kci: Kci, quick: Args, change: str, said: str) -> None:
    """A change of something that is not there is a usage error that names what is."""
    done = kci("plan", *quick, "--what-if", change)
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert said in done.err
