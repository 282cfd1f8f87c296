# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner solve`: a saved problem solved again."""

from pathlib import Path

import pytest

from models import ExitCode
from planner.plan import diff, read_plan
from tests.cli.conftest import Kci


@pytest.fixture
def problem_file(kci: Kci, quick: list[str | Path], tmp_path: Path) -> Path:
    """Return the problem of the shipped batch as a file."""
    path = tmp_path / "problem.npz"
    assert kci("plan", *quick, "--save-problem", path).code == ExitCode.DONE
    return path


def test_the_plan_that_was_saved(
    kci: Kci, problem_file: Path, plan_file: Path, tmp_path: Path
) -> None:
    """The same problem has the same digest, and decides the same."""
    done = kci("solve", problem_file, "--solver", "greedy", "-o", "json")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    again = tmp_path / "again.json"
    again.write_text(done.out)
    assert read_plan(again).plan.problem == read_plan(plan_file).plan.problem
    assert diff(read_plan(plan_file), read_plan(again)).empty


def test_another_solver_and_seed(kci: Kci, problem_file: Path) -> None:
    """The solver can be chosen, and the seed is what it draws from."""
    one, same, other = (
        kci("solve", problem_file, "--solver", "today", "--seed", seed, "-o", "json").json
        for seed in ("1", "1", "2")
    )
    assert one["solve"]["solver"] == "today"
    assert one["assignments"] == same["assignments"]
    assert one["assignments"] != other["assignments"]


def test_for_people(kci: Kci, problem_file: Path) -> None:
    """A table as `plan` prints it."""
    assert "runs placed" in kci("solve", problem_file, "--solver", "greedy").out


def test_what_cannot_be_solved(kci: Kci, problem_file: Path, tmp_path: Path) -> None:
    """No such file, no problem in it, no such solver: an error each, exit 1."""
    wrong = tmp_path / "wrong.npz"
    wrong.write_text("nothing of the kind")
    for args in ((tmp_path / "nowhere",), (wrong,), (problem_file, "--solver", "nope")):
        done = kci("solve", *args)
        assert (done.code, done.out) == (ExitCode.ERROR, "")
        assert done.err.startswith("error: ")
