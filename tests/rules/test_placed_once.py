# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rule `placed_once`, alone."""

import numpy as np
import pytest
from hypothesis import given

from planner.rules.placed_once import PlacedOnce
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import admitted, columns_of, drawn, lift, seeds

RULE = PlacedOnce()
TWO = facts(Wish(("lab/rk3399",), number=2), Wish(("lab/rk3399", "lab/juno")))


def test_a_run_on_a_candidate_of_another_request_is_a_violation() -> None:
    """Candidate 2 belongs to the second request, so the first one's run may not stand there."""
    (violation,) = RULE.check(TWO, np.array([2, -1, -1]))
    assert violation.rule == "placed_once"
    assert "r0-0" in violation.text


@pytest.mark.parametrize("code", [-2, 3, 1000])
def test_a_code_that_is_no_candidate_is_a_violation(code: int) -> None:
    """A number outside of the candidates means nothing and is refused, not looked up."""
    assert len(RULE.check(TWO, np.array([code, -1, -1]))) == 1


@pytest.mark.parametrize("runs", [0, 2, 4])
def test_a_plan_must_speak_of_every_run_once(runs: int) -> None:
    """A choice too short or too long is one violation, whatever it says."""
    (violation,) = RULE.check(TWO, np.full(runs, -1))
    assert f"{runs} runs" in violation.text


def test_runs_may_wait_or_stand_on_their_own_candidates() -> None:
    """Nothing is wrong with waiting, nor with two runs of a request in one place."""
    assert RULE.check(TWO, choose(TWO, "lab/rk3399", "lab/rk3399", None)) == []


@given(seeds)
def test_the_rows_admit_every_choice_of_own_candidates(seeds: tuple[int, int]) -> None:
    """Whatever passes the check is within the rows."""
    problem, choice = drawn(seeds)
    columns = columns_of(problem)
    assert RULE.check(problem, choice) == []
    assert admitted(RULE.rows(columns), lift(columns, choice))


def test_the_rows_refuse_one_run_too_many() -> None:
    """A class cannot place more runs than its requests have."""
    columns = columns_of(TWO)
    solution = np.zeros(columns.size, dtype=np.int64)
    solution[0] = 3
    assert not admitted(RULE.rows(columns), solution)
