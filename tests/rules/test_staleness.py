# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal staleness: what has not run for long runs again."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models import Tier
from planner.plan import check
from planner.problem import Problem
from planner.rules import GOALS
from planner.solvers import solve
from tests.instances import small
from tests.rules.facts import Wish, choose, facts, stale

BOARDS = ("lab/common", "lab/plain", "lab/rare")


def boards_of(problem: Problem) -> list[str]:
    """Return where the best plan sends the runs, sorted; the plan has to pass the check."""
    plan = solve(problem, solver="exact")
    assert check(problem, plan) == []
    assert plan.gap == 0
    placed = problem.candidate_slot[plan.choice[plan.choice >= 0]]
    names = problem.labels["device_type"]
    return sorted(names[kind] for kind in problem.slot_device_type[placed])


def test_each_pair_counts_once() -> None:
    """Two runs of a job on one board make it fresh once; another tree is another pair."""
    bare = facts(*(Wish(BOARDS) for _ in range(3)))
    problem = stale(bare, {(1, "rare"): 9, (2, "rare"): 4, (1, "plain"): 2}, 1, 1, 2)
    measure = GOALS[Tier.STALENESS].measure
    assert measure(problem, choose(problem, "lab/rare", "lab/rare", "lab/common")) == 9
    assert measure(problem, choose(problem, "lab/rare", "lab/plain", "lab/rare")) == 15
    assert measure(problem, choose(problem, None, None, None)) == 0


def test_a_rare_board_surfaces_on_a_quiet_night() -> None:
    """With room everywhere the one run goes where the job has not run for longest, slow or not."""
    slow = {"lab/rare": [(1_000_000_000, 3000)]}
    bare = facts(Wish(BOARDS), steps=slow)
    assert boards_of(bare) != ["rare"]
    assert boards_of(stale(bare, {(1, "rare"): 12, (1, "plain"): 3})) == ["rare"]


def test_repeats_go_elsewhere_when_a_board_is_scarce() -> None:
    """One of two jobs is fresh on the scarce board: the other one gets it."""
    for fresh, other in ((1, 2), (2, 1)):
        bare = facts(Wish(BOARDS[1:]), Wish(BOARDS[1:]), ceilings={"lab/rare": {100: 1}})
        problem = stale(bare, {(other, "rare"): 5}, 1, 2)
        plan = solve(problem, solver="exact")
        rare = problem.labels["device_type"].index("rare")
        kinds = problem.slot_device_type[problem.candidate_slot[plan.choice]]
        assert kinds[other - 1] == rare
        assert kinds[fresh - 1] != rare


def test_many_runs_do_not_pile_up_on_the_stalest_board() -> None:
    """Once a run goes there the pair is fresh, and the other runs go where they end soonest."""
    queue = {board: [(1, 0), (1, 600), (1_000_000_000, 1200)] for board in BOARDS}
    bare = facts(*(Wish(BOARDS) for _ in range(6)), steps=queue)
    found = boards_of(stale(bare, {(1, "rare"): 14, (1, "plain"): 3}))
    assert found == ["common"] * 2 + ["plain"] * 2 + ["rare"] * 2


def test_diversity_goes_first() -> None:
    """A request whose runs must differ repeats no board for the sake of one that is stale."""
    wish = Wish(BOARDS, number=2, mode=1, variant=("device_type",), earlier=("lab/rare",))
    assert boards_of(stale(facts(wish), {(1, "rare"): 14})) == ["common", "plain"]


def test_where_nothing_is_stale_there_is_no_such_tier() -> None:
    """The tier costs no column, row or solve, and a plan does not speak of it."""
    problem = facts(Wish(BOARDS))
    assert Tier.STALENESS not in problem.tiers
    assert [tier.name for tier in solve(problem).tiers] == [str(t) for t in problem.tiers]


@settings(max_examples=30, deadline=None)
@given(problem=small, days=st.integers(1, 9), data=st.data())
def test_what_is_staler_is_worth_as_much_or_more(
    problem: Problem, days: int, data: st.DataObject
) -> None:
    """Days more of one pair add at most these days to the goal; tiers before it do not change."""
    assume(len(problem.stale_days))
    row = data.draw(st.integers(0, len(problem.stale_days) - 1))
    more = problem.stale_days.copy()
    more[row] += days
    staler = replace(problem, stale_days=more)
    at = problem.tiers.index(Tier.STALENESS)
    before, after = (
        [tier.value for tier in solve(one, solver="exact").tiers[: at + 1]]
        for one in (problem, staler)
    )
    assert before[:at] == after[:at]
    assert before[at] <= after[at] <= before[at] + days
