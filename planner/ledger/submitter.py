# SPDX-License-Identifier: LGPL-2.1-or-later
"""One of several processes that send what the leader intends, under a lease of its own."""

import os
import platform
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import Connection

from models import ExitCode, PlannerError
from planner.ledger import claims
from planner.ledger.database import Database
from planner.ledger.lease import Lease


class LostClaimsError(PlannerError):
    """The planner took over what this submitter had in hand: nothing more is sent or written."""

    def __init__(self, place: object) -> None:
        text = f"{place}: this submitter was silent for too long, and has nothing in hand any more"
        super().__init__(text, ExitCode.LOCKED)


class Submitter(Lease):
    """The lease of one submitter."""

    def __init__(self, database: Database, name: str, lease_s: float) -> None:
        super().__init__(database, lease_s, "submitter")
        self.name = name

    def verify(self, connection: Connection) -> None:
        """See to it that a transaction is of a submitter that still has what it claimed.

        Raises:
            LostClaimsError: if it has not.
        """
        if not claims.lives(connection, self.name):
            self._over.set()
            raise LostClaimsError(self._database.address)

    def _renew(self, connection: Connection, lease_s: float) -> None:
        claims.renew(connection, self.name, lease_s)

    def _leave(self, connection: Connection) -> None:
        claims.leave(connection, self.name)


@contextmanager
def submitting(
    database: Database, runtimes: Collection[str], lease_s: float
) -> Iterator[Submitter]:
    """Be one of those who send to these runtimes."""
    # Nothing but a name; two of one name would write into each other's runs.
    name = f"{platform.node()}-{os.getpid()}-{uuid4().hex[:8]}"
    one = Submitter(database, name, lease_s)
    with database.writing() as connection:
        claims.register(connection, name, runtimes, lease_s)
    one.start()
    try:
        yield one
    finally:
        one.end()
