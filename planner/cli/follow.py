# SPDX-License-Identifier: LGPL-2.1-or-later
"""A submitter as a user runs it: until it is told to stop."""

import logging
import signal
import threading
import time
from collections import Counter
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models import Catalog, ExitCode, PlannerError, RunState
from planner.cli import output
from planner.cli.collecting import open_api
from planner.cli.runtimes import open_runtimes
from planner.config import load_catalog
from planner.cycle import Submitting, served
from planner.ledger import Ledger, LostClaimsError, Submitter

if TYPE_CHECKING:
    from planner.kernelci import Api

log = logging.getLogger(__name__)

IDLE_S = 1.0  # between two looks at whether there is anything to send


@dataclass(frozen=True)
class Follower:
    """What `submit --follow` was asked for; no runtimes are all that it can share."""

    paths: tuple[Path, ...]
    settings: Path | None
    capacity: Path | None
    ledger: str | None
    runtimes: tuple[str, ...]
    _sent: Counter[RunState] = field(default_factory=Counter)
    _counting: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def follow(self) -> ExitCode:
        """Send what is intended until told to stop.

        The configuration is read anew as often as there are cycles; a ledger that is away for a
        while, or a lease that was lost, does not end it.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        catalog = load_catalog(*self.paths)
        with Ledger.open(self.ledger or catalog.planner.ledger, aside=True) as ledger:
            while not self._stopping.is_set():
                catalog = self._serve(catalog, ledger)
        counted = ", ".join(f"{number} {state}" for state, number in sorted(self._sent.items()))
        output.say(f"told to stop; what came of runs: {counted or 'there were none'}")
        as_planned = {RunState.SUBMITTED, RunState.DRY_RUN}
        return ExitCode.DEGRADED if self._sent.keys() - as_planned else ExitCode.DONE

    def _serve(self, catalog: Catalog, ledger: Ledger) -> Catalog:
        """Send until told to stop, or the lease is lost, or there is another configuration.

        Return the newest one.
        """
        runtimes = open_runtimes(catalog, self.settings)
        names = served(catalog, runtimes, self.runtimes)
        over = threading.Event()
        with ExitStack() as stack:
            api = stack.enter_context(self._api(catalog))
            lease = stack.enter_context(ledger.submitter(names))

            def hindered() -> str | None:
                if over.is_set() or self._stopping.is_set():
                    return "the submitter was told to stop"
                return None if lease.holds() else "this submitter has nothing in hand any more"

            submitting = Submitting(
                catalog,
                ledger,
                lease,
                runtimes,
                api,
                clock=lambda: datetime.now(UTC),
                hindered=hindered,
                capacity_file=self.capacity,
            )
            threads = [
                threading.Thread(target=self._send, args=(submitting, name, lease, over), name=name)
                for name in names
            ]
            for thread in threads:
                thread.start()
                stack.callback(thread.join)
            stack.callback(over.set)
            return self._until_changed(catalog, lease)

    def _api(self, catalog: Catalog) -> "AbstractContextManager[Api | None]":
        said = catalog.planner.events
        return nullcontext() if said.api is None else open_api(said.api, catalog, self.settings)

    def _until_changed(self, catalog: Catalog, lease: Submitter) -> Catalog:
        read = time.monotonic()
        while lease.holds() and not self._stopping.wait(IDLE_S):
            if time.monotonic() - read < catalog.planner.cycle:
                continue
            read = time.monotonic()
            try:
                newest = load_catalog(*self.paths)
            except PlannerError as error:
                log.error("the configuration stays as it was: %s", error)
                continue
            if newest != catalog:
                log.info("the configuration changed")
                return newest
        return catalog

    def _send(
        self, submitting: Submitting[Submitter], name: str, lease: Submitter, over: threading.Event
    ) -> None:
        """Send portion after portion to one runtime."""
        while lease.holds() and not over.is_set() and not self._stopping.is_set():
            try:
                counted = submitting.portion(name).by_runtime.get(name)
            except LostClaimsError as error:
                log.error("%s; beginning anew", error)
                return
            except PlannerError as error:  # a ledger that is away: it may come back
                log.error("%s", error)
                counted = None
            except Exception:  # a mistake of ours must not end the service
                log.exception("a portion for %s failed", name)
                counted = None
            if counted is None:
                over.wait(IDLE_S)
                continue
            with self._counting:
                self._sent.update(counted)
            log.info("%s: %s", name, ", ".join(f"{n} {state}" for state, n in counted.items()))
