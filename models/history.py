# SPDX-License-Identifier: LGPL-2.1-or-later
"""What happened: the runs that ended, as columns, for statistics to learn from."""

from datetime import datetime
from typing import Self

from pydantic import model_validator

from models.base import Ours


class History(Ours):
    """Runs that a runtime really executed, one item a run in each column, as they were told.

    Nothing is left out for being odd: times may be missing or contradict each other. `job_id` is
    the runtime's own name of the run, `arch` that of the kernel under test, as its node says.
    """

    run: tuple[str, ...] = ()
    job_id: tuple[str | None, ...] = ()
    job: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    device_type: tuple[str, ...] = ()
    runtime: tuple[str, ...] = ()
    arch: tuple[str | None, ...] = ()
    tree: tuple[str | None, ...] = ()
    result: tuple[str | None, ...] = ()
    infrastructure: tuple[bool, ...] = ()
    submitted: tuple[datetime | None, ...] = ()
    started: tuple[datetime | None, ...] = ()
    ended: tuple[datetime | None, ...] = ()

    def __len__(self) -> int:
        return len(self.run)

    @model_validator(mode="after")
    def _columns_are_as_long(self) -> Self:
        if any(len(getattr(self, name)) != len(self.run) for name in type(self).model_fields):
            raise ValueError("the columns of a history are not equally long")
        return self


class Garbage(Ours):
    """How many runs of a history nothing can be learned from, by what is wrong with them."""

    missing_times: int = 0
    ended_before_start: int = 0
    no_time_at_all: int = 0
    in_the_future: int = 0
    duplicates: int = 0

    @property
    def total(self) -> int:
        """How many they are together."""
        return sum(self.model_dump().values())


class SignatureEstimate(Ours):
    """What was learned of a job on a platform in a runtime, beside what is declared of it.

    Of `runs`, which all count alike here, `infrastructure` were spoiled by the place. `rung` is
    the one whose word counts most in `median_s`.
    """

    job: str
    device_type: str
    platform: str
    runtime: str
    runs: int
    infrastructure: int
    median_s: int
    p90_s: int
    declared_s: int
    risk_permille: int
    rung: str


class LearnedEstimates(Ours):
    """The estimates of all that ran, and what of the history did not count.

    `undefined` are runs of what the configuration does not define any more.
    """

    signatures: tuple[SignatureEstimate, ...]
    undefined: int
    garbage: Garbage
