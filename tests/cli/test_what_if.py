# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner plan --what-if` and `--worth`: the same batch with something different."""

from pathlib import Path

import pytest

from models import ExitCode, PlanDocument, WhatIf
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


def test_one_more_device_of_each_type(kci: Kci, quick: Args) -> None:
    """`--worth` adds to the plan what each type would bring; without it nothing is solved."""
    plain = PlanDocument.model_validate(kci("plan", *quick, "-o", "json").json)
    assert plain.boards == ()
    done = kci("plan", *quick, "--worth", "-o", "json")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    boards = PlanDocument.model_validate(done.json).boards
    assert {board.runtime for board in boards} >= {"lava-south", "shell-local"}
    assert all(list(b.gains) == [t.name for t in plain.solve.tiers] for b in boards)
    best = next(board for board in boards if any(board.gains.values()))
    assert best.place in kci("plan", *quick, "--worth").out


def test_nobody_knows_what_the_labs_have(kci: Kci, quick: Args, tmp_path: Path) -> None:
    """Where no device can be counted up, that is said, and the plan is the same."""
    unknown = tmp_path / "capacity.yaml"
    labs = ("lava", "docker", "kubernetes", "pull_labs", "shell")
    unknown.write_text("".join(f"{lab}: {{known: false}}\n" for lab in labs))
    done = kci("plan", *quick, "--capacity", unknown, "--worth", "-o", "json")
    assert done.json["boards"] == []
    assert "says how many devices it has" in done.err


def test_worth_or_what_if(kci: Kci, quick: Args) -> None:
    """Both at once is a usage error."""
    done = kci("plan", *quick, "--worth", "--what-if", "policy=cheapest")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
