# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every candidate of a run, judged: what it adds, and what became of it."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from models import Explanation, Judgement, PlannerError, Tier, VariantAttribute, Verdict
from planner.plan import Plan, document, explain, explain_all, explain_document
from planner.problem import PERMISSIVE, STRICT, Problem
from planner.problem.problem import Ints
from planner.rules import GOALS, RULES
from planner.solvers import solve
from tests.plan.plans import CREATED, planned, problems, solved, written
from tests.rules.facts import Wish, after, facts, stale


def judged(problem: Problem, run: str, *places: str | None) -> dict[str, Judgement]:
    """Return the judgements of one run by device type."""
    found = explain(problem, planned(problem, *places), run)
    return {candidate.device_type: candidate for candidate in found.candidates}


def test_a_placed_run() -> None:
    """The explanation names the run, its request, and the assignment of the plan."""
    problem = facts(Wish(("lab/a",)), steps={"lab/a": [(9, 30)]})
    found = explain(problem, planned(problem, "lab/a"), "r0-0")
    assert (found.run, found.request, found.index) == ("r0-0", "r0", 0)
    assert found.assignment == written(problem, "lab/a").assignments[0]
    assert found.reason is None


def test_a_waiting_run_has_the_reason_of_the_plan() -> None:
    """What `why` says is what the plan says."""
    problem = facts(Wish(("lab/a",)), ceilings={"lab/a": {100: 0}})
    found = explain(problem, planned(problem, None), "r0-0")
    assert found.assignment is None
    assert found.reason == written(problem, None).deferrals[0].reason


def test_chosen_and_worse() -> None:
    """The slower place had room; the first tier that differs is named, and by how much."""
    problem = facts(Wish(("lab/a", "lab/b")), steps={"lab/a": [(9, 100)], "lab/b": [(9, 400)]})
    here = judged(problem, "r0-0", "lab/a")
    assert here["a"].verdict is Verdict.CHOSEN
    assert (here["b"].verdict, here["b"].tier) == (Verdict.WORSE, "completion")
    assert here["b"].adds["completion"] - here["a"].adds["completion"] == 300


def test_equal() -> None:
    """A place that is as good in every tier says so."""
    assert judged(facts(Wish(("lab/a", "lab/b"))), "r0-0", "lab/a")["b"].verdict is Verdict.EQUAL


def test_better() -> None:
    """A plan that is not the best is found out."""
    problem = facts(Wish(("lab/a", "lab/b")), steps={"lab/a": [(9, 100)], "lab/b": [(9, 400)]})
    other = judged(problem, "r0-0", "lab/b")["a"]
    assert (other.verdict, other.tier) == (Verdict.BETTER, "completion")


def test_free() -> None:
    """A run that waits although a place has room."""
    assert judged(facts(Wish(("lab/a",))), "r0-0", None)["a"].verdict is Verdict.FREE


def test_no_room_names_rule_limit_and_takers() -> None:
    """The limit that stands in the way, and the runs that it went to, first served first."""
    problem = facts(
        *(Wish(("lab/a",), priority=p) for p in (20, 60)),
        Wish(("lab/a", "lab/b"), priority=20),
        ceilings={"lab/a": {60: 2}},
    )
    full = judged(problem, "r2-0", "lab/a", "lab/a", "lab/b")["a"]
    assert full.verdict is Verdict.NO_ROOM
    assert full.obstacle is not None
    assert (full.obstacle.rule, full.obstacle.level, full.obstacle.limit) == ("slot_ceiling", 60, 2)
    assert full.takers == ("r1-0", "r0-0")


def test_a_run_does_not_stand_in_its_own_way() -> None:
    """The total of a runtime is full, but a move within the runtime changes nothing of that."""
    problem = facts(Wish(("lab/a", "lab/b")), totals={"lab": 1})
    assert judged(problem, "r0-0", "lab/a")["b"].verdict is Verdict.EQUAL


def test_repeated_in_a_strict_request() -> None:
    """A place whose value another run of the request has is closed to a strict one."""
    problem = facts(
        Wish(("lab/a", "lab/b"), number=2, mode=STRICT, variant=("device_type",)),
    )
    other = judged(problem, "r0-0", "lab/a", "lab/b")["b"]
    assert other.verdict is Verdict.REPEATED
    assert other.repeats == (VariantAttribute.DEVICE_TYPE,)


def test_a_permissive_repeat_is_worse_in_diversity() -> None:
    """A repeat is allowed and counted; runs sent earlier count as well."""
    problem = facts(
        Wish(
            ("lab/a", "lab/b"),
            mode=PERMISSIVE,
            variant=("device_type", "runtime"),
            earlier=("lab/a",),
        ),
    )
    here = judged(problem, "r0-1", "lab/b")
    assert (here["a"].verdict, here["a"].tier) == (Verdict.WORSE, "diversity")
    assert here["a"].adds["diversity"] == 2
    assert here["b"].adds["diversity"] == 1


def test_times_and_cost_of_a_candidate() -> None:
    """Waiting and running add up; the cost is that of the candidate, the value of the request."""
    problem = facts(
        Wish(("lab/a", "lab/b"), duration=60, cost=5, value=200), steps={"lab/b": [(9, 40)]}
    )
    other = judged(problem, "r0-0", "lab/a")["b"]
    assert (other.wait_s, other.duration_s, other.completion_s, other.cost) == (40, 60, 100, 5)
    assert other.adds == {"value": 200, "diversity": 0, "completion": 100, "cost": 5}


def test_a_run_served_first_makes_others_wait() -> None:
    """It starts at once, yet what it adds is the wait of the last one there."""
    problem = facts(
        Wish(("lab/a",), priority=60, duration=10),
        Wish(("lab/a",), priority=20),
        steps={"lab/a": [(1, 0), (9, 100)]},
    )
    mine = judged(problem, "r0-0", "lab/a", "lab/a")["a"]
    assert (mine.wait_s, mine.completion_s, mine.adds["completion"]) == (0, 10, 110)


def test_an_unknown_run() -> None:
    """A run that there is not is an error that names it."""
    problem = facts(Wish(("lab/a",)))
    for unknown in ("r0-1", "r9-0", "nonsense"):
        with pytest.raises(PlannerError, match=unknown):
            explain(problem, planned(problem, "lab/a"), unknown)
        with pytest.raises(PlannerError, match=unknown):
            explain_document(written(problem, "lab/a"), unknown)


def test_a_document_without_explanations() -> None:
    """A plan written by something else may lack them; that is said, not guessed."""
    bare = written(facts(Wish(("lab/a",))), "lab/a").model_copy(update={"explanations": ()})
    with pytest.raises(PlannerError, match="does not explain request r0"):
        explain_document(bare, "r0-0")


@settings(max_examples=20, deadline=None)
@given(problem=problems)
def test_all_runs_at_once(problem: Problem) -> None:
    """Each run of a plan is explained as it is by itself, placed ones first."""
    plan = solved(problem, solver="greedy")
    runs = [*(a.run for a in plan.assignments), *(d.run for d in plan.deferrals)]
    assert list(explain_all(plan)) == [explain_document(plan, run) for run in runs]


def every(problem: Problem, plan: Plan) -> Iterator[tuple[int, Explanation]]:
    """Yield each run's position and explanation."""
    for run in range(problem.runs):
        yield run, explain(problem, plan, problem.run_id(run))


def moved(problem: Problem, choice: Ints, run: int, candidate: int) -> Ints:
    """Return the choice with one run elsewhere; its candidate counts within its request."""
    other = choice.copy()
    start = problem.candidates(int(problem.run_request[run])).start
    other[run] = -1 if candidate < 0 else start + candidate
    return other


def measures(problem: Problem, choice: Ints) -> dict[str, int]:
    """Return the value of each tier."""
    return {str(tier): GOALS[tier].measure(problem, choice) for tier in problem.tiers}


@settings(max_examples=20, deadline=None)
@given(problem=problems)
def test_what_a_candidate_adds_is_what_the_goals_measure(problem: Problem) -> None:
    """Each tier of the plan with the run there, less the plan without the run at all."""
    plan = solve(problem, solver="greedy")
    for run, found in every(problem, plan):
        without = measures(problem, moved(problem, plan.choice, run, -1))
        for position, candidate in enumerate(found.candidates):
            there = measures(problem, moved(problem, plan.choice, run, position))
            assert candidate.adds == {tier: there[tier] - without[tier] for tier in there}


@settings(max_examples=20, deadline=None)
@given(problem=problems)
def test_no_room_is_what_the_rules_forbid(problem: Problem) -> None:
    """A candidate has no room or repeats exactly if some rule is broken with the run there."""
    plan = solve(problem, solver="greedy")
    for run, found in every(problem, plan):
        if problem.request_mode[problem.run_request[run]] == STRICT and plan.choice[run] < 0:
            continue  # one run of an all-or-none request breaks the rule wherever it goes
        for position, candidate in enumerate(found.candidates):
            there = moved(problem, plan.choice, run, position)
            broken = any(rule.check(problem, there) for rule in RULES)
            assert broken == (
                candidate.verdict in (Verdict.NO_ROOM, Verdict.REPEATED, Verdict.PINNED)
            )


@settings(max_examples=20, deadline=None)
@given(problem=problems)
def test_an_optimal_plan_has_no_better_candidate(problem: Problem) -> None:
    """Nothing that `why` shows contradicts a proof."""
    plan = solve(problem, solver="exact")
    for _, found in every(problem, plan):
        assert all(c.verdict is not Verdict.BETTER for c in found.candidates)
        assert [c.verdict for c in found.candidates].count(Verdict.CHOSEN) == bool(found.assignment)


@settings(max_examples=10, deadline=None)
@given(problem=problems)
def test_a_plan_file_explains_as_the_problem_does(problem: Problem) -> None:
    """The document alone gives the same explanation."""
    plan = solve(problem, solver="greedy")
    file = document(problem, plan, created=CREATED)
    for _, found in every(problem, plan):
        assert explain_document(file, found.run) == found


def test_every_tier_is_explained() -> None:
    """Whatever goals there are, each has its part in an explanation."""
    problem = after(stale(facts(Wish(("lab/a",))), {(1, "a"): 3}), "lab/a")
    here = judged(problem, "r0-0", "lab/a")["a"]
    assert list(here.adds) == [str(tier) for tier in Tier]


def test_a_document_that_contradicts_itself() -> None:
    """A run on a place that its request never had is an error that names both."""
    document = written(facts(Wish(("lab/a",))), "lab/a")
    elsewhere = document.assignments[0].model_copy(update={"platform": "moon"})
    with pytest.raises(PlannerError, match="r0-0 is placed on moon"):
        explain_document(document.model_copy(update={"assignments": (elsewhere,)}), "r0-0")
