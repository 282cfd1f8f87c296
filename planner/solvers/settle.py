# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who of a kind goes where: requests trade their places, two patterns at a time.

Requests of one kind can stand in for each other, and differ in what their runs take and cost. The
places that a plan gives to the runs of one request are its *pattern*. Whoever has a pattern, the
same runs stand on the same slots: rules, worth, repeats and waits are not touched, and what is
left is to give each pattern to the requests that take least with it. Between two patterns
that is one sort: those come first for whom the one is shortest compared with the other.
"""

from dataclasses import dataclass

import numpy as np

from models import Tier
from planner.problem import Classes, Problem
from planner.problem.problem import Ints, nth_of_equal

# How often each pattern meets another one at most; most kinds have fewer patterns than this.
ROUNDS = 32
# Differences are cut off here, so that pair and difference are one number to sort by.
FAR = 1 << 36


def settle(problem: Problem, kinds: Classes, choice: Ints) -> Ints:
    """Return `choice` with the patterns of each kind given to those that take least with them."""
    care = {Tier.COMPLETION: problem.candidate_duration, Tier.COST: problem.candidate_cost}
    first = next((care[tier] for tier in problem.tiers if tier in care), None)
    if first is None or not problem.runs:
        return choice
    traders = _Traders.of(problem, kinds, choice, first)
    for turn in range(min(ROUNDS, int(traders.count.max(initial=1)))):
        traders.meet(turn)
    return traders.choice(problem)


@dataclass(frozen=True)
class _Traders:
    """The requests, sorted by kind, and the pattern that each has.

    A pattern is a row of `places`: offsets into the menu of whoever has it, -1 for a run that
    waits; those of kind k are `start[k]` up to `start[k + 1]`. `menu` is where the menu of each
    request begins in `weight`, what a run takes on each candidate.
    """

    request: Ints
    kind: Ints
    menu: Ints
    pattern: Ints
    places: Ints
    start: Ints
    weight: Ints

    @classmethod
    def of(cls, problem: Problem, kinds: Classes, choice: Ints, weight: Ints) -> "_Traders":
        """Return the traders that `choice` makes."""
        request = kinds.order
        menu = problem.menu_start[problem.request_menu[request]]
        runs = problem.request_number[request]
        places = np.full((len(request), int(runs.max())), -1, dtype=np.int64)
        for nth in range(places.shape[1]):
            here = np.flatnonzero(runs > nth)
            at = choice[problem.run_start[request[here]] + nth]
            places[here, nth] = np.where(at < 0, -1, at - menu[here])
        kind = kinds.of[request]
        # Spreading leaves equal patterns next to each other, so that there are few stretches.
        begins = np.ones(len(request), dtype=np.bool_)
        begins[1:] = (places[1:] != places[:-1]).any(axis=1) | (kind[1:] != kind[:-1])
        pattern = np.cumsum(begins) - 1
        start = np.searchsorted(kind[begins], np.arange(len(kinds) + 1))
        return cls(request, kind, menu, pattern, places[begins], start, weight)

    @property
    def count(self) -> Ints:
        """Return how many patterns each kind has."""
        return np.diff(self.start)

    def meet(self, turn: int) -> None:
        """Let each pattern trade with the one that it meets in this turn, if there is one."""
        mine = np.arange(len(self.places))
        partner = self._partners(turn)
        low, high = np.minimum(mine, partner), np.maximum(mine, partner)
        here = np.flatnonzero((low < high)[self.pattern])
        now = self.pattern[here]
        one, other = low[now], high[now]
        gain = self._taken(here, one) - self._taken(here, other)
        key = np.clip(gain, -FAR, FAR - 1) + FAR + one * (2 * FAR)
        order = np.argsort(key, kind="stable")
        pair = one[order]
        nth = nth_of_equal(pair)
        have = np.bincount(now, minlength=len(self.places))
        self.pattern[here[order]] = np.where(nth < have[pair], pair, other[order])

    def choice(self, problem: Problem) -> Ints:
        """Return the candidate of each run, -1 where it waits, as patterns are held now."""
        choice = np.full(problem.runs, -1, dtype=np.int64)
        runs = problem.request_number[self.request]
        for nth, offset in enumerate(self.places.T):
            here = np.flatnonzero((runs > nth) & (offset[self.pattern] >= 0))
            at = problem.run_start[self.request[here]] + nth
            choice[at] = self.menu[here] + offset[self.pattern[here]]
        return choice

    def _taken(self, traders: Ints, patterns: Ints) -> Ints:
        """Return what the runs of some traders take with some patterns."""
        total = np.zeros(len(traders), dtype=np.int64)
        for offset in self.places.T:
            there = offset[patterns]
            placed = np.flatnonzero(there >= 0)
            total[placed] += self.weight[self.menu[traders[placed]] + there[placed]]
        return total

    def _partners(self, turn: int) -> Ints:
        """Return whom each pattern meets, itself if nobody, as in a tournament of its kind."""
        count = self.count
        begin = np.repeat(self.start[:-1], count)
        many = np.repeat(count + count % 2 - 1, count)  # all but one go round in a circle
        nth = np.arange(len(self.places)) - begin
        across = (turn - nth) % many
        # In the circle somebody meets himself, and plays with the one who stands outside.
        alone = turn * (many + 1) // 2 % many
        partner = np.where(nth == many, alone, np.where(across == nth, many, across))
        return np.where(partner < np.repeat(count, count), begin + partner, begin + nth)
