# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ledger: one method for each thing that is remembered or asked for."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from models import (
    Alike,
    Cells,
    Contact,
    Cursor,
    End,
    Event,
    Execution,
    History,
    Learning,
    LedgerHistory,
    LedgerStatus,
    Node,
    Order,
    Outcome,
    Place,
    PlanDocument,
    Queued,
    Reason,
    Request,
    Retention,
    Revision,
    RunRecord,
    RunState,
    Sent,
    Spoiled,
    UnderTest,
    Word,
    day_of,
)
from planner.ledger import (
    batch,
    claims,
    contacts,
    cursors,
    cycles,
    imports,
    journal,
    outcomes,
    plans,
    reading,
    requests,
    revisions,
    rivals,
    rollup,
)
from planner.ledger.database import Database
from planner.ledger.lead import Lead, leading
from planner.ledger.lease import LEASE_S
from planner.ledger.memory import Memory
from planner.ledger.opening import open_database
from planner.ledger.prune import prune
from planner.ledger.retention import forget
from planner.ledger.submitter import Submitter, submitting


class Ledger:
    """The durable memory of a planner. What a method wrote is on disk, whole, when it returns.

    Every method raises PlannerError where the database cannot be used (a full disk, a server that
    is away). What makes no sense, such as a place for a run that does not wait, is a ValueError
    or whatever the database says to it. Nothing is written in either case.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._memory = Memory()

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, aside: bool = False) -> Self:
        """Return the ledger at `url`, made and brought to the newest schema where needed.

        With `read_only` it has to exist, and nothing is ever written. With `aside` nobody waits for
        what is written here, and nothing may be but by a submitter.

        Raises:
            PlannerError: if there is none to be had: a bad URL, no right to write, no ledger, one
                that a newer program wrote, or that another planner would have to migrate first.
        """
        return cls(open_database(url, read_only=read_only, aside=aside))

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def lock(self, lease_s: float = LEASE_S) -> Iterator[Lead]:
        """Keep other planners out; the lock goes when this process does, however it ends.

        A process that is frozen for longer than its lease loses it, and can write nothing more.

        Raises:
            PlannerError: at once, with exit code LOCKED, if another planner is at work.
        """
        with leading(self._database, lease_s) as lead:
            yield lead

    @contextmanager
    def submitter(self, runtimes: Collection[str], lease_s: float = LEASE_S) -> Iterator[Submitter]:
        """Be one of several processes that send what the leader intends for these runtimes.

        A process that is frozen for longer than its lease loses what it has claimed.
        """
        with submitting(self._database, runtimes, lease_s) as one:
            yield one

    # What came in.

    def unseen(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Return the events whose content was never recorded, in their order."""
        with self._database.reading() as connection:
            return batch.unseen(connection, events)

    def cursor(self, source: str) -> datetime | None:
        """Return how far the events of that source were recorded, None if none ever were."""
        with self._database.reading() as connection:
            return cursors.position(connection, source)

    def known(self, keys: Collection[str]) -> frozenset[str]:
        """Return those of the request keys that were recorded before."""
        with self._database.reading() as connection:
            return batch.known(connection, keys)

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
        """Open a cycle with what it collected, and return its number.

        The events count as seen from now on, and their source as read up to `cursor`. Requests
        that were never recorded are stored, with a waiting run for each one that they ask for, and
        `nodes` has to have their parents; those in error are withdrawn at once. `ends` end the
        waiting runs of requests, new or old; `retried` are runs for which new ones ask again.
        """
        with self._database.writing() as connection:
            return batch.record(
                connection,
                now,
                events=events,
                requests=requests,
                nodes=nodes,
                ends=ends,
                problems=problems,
                cursor=cursor,
                retried=retried,
            )

    def backlog(self) -> tuple[Request, ...]:
        """Return the requests with a run that waits, oldest first, `sent` as far as they were."""
        with self._database.reading() as connection:
            return requests.backlog(connection)

    def revisions(self) -> dict[tuple[str, str], Revision]:
        """Return the newest revision seen of each (tree, branch), patchsets aside."""
        with self._database.reading() as connection:
            return revisions.newest(connection)

    def ran_since(
        self, job: str, tree: str, branch: str, platform: str, since: datetime, until: datetime
    ) -> bool:
        """Tell whether a run of that job, branch and platform was placed in that time.

        Both ends count; runs that wait, ended unsent or could not be submitted do not.
        """
        with self._database.reading() as connection:
            return reading.ran_since(connection, job, tree, branch, platform, since, until)

    def ran_before(self, asked: Collection[UnderTest]) -> dict[UnderTest, tuple[Place, ...]]:
        """Return where runs of these went; those count that are placed and not spoiled."""
        with self._database.reading() as connection:
            return reading.ran_before(connection, asked)

    # What was decided.

    def record_plan(
        self, cycle: int, document: PlanDocument, leave: Collection[str] = ()
    ) -> tuple[Order, ...]:
        """Keep the plan of a cycle, intend the runs that it places, and say why the others wait.

        The result is what the planner itself has to send: all but what it leaves to the submitters
        of the runtimes `leave`.
        """
        with self._database.writing() as connection:
            return plans.record(connection, cycle, document, leave)

    def last_places(self) -> dict[str, Place]:
        """Return where the last plan had each run that was not sent and waits again."""
        with self._database.reading() as connection:
            return plans.last_places(connection)

    def finish_cycle(
        self,
        cycle: int,
        now: datetime,
        *,
        seconds: Mapping[str, float],
        degraded: bool,
        counts: Mapping[str, int],
    ) -> None:
        """Close a cycle; one that was never closed shows that the planner died in it."""
        with self._database.writing() as connection:
            cycles.finish(connection, cycle, now, seconds=seconds, degraded=degraded, counts=counts)

    # The journal: what was sent, and what became of it.

    def orders(self) -> tuple[Order, ...]:
        """Return the runs that the planner has in hand, and nobody wrote down what came of it."""
        with self._database.reading() as connection:
            return journal.orders(connection, journal.BY_PLANNER)

    def served(self) -> frozenset[str]:
        """Return the runtimes to which submitters send that live."""
        with self._database.reading() as connection:
            return claims.served(connection)

    def recall(self) -> tuple[str, ...]:
        """Have all intended runs wait again that nobody has in hand yet, and return them.

        What submitters had in hand that are gone becomes the planner's.
        """
        with self._database.writing() as connection:
            return claims.recall(connection)

    def claim(self, by: Submitter, runtime: str, most: int, now: datetime) -> tuple[Order, ...]:
        """Take runs in hand that are intended for a runtime, and that nobody has.

        All submitters together have at most `most` of a runtime in hand, each its part of that.
        """
        with self._database.writing() as connection:
            return claims.claim(connection, by.name, runtime, most, now)

    def rivals(self, order: Order, alike: Alike) -> Counter[tuple[str, str]]:
        """Count the runs alike that the runtime of an order got, or gets before it.

        They are counted by job and platform.
        """
        with self._database.reading() as connection:
            return rivals.count(connection, order, alike)

    def mark_submitted(self, run: str, job_id: str, now: datetime) -> None:
        """Write down that the runtime has the run."""
        with self._database.writing() as connection:
            journal.mark_submitted(connection, run, job_id, now)

    def mark_dry_run(self, runs: tuple[str, ...], now: datetime) -> None:
        """Write down that the runs were planned, and on purpose not sent."""
        with self._database.writing() as connection:
            journal.settle(connection, runs, RunState.DRY_RUN, closed=now)

    def mark_failed(self, run: str, text: str, code: str, now: datetime) -> None:
        """Write down that the run can not be sent, why, and KernelCI's word for that."""
        with self._database.writing() as connection:
            journal.fail(connection, run, text, code, now)

    def mark_node(self, run: str, node_id: str) -> None:
        """Write down the node that the run has at the API."""
        with self._database.writing() as connection:
            journal.mark_node(connection, run, node_id)

    def awaits(self, order: Order) -> bool:
        """Tell whether the run is to go, or went, where and by which plan the order says."""
        with self._database.reading() as connection:
            return journal.awaits(connection, order)

    def mark_sought(self, run: str, now: datetime) -> None:
        """Write down that nobody knows whether the run arrived, and since when, if it is new."""
        with self._database.writing() as connection:
            journal.mark_sought(connection, run, now)

    def untold(self) -> tuple[Word, ...]:
        """Return what the API has to be told of runs, the oldest intents first."""
        with self._database.reading() as connection:
            return journal.untold(connection)

    def mark_told(self, words: Sequence[Word]) -> None:
        """Write down that the API was told that much."""
        with self._database.writing() as connection:
            journal.mark_told(connection, words)

    def give_back(self, run: str, now: datetime, reason: Reason | None = None) -> None:
        """Write down that the run was not sent, and why: the next plan decides on it again."""
        with self._database.writing() as connection:
            journal.give_back(connection, run, reason)

    def under_way(self) -> dict[str, tuple[Sent, ...]]:
        """Return the runs that were sent and are not over, by the name of their runtime."""
        with self._database.reading() as connection:
            return journal.under_way(connection)

    def queued(self) -> tuple[Queued, ...]:
        """Return the runs that were sent and, as far as is known, did not start."""
        with self._database.reading() as connection:
            return journal.queued(connection)

    def spoiled(self, since: datetime, *, retries: int) -> tuple[Spoiled, ...]:
        """Return what infrastructure spoiled since then, and nobody asked for again yet.

        Runs that are a retry for the `retries`-th time already are left out.
        """
        with self._database.reading() as connection:
            return requests.spoiled(connection, since, retries)

    def record_outcomes(self, outcomes: tuple[Outcome, ...], now: datetime) -> None:
        """Write down what runtimes say of runs; of a run that is over they say no news."""
        with self._database.writing() as connection:
            journal.record_outcomes(connection, outcomes, now)

    # How runtimes answer.

    def contacts(self) -> dict[str, Contact]:
        """Return how each runtime answered last, by its name."""
        with self._database.reading() as connection:
            return contacts.read(connection)

    def keep_contacts(self, known: Sequence[Contact]) -> None:
        """Remember how these runtimes answered."""
        with self._database.writing() as connection:
            contacts.keep(connection, known)

    # What estimates learn from.

    def outcomes(self, now: datetime, learning: Learning) -> History:
        """Return the runs that really ran, as far back as `learning` says.

        The newest are in full, older ones in rows of as many as are alike.
        """
        with self._database.reading() as connection:
            return self._memory.history(connection, now, learning)

    def cells(self, first: int, last: int) -> Cells:
        """Return what was over on the days (since 1970) from `first` to `last`, both inclusive."""
        with self._database.reading() as connection:
            return outcomes.cells(connection, first, last)

    def roll_up(self, now: datetime, *, runs: int) -> int:
        """Have runs of days that are gone count in the histograms of their day, oldest first.

        It is no more than `runs` of them; the result is how many it was.
        """
        with self._database.writing() as connection:
            return rollup.roll_up(connection, day_of(now), runs)

    def import_executions(self, executions: Sequence[Execution]) -> int:
        """Have what others executed count in its days, and return how many did not before."""
        with self._database.writing() as connection:
            return imports.add(connection, executions)

    def forget(self, now: datetime, retention: Retention, *, runs: int) -> int:
        """Forget what was rolled up and is older than it is kept, oldest first.

        It is no more than `runs` runs, with their requests; the result is how many it was.
        """
        with self._database.writing() as connection:
            return forget(connection, now, retention, runs)

    # What people ask.

    def status(self) -> LedgerStatus:
        """Return the last cycle, how many runs are in which state, what waits, what goes on."""
        with self._database.reading() as connection:
            return reading.status(connection)

    def waiting(self) -> tuple[RunRecord, ...]:
        """Return the runs that wait, oldest first: of `status` what does not grow with the past."""
        with self._database.reading() as connection:
            return reading.waiting(connection)

    def history(self, *, limit: int = 20) -> LedgerHistory:
        """Return the last cycles and the runs that closed last, newest first."""
        with self._database.reading() as connection:
            return reading.history(connection, limit)

    def runs(self, keys: Sequence[str]) -> tuple[RunRecord, ...]:
        """Return these runs, as far as they are known, in the order of their keys."""
        with self._database.reading() as connection:
            return reading.runs(connection, keys)

    def wanted_since(self, since: datetime) -> tuple[RunRecord, ...]:
        """Return the runs of the requests that were made since then, oldest first."""
        with self._database.reading() as connection:
            return reading.wanted_since(connection, since)

    def plan(self, *, cycle: int | None = None, run: str | None = None) -> PlanDocument | None:
        """Return the plan of that cycle, the last one that speaks of that run, or the last one.

        None means that there is none, or that it was forgotten by `prune`.
        """
        with self._database.reading() as connection:
            return plans.find(connection, number=cycle, of_run=run)

    def prune(self, before: datetime) -> None:
        """Forget what was recorded before that time and nothing needs; runs and cycles stay."""
        with self._database.writing() as connection:
            prune(connection, before)
