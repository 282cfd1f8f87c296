# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lease that a process keeps by renewing it in time, and by which others know that it lives."""

import logging
import threading
import time
from abc import ABC, abstractmethod
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from models import PlannerError
from planner.ledger.database import Database

log = logging.getLogger(__name__)

LEASE_S = 60.0
_RENEWALS = 4  # in the time of one lease


class Lease(ABC):
    """What is written under it is refused once somebody else has taken over."""

    def __init__(self, database: Database, lease_s: float, name: str) -> None:
        self._database, self._lease_s = database, lease_s
        self._renewed = awake()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=name, daemon=True)

    @abstractmethod
    def verify(self, connection: Connection) -> None:
        """See to it that a transaction may be done under this lease.

        Raises:
            PlannerError: if somebody else has taken over, with exit code LOCKED.
        """

    @abstractmethod
    def _renew(self, connection: Connection, lease_s: float) -> None:
        """Write down that it lasts so many seconds from now."""

    def holds(self) -> bool:
        """Tell whether nobody else can take over yet: true for a lease after the last renewal."""
        return not self._over.is_set() and awake() - self._renewed < self._lease_s

    def start(self) -> None:
        """Renew the lease from now on, and have nothing written without it."""
        self._database.guard = self.verify
        self._thread.start()

    def end(self) -> None:
        """Give it back, if it is still ours."""
        self._over.set()
        self._thread.join()
        try:
            with self._database.writing() as connection:
                self._leave(connection)
        except PlannerError as error:
            log.debug("the lease runs out by itself: %s", error)
        finally:
            self._database.guard = None

    def _leave(self, connection: Connection) -> None:
        self._renew(connection, 0.0)

    def _keep(self) -> None:
        while not self._over.wait(self._lease_s / _RENEWALS):
            begun = awake()
            try:
                with self._database.writing() as connection:
                    self._renew(connection, self._lease_s)
            except PlannerError as error:
                if self._over.is_set():
                    log.error("%s", error)
                    return
                # A full disk, a server that is away: it may come back.
                log.warning("the lease could not be renewed: %s", error)
            else:
                self._renewed = begun


def now_of(connection: Connection) -> datetime:
    """Return the time by the one clock that all processes on this ledger go by."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    told = connection.execute(select(func.clock_timestamp())).scalar_one()
    assert isinstance(told, datetime)
    return told


def awake() -> float:
    """Return seconds that pass also while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
