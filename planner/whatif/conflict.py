# SPDX-License-Identifier: LGPL-2.1-or-later
"""The smallest set of rules that cannot be kept together."""

from collections.abc import Callable, Iterable, Sequence

from models import NamedRule, Request
from planner.whatif.alone import Alone
from planner.whatif.scenario import Scenario

Set = frozenset[int]
Feasible = Callable[[Iterable[int]], bool]


def smallest_conflict(scenario: Scenario, request: Request) -> tuple[NamedRule, ...]:
    """Return the fewest rules that keep `request` from being placed in full, others set aside.

    Any of them less, and it could be. Nothing is returned for a request that could be placed if
    the labs were there for it alone, or that has no place anywhere.
    """
    try:
        alone = Alone.of(scenario, request)
    except LookupError:
        return ()
    rules = range(len(alone.wishes))
    if alone.feasible(rules) or not alone.feasible(()):
        return ()
    return alone.named(smallest(len(rules), alone.feasible))


def smallest(rules: int, feasible: Feasible) -> Set:
    """Return the fewest of so many rules that are not feasible together; all are not.

    What is feasible must stay so with fewer rules. A conflict has a rule in common with every set
    of rules whose removal makes the rest feasible. So the smallest set that has one in common
    with all of these that are known is the answer, or it is feasible and shows another one.
    """
    everything = frozenset(range(rules))
    removals = [frozenset({one}) for one in everything if feasible(everything - {one})]
    while True:
        found = _smallest_hitting(removals)
        if not feasible(found):
            return found
        removals.append(everything - _grown(found, everything, feasible))


def _grown(kept: Set, everything: Set, feasible: Feasible) -> Set:
    """Return `kept` with as many more rules as stay feasible."""
    for one in sorted(everything - kept):
        if feasible(kept | {one}):
            kept |= {one}
    return kept


def _smallest_hitting(sets: Sequence[Set]) -> Set:
    """Return the smallest set that has a member of each of `sets`."""
    for size in range(len(sets) + 1):
        found = _hitting(sets, frozenset(), size)
        if found is not None:
            return found
    raise AssertionError("one member of each set hits them all")


def _hitting(sets: Sequence[Set], chosen: Set, left: int) -> Set | None:
    """Return `chosen` with at most `left` more members that hit all of `sets`, None without."""
    missed = next((each for each in sets if not each & chosen), None)
    if missed is None:
        return chosen
    if not left:
        return None
    tries = (_hitting(sets, chosen | {one}, left - 1) for one in sorted(missed))
    return next((found for found in tries if found is not None), None)
