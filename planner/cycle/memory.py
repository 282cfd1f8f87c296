# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a cycle needs of the planner's memory; the ledger has it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from models import (
    Alike,
    Contact,
    Cursor,
    End,
    Event,
    History,
    Learning,
    Node,
    Order,
    Place,
    PlanDocument,
    Request,
    Retention,
    Revision,
    Spoiled,
    UnderTest,
)
from planner.submission.journal import Journal


class Rivals(Protocol):
    """What knows how many other runs a runtime got; the ledger does."""

    def rivals(self, order: Order, alike: Alike) -> Counter[tuple[str, str]]:
        """Count the runs alike that the runtime of an order got, or gets before it.

        They are counted by job and platform.
        """


class Memory(Journal, Rivals, Protocol):
    """Backlog, plans, journal and outcomes; each method does what the ledger's says."""

    def unseen(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Return the events whose content was never recorded, in their order."""

    def known(self, keys: Collection[str]) -> frozenset[str]:
        """Return those of the request keys that were recorded before."""

    def record_batch(
        self,
        now: datetime,
        *,
        events: Sequence[Event],
        requests: Sequence[Request],
        nodes: Mapping[str, Node],
        ends: Sequence[End] = (),
        problems: Sequence[str] = (),
        cursor: Cursor | None = None,
        retried: Sequence[str] = (),
    ) -> int:
        """Open a cycle with what it collected, and return its number."""

    def backlog(self) -> tuple[Request, ...]:
        """Return the requests with a run that waits, oldest first, `sent` as far as they were."""

    def revisions(self) -> dict[tuple[str, str], Revision]:
        """Return the newest revision seen of each (tree, branch), patchsets aside."""

    def ran_since(
        self, job: str, tree: str, branch: str, platform: str, since: datetime, until: datetime
    ) -> bool:
        """Tell whether a run of that job, branch and platform was placed in that time."""

    def ran_before(self, asked: Collection[UnderTest]) -> dict[UnderTest, tuple[Place, ...]]:
        """Return where runs of these went that infrastructure did not spoil."""

    def spoiled(self, since: datetime, *, retries: int) -> tuple[Spoiled, ...]:
        """Return what infrastructure spoiled since then, and nobody asked for again yet."""

    def recall(self) -> tuple[str, ...]:
        """Have all intended runs wait again that nobody has in hand yet, and return them."""

    def served(self) -> frozenset[str]:
        """Return the runtimes to which submitters send that live."""

    def record_plan(
        self, cycle: int, document: PlanDocument, leave: Collection[str] = ()
    ) -> tuple[Order, ...]:
        """Keep the plan of a cycle, intend the runs that it places, and say why the others wait."""

    def last_places(self) -> Mapping[str, Place]:
        """Return where the last plan had each run that was not sent and waits again."""

    def finish_cycle(
        self,
        cycle: int,
        now: datetime,
        *,
        seconds: Mapping[str, float],
        degraded: bool,
        counts: Mapping[str, int],
    ) -> None:
        """Close a cycle."""

    def contacts(self) -> dict[str, Contact]:
        """Return how each runtime answered last, by its name."""

    def keep_contacts(self, known: Sequence[Contact]) -> None:
        """Remember how these runtimes answered."""

    def outcomes(self, now: datetime, learning: Learning) -> History:
        """Return the runs that really ran, as far back as `learning` says."""

    def prune(self, before: datetime) -> None:
        """Forget what was recorded before that time and nothing needs."""

    def roll_up(self, now: datetime, *, runs: int) -> int:
        """Have runs of days that are gone count in the histograms of their day."""

    def forget(self, now: datetime, retention: Retention, *, runs: int) -> int:
        """Forget what was rolled up and is older than it is kept."""
