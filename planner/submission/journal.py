# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the submitter needs of the durable memory; the ledger has it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from models import Order, Outcome, Queued, Reason, Sent, Word


class Journal(Protocol):
    """The journal of intents. Every method is durable when it returns.

    It is called from one thread of a submission only, that which began it.
    """

    def orders(self) -> tuple[Order, ...]:
        """Return the runs that the planner has in hand, and nobody wrote down what came of it."""

    def mark_submitted(self, run: str, job_id: str, now: datetime) -> None:
        """Write down that the runtime has the run."""

    def mark_dry_run(self, runs: tuple[str, ...], now: datetime) -> None:
        """Write down that the runs were planned, and on purpose not sent."""

    def mark_failed(self, run: str, text: str, code: str, now: datetime) -> None:
        """Write down that the run can not be sent, why, and KernelCI's word for that."""

    def mark_node(self, run: str, node_id: str) -> None:
        """Write down the node that the run has at the API."""

    def awaits(self, order: Order) -> bool:
        """Tell whether the run is to go, or went, where and by which plan the order says.

        It may be asked also by a planner that may write nothing any more.
        """

    def mark_sought(self, run: str, now: datetime) -> None:
        """Write down that nobody knows whether the run arrived, and since when, if it is new."""

    def untold(self) -> tuple[Word, ...]:
        """Return what the API has to be told of runs, the oldest intents first."""

    def mark_told(self, words: Sequence[Word]) -> None:
        """Write down that the API was told that much."""

    def give_back(self, run: str, now: datetime, reason: Reason | None = None) -> None:
        """Write down that the run was not sent, and why: the next plan decides on it again."""

    def under_way(self) -> dict[str, tuple[Sent, ...]]:
        """Return the runs that were sent and are not over, by the name of their runtime."""

    def queued(self) -> tuple[Queued, ...]:
        """Return the runs that were sent and, as far as is known, did not start."""

    def record_outcomes(self, outcomes: tuple[Outcome, ...], now: datetime) -> None:
        """Write down what runtimes say of runs."""
