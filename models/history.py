# SPDX-License-Identifier: LGPL-2.1-or-later
"""What happened: the runs that ended, as columns, for statistics to learn from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, ConfigDict, model_validator

from models.base import Ours
from models.names import Names


def _moments(told: Sequence[datetime | None] | NDArray[np.float64]) -> NDArray[np.float64]:
    if isinstance(told, np.ndarray):
        return told
    return np.array([np.nan if one is None else one.timestamp() for one in told], dtype=np.float64)


def _numbers(told: Sequence[float | None] | NDArray[np.float64]) -> NDArray[np.float64]:
    if isinstance(told, np.ndarray):
        return told
    return np.array([np.nan if one is None else one for one in told], dtype=np.float64)


Moments = Annotated[NDArray[np.float64], BeforeValidator(_moments)]
Numbers = Annotated[NDArray[np.float64], BeforeValidator(_numbers)]
Flags = Annotated[NDArray[np.bool_], BeforeValidator(lambda told: np.asarray(told, dtype=np.bool_))]
Column = Annotated[Names[str], BeforeValidator(Names.of)]
Sayings = Annotated[Names[str | None], BeforeValidator(Names.of)]
Counts = Annotated[NDArray[np.int64], BeforeValidator(lambda told: np.asarray(told, np.int64))]

NOBODY: Names[Any] = Names.of(())
# What its plan said of a run.
PLANNED = (
    "priority",
    "expected_start_s",
    "expected_queue_s",
    "expected_duration_s",
    "expected_p90_s",
    "expected_in",
)


class History(Ours):
    """Runs that a runtime really executed, as they were told, one item in each column for each row.

    A row is a run, or as many as `runs` says that are alike: then its times are those of all of
    them together, and it has no `job_id`. Nothing is left out for being odd: times may be missing
    or contradict each other. `job_id` is the runtime's own name of the run, `arch` that of the
    kernel under test, as its node says. Times are POSIX seconds, NaN where nobody told; datetimes
    (None) are taken as well, and any names for a column of `Names`.

    What its plan said of a run is NaN where none did: its `priority`, and in seconds the wait until
    its start, what of that the queue's length alone gave, its duration, the p90 of it
    (`expected_*`). `expected_in` is the number of the cycle of that plan.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    run: tuple[str, ...] = ()
    job_id: tuple[str | None, ...] = ()
    job: Column = NOBODY
    kind: Column = NOBODY
    platform: Column = NOBODY
    device_type: Column = NOBODY
    runtime: Column = NOBODY
    arch: Sayings = NOBODY
    tree: Sayings = NOBODY
    result: Sayings = NOBODY
    infrastructure: Flags = np.zeros(0, dtype=np.bool_)
    submitted: Moments = np.zeros(0)
    started: Moments = np.zeros(0)
    ended: Moments = np.zeros(0)
    runs: Counts = np.zeros(0, dtype=np.int64)
    priority: Numbers = np.zeros(0)
    expected_start_s: Numbers = np.zeros(0)
    expected_queue_s: Numbers = np.zeros(0)
    expected_duration_s: Numbers = np.zeros(0)
    expected_p90_s: Numbers = np.zeros(0)
    expected_in: Numbers = np.zeros(0)

    def __len__(self) -> int:
        return len(self.run)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, History) and all(
            np.array_equal(mine, theirs, equal_nan=True)
            if isinstance(mine, np.ndarray)
            else mine == theirs
            for name, mine in self
            for theirs in (getattr(other, name),)
        )

    def where(self, rows: NDArray[np.bool_]) -> "History":
        """Return only those rows."""
        if rows.all():
            return self
        kept = np.flatnonzero(rows).tolist()
        columns: dict[str, Any] = {name: _picked(column, rows, kept) for name, column in self}
        return History.model_construct(**columns)

    def and_then(self, others: "History") -> "History":
        """Return these rows and those of another."""
        if not len(others):
            return self
        columns: dict[str, Any] = {
            name: _together(column, getattr(others, name)) for name, column in self
        }
        return History.model_construct(**columns)

    @model_validator(mode="before")
    @classmethod
    def _rows_are_single_runs_of_no_plan(cls, columns: Any) -> Any:
        """Take rows for single runs, and for such that no plan spoke of, unless they say more."""
        if not isinstance(columns, dict):
            return columns
        count = len(columns.get("run", ()))
        unsaid = dict.fromkeys(PLANNED, np.full(count, np.nan))
        return {"runs": np.ones(count, dtype=np.int64), **unsaid, **columns}

    @model_validator(mode="after")
    def _columns_are_as_long(self) -> Self:
        if any(len(getattr(self, name)) != len(self.run) for name in type(self).model_fields):
            raise ValueError("the columns of a history are not equally long")
        return self


def _picked(column: Any, rows: NDArray[np.bool_], kept: Sequence[int]) -> Any:
    if isinstance(column, Names):
        return column.where(rows)
    if isinstance(column, np.ndarray):
        return column[rows]
    return tuple(column[at] for at in kept)


def _together(column: Any, other: Any) -> Any:
    if isinstance(column, Names):
        return column.and_then(other)
    if isinstance(column, np.ndarray):
        return np.concatenate((column, other))
    return column + other


class Garbage(Ours):
    """How many runs of a history nothing can be learned from, by what is wrong with them.

    Of runs that began before they were sent (`clock_skew`) only the wait is nothing to learn from.
    """

    missing_times: int = 0
    ended_before_start: int = 0
    no_time_at_all: int = 0
    in_the_future: int = 0
    duplicates: int = 0
    clock_skew: int = 0

    def texts(self) -> tuple[str, ...]:
        """Return a sentence for each kind of them that there is."""
        said = (
            (self.missing_times, "a start or an end is missing"),
            (self.ended_before_start, "they ended before they began"),
            (self.no_time_at_all, "they took no time at all"),
            (self.in_the_future, "they end in the future"),
            (self.duplicates, "they were told before"),
        )
        texts = tuple(f"{runs} runs did not count: {why}" for runs, why in said if runs)
        if not self.clock_skew:
            return texts
        return (
            *texts,
            f"{self.clock_skew} waits did not count: the runs began before they were sent",
        )


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
