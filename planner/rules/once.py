# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is worked out of a problem and a choice, once for all who ask."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary, ref

from planner.problem.problem import Ints, Problem

T = TypeVar("T")


def once(work: Callable[[Problem, Ints], T]) -> Callable[[Problem, Ints], T]:
    """Return `work`, which is done anew only where it may be about another choice.

    The last result for a problem is kept, and only of choices that nobody can write to any more.
    """
    last: WeakKeyDictionary[Problem, tuple[ref[Ints], T]] = WeakKeyDictionary()

    @wraps(work)
    def done(problem: Problem, choice: Ints) -> T:
        known = last.get(problem)
        if known is not None and known[0]() is choice and not choice.flags.writeable:
            return known[1]
        found = work(problem, choice)
        if not choice.flags.writeable:
            last[problem] = ref(choice), found
        return found

    return done
