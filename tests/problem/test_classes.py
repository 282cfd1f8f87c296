# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which requests look alike."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings

from planner.problem import PERMISSIVE, Classes, Problem, merge
from planner.rules import GOALS, RULES, Columns
from planner.rules.model import LinearModel
from planner.solvers import solve
from tests.instances import instance, medium
from tests.rules.facts import Wish, facts

PLACES = ("lab-a/rk3399", "lab-b/juno")
ALIKE = Wish(PLACES, number=2, mode=PERMISSIVE, variant=("runtime",))


def test_requests_alike_make_one_class() -> None:
    """Same candidates, worth and wishes; the class keeps the order of the batch."""
    classes = merge(facts(ALIKE, Wish(PLACES), ALIKE))
    assert list(classes.of) == [0, 1, 0]
    assert list(classes.size) == [2, 1]
    assert list(classes.order) == [0, 2, 1]


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(ALIKE, number=3),
        dataclasses.replace(ALIKE, value=101),
        dataclasses.replace(ALIKE, priority=40),
        dataclasses.replace(ALIKE, slack=900),
        dataclasses.replace(ALIKE, mode=2),
        dataclasses.replace(ALIKE, variant=("device_type",)),
        dataclasses.replace(ALIKE, duration=601),
        dataclasses.replace(ALIKE, cost=1),
        dataclasses.replace(ALIKE, places=PLACES[:1]),
        dataclasses.replace(ALIKE, places=PLACES[::-1]),
        dataclasses.replace(ALIKE, earlier=PLACES[:1]),
    ],
)
def test_any_difference_makes_another_class(other: Wish) -> None:
    """Whatever a solver or a rule could see keeps two requests apart."""
    assert len(merge(facts(ALIKE, other))) == 2


def test_requests_whose_earlier_runs_took_the_same_are_alike() -> None:
    """Who took other values before is another class, though the values are as many."""
    one, other = (dataclasses.replace(ALIKE, earlier=(place,)) for place in PLACES[:2])
    assert list(merge(facts(one, ALIKE, other, one)).of) == [0, 1, 2, 0]


def test_several_attributes_stay_alone() -> None:
    """The wrap-around argument is about one attribute."""
    both = dataclasses.replace(ALIKE, variant=("runtime", "device_type"))
    assert len(merge(facts(both, both))) == 2


@settings(max_examples=30, deadline=None)
@given(problem=medium)
def test_merging_changes_no_tier(problem: Problem) -> None:
    """Solved request by request, every tier has the value that it has in classes."""
    merged = solve(problem)
    apart = solve(
        dataclasses.replace(
            problem,
            # One second of slack that no deadline looks at keeps every request a class of its own.
            request_slack=problem.request_slack * 1000 + np.arange(problem.requests),
            deadline_slack=problem.deadline_slack * 1000 + 999,
        )
    )
    assert [t.value for t in apart.tiers] == [t.value for t in merged.tiers]


@settings(max_examples=30, deadline=None)
@given(problem=medium)
def test_classes_partition_the_requests(problem: Problem) -> None:
    """Every request is in exactly one class, which its representative leads."""
    classes = merge(problem)
    assert sorted(classes.order) == list(range(problem.requests))
    assert list(classes.of[classes.representative]) == list(range(len(classes)))
    assert list(np.bincount(classes.of)) == list(classes.size)


def test_a_model_over_classes_is_smaller() -> None:
    """A hundred requests alike need the columns of one."""
    many = facts(*[ALIKE] * 100)
    alone = np.arange(100)
    apart = Columns.over(many, Classes(alone, alone, np.ones_like(alone)))
    merged = LinearModel.of(many, RULES, GOALS).columns
    assert len(apart.candidate) == 100 * len(merged.candidate)


def test_merging_is_exact_where_requests_nearly_agree() -> None:
    """Three hundred random requests: members of a class agree in every candidate with its first."""
    problem = instance(5, requests=300, slots=4)
    classes = merge(problem)
    for request in range(problem.requests):
        first = classes.representative[classes.of[request]]
        mine, its = list(problem.candidates(request)), list(problem.candidates(int(first)))
        for column in ("candidate_slot", "candidate_duration", "candidate_cost"):
            assert np.array_equal(getattr(problem, column)[mine], getattr(problem, column)[its])
