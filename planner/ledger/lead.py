# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who leads: one planner at a time, and a frozen one that wakes up is kept from doing harm.

The lock (lock.py) goes with its process, however that ends. A process that is frozen keeps it, and
must not keep everybody waiting: its lease runs out, somebody else takes the lead under a higher
number, and what the first one still tries to write or send is refused.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from models import ExitCode, PlannerError
from planner.ledger.database import Database
from planner.ledger.lease import LEASE_S, Lease, now_of
from planner.ledger.lock import locked
from planner.ledger.schema import leader

log = logging.getLogger(__name__)


class LostLeadError(PlannerError):
    """Another planner leads now: whatever was about to be written or sent is not."""

    def __init__(self, place: object) -> None:
        text = f"{place}: this planner was silent for too long, and another one leads now"
        super().__init__(text, ExitCode.LOCKED)


class Lead(Lease):
    """The lead of one planner, which it keeps by renewing its lease in time."""

    def __init__(self, database: Database, epoch: int, lease_s: float) -> None:
        super().__init__(database, lease_s, "lead")
        self.epoch = epoch

    def verify(self, connection: Connection) -> None:
        """See to it that a transaction is the leader's.

        Raises:
            LostLeadError: if it is not.
        """
        now_leads = connection.execute(select(leader.c.epoch)).scalar()
        if now_leads != self.epoch:
            self._over.set()
            raise LostLeadError(self._database.address)

    def _renew(self, connection: Connection, lease_s: float) -> None:
        until = now_of(connection) + timedelta(seconds=lease_s)
        connection.execute(update(leader).where(leader.c.epoch == self.epoch).values(expires=until))


@contextmanager
def leading(database: Database, lease_s: float = LEASE_S) -> Iterator[Lead]:
    """Lead the planners on this ledger.

    Raises:
        PlannerError: at once, with exit code LOCKED, if another planner leads.
    """
    with ExitStack() as stack:
        held = None
        try:
            stack.enter_context(locked(database))
        except PlannerError as error:
            if error.exit_code is not ExitCode.LOCKED:
                raise
            held = error
        epoch = _take(database, held, lease_s)
        lead = Lead(database, epoch, lease_s)
        lead.start()
        try:
            yield lead
        finally:
            lead.end()


def _take(database: Database, held: PlannerError | None, lease_s: float) -> int:
    """Return the number of the new lead; `held` says that another process has the lock."""
    with database.writing() as connection:
        now = now_of(connection)
        last = connection.execute(select(leader)).one_or_none()
        leased = last is not None and last.expires > now
        # Who leads without the lock is known by nothing but the lease.
        by_lease = last is not None and not last.locked
        if held is not None and (last is None or leased):
            raise held
        if leased and by_lease:
            raise _leased(database)
        epoch = 1 if last is None else last.epoch + 1
        row = {"epoch": epoch, "locked": held is None}
        row["expires"] = now + timedelta(seconds=lease_s)
        change = insert(leader) if last is None else update(leader)
        connection.execute(change.values(row))
    if held is not None:
        log.warning("%s: whoever has the lock is silent: taking over", database.address)
    return epoch


def _leased(database: Database) -> PlannerError:
    text = f"{database.address}: another planner is at work on this ledger"
    return PlannerError(text, ExitCode.LOCKED)
