# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner diff`: two plan files compared."""

from pathlib import Path

import pytest

from models import ExitCode, PlanDiff
from planner.plan import diff, read_plan
from tests.cli.conftest import Kci


@pytest.fixture
def other_file(kci: Kci, quick: list[str | Path], tmp_path: Path) -> Path:
    """Return the plan of another policy for the same quick."""
    path = tmp_path / "other.json"
    path.write_text(kci("plan", *quick, "--policy", "fastest", "-o", "json").out)
    return path


def test_two_plans(kci: Kci, plan_file: Path, other_file: Path) -> None:
    """JSON is the difference; that they differ is no error."""
    done = kci("diff", plan_file, other_file, "-o", "json")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    found = PlanDiff.model_validate(done.json)
    assert found == diff(read_plan(plan_file), read_plan(other_file))
    assert not found.empty


def test_for_people(kci: Kci, plan_file: Path, other_file: Path) -> None:
    """Every run that the difference names is on the page."""
    found = diff(read_plan(plan_file), read_plan(other_file))
    out = kci("diff", plan_file, other_file).out
    for change in (*found.placed, *found.moved, *found.deferred):
        assert change.run in out


def test_a_plan_and_itself(kci: Kci, plan_file: Path) -> None:
    """Said in words, exit 0."""
    done = kci("diff", plan_file, plan_file)
    assert done.code == ExitCode.DONE
    assert "both plans decide the same" in done.out


def test_an_unreadable_file(kci: Kci, plan_file: Path, tmp_path: Path) -> None:
    """Either file being no plan is an error that names it, exit 1."""
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[]")
    for files in ((plan_file, wrong), (wrong, plan_file), (plan_file, tmp_path / "nowhere")):
        done = kci("diff", *files)
        assert (done.code, done.out) == (ExitCode.ERROR, "")
        assert str(tmp_path) in done.err
