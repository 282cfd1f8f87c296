# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plan in columns: where each run goes, how good that is, and what proves it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from models import Status, TierResult
from planner.plan.proof import Leaf, Proof
from planner.plan.restart import Restart
from planner.problem.problem import Ints


@dataclass(frozen=True)
class Plan:
    """What a solver decided for the problem with the digest `problem`.

    `choice` is the candidate of each run, in run order; -1 where it is not placed. With the
    prices in `proof` anybody recomputes the bound of each tier. `gap` is relative, that of the
    first tier which is not at the bound proven so. `notes` say which solver served and why. With
    `kinds` the prices are about kinds of requests (`planner.problem.kinds`), else about classes.
    `made_by` names the library that decided, and its version. From what `restart` returns a later
    problem that is much like this one is solved sooner; it is worked out for who asks, and until
    then the plan holds its problem. `native` is how much of `seconds` was inside OR-Tools.
    """

    problem: str
    solver: str
    seed: int
    status: Status
    choice: Ints
    tiers: tuple[TierResult, ...]
    gap: float
    proof: Proof = field(repr=False, default=Leaf(()))
    seconds: dict[str, float] = field(default_factory=dict, compare=False)
    native: float = field(default=0.0, compare=False)
    notes: tuple[str, ...] = ()
    made_by: str = ""
    kinds: bool = False
    restart: Callable[[], Restart] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def id(self) -> str:
        """Return a digest of what was decided: the same decision has the same id."""
        sha = hashlib.sha256(f"{self.problem}{self.solver}".encode())
        sha.update(np.ascontiguousarray(self.choice, dtype="<i8").tobytes())
        return sha.hexdigest()[:16]

    @property
    def placed(self) -> int:
        """Return how many runs are placed."""
        return int((self.choice >= 0).sum())
