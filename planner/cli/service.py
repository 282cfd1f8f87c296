# SPDX-License-Identifier: LGPL-2.1-or-later
"""The planner as a user runs it: cycles, one or many, and what they show."""

import logging
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from models import Catalog, ExitCode, Learning, PlanDocument, PlannerError, Policy
from planner.cli import heap, output
from planner.cli.collecting import Collector
from planner.cli.inputs import Inputs
from planner.cli.progress import Progress
from planner.cli.runtimes import open_runtimes
from planner.cli.show_cycle import write_cycle
from planner.config import load_policy
from planner.cycle import CycleReport, Planner
from planner.ledger import Lead, Ledger, LostLeadError, NoLedgerError
from planner.monitor import logs
from planner.monitor.health import Health

log = logging.getLogger(__name__)

CALIBRATION_S = 3600.0  # between two looks at how good estimates were
STANDBY_S = 1.0  # between two looks at whether anybody leads


@dataclass(frozen=True)
class Service:
    """What `run` was asked for; None leaves it to the configuration.

    The configuration is read anew for each cycle, so that a change of it counts at once. Set
    `stopping` to have it stop; it waits by that between cycles, too.
    """

    paths: tuple[Path, ...]
    collector: Collector
    capacity: Path | None
    ledger: str | None
    policy: str | None
    solver: str | None
    seed: int
    output_format: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    stopping: threading.Event = field(default_factory=threading.Event)

    def preview(self) -> ExitCode:
        """Show what a cycle would do now; nothing is sent and nothing written."""
        inputs = Inputs()
        catalog = inputs.catalog(self.paths)
        with self._ledger_to_read(catalog) as ledger:
            planner = self._planner(catalog, ledger)
            with self.collector.batch(catalog, ledger, inputs, look_only=True) as collected:
                report = planner.preview(collected.batch, collected.nodes)
            return self._close(report, ledger, inputs)

    def once(self, plan: PlanDocument | None = None, *, wait: bool = True) -> ExitCode:
        """Do one cycle, and with `wait` stay until all that it started has ended.

        With `plan`, that is executed instead of a new one.
        """
        inputs = Inputs()
        catalog = inputs.catalog(self.paths)
        with self._ledger(catalog) as ledger, ledger.lock() as lead:
            report = self._cycle(catalog, ledger, lead, inputs, wait=wait, plan=plan)
            return self._close(report, ledger, inputs)

    def every(
        self, seconds: int | None, *, standby: bool = False, monitor: str | None = None
    ) -> None:
        """Do cycles until told to stop; one that fails does not keep the next from coming.

        With `standby` wait for as long as another planner leads, and again once the lead is lost.
        `monitor` is where to answer who watches.
        """
        heap.share()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        catalog = Inputs().catalog(self.paths)
        address = monitor or catalog.planner.monitor
        with self._ledger(catalog) as ledger, ExitStack() as stack:
            watch = Watch()
            if address is not None:
                stack.enter_context(watch.serving(address))
            while not self.stopping.is_set():
                try:
                    with ledger.lock() as lead:
                        self._lead(ledger, lead, seconds, watch)
                except PlannerError as error:
                    if not standby or error.exit_code is not ExitCode.LOCKED:
                        raise
                    watch.waits()
                    self.stopping.wait(STANDBY_S)

    def _lead(self, ledger: Ledger, lead: Lead, seconds: int | None, watch: "Watch") -> None:
        """Do cycles until told to stop.

        Raises:
            LostLeadError: if another planner leads now.
        """
        pause = seconds or 0
        while not self.stopping.is_set():
            begun = time.monotonic()
            inputs = Inputs()
            try:
                catalog = inputs.catalog(self.paths)
                pause = seconds or catalog.planner.cycle
                watch.leads(pause)
                report = self._cycle(catalog, ledger, lead, inputs, wait=False)
                self._close(report, ledger, inputs)
                watch.ended(report, ledger, self.clock())
                if watch.wants_calibration():
                    learning = self._policy_of(catalog).learning
                    watch.calibrate(catalog, learning, ledger, self.clock())
            except LostLeadError:
                raise
            except PlannerError as error:
                watch.failed(str(error))
            except Exception as error:  # a mistake of ours must not end the service
                log.exception("the cycle failed")
                watch.failed(f"{type(error).__name__}: {error}")
            self.stopping.wait(max(0.0, begun + pause - time.monotonic()))

    def _policy_of(self, catalog: Catalog) -> Policy:
        return load_policy(self.policy or catalog.planner.policy, catalog)

    def _ledger(self, catalog: Catalog) -> Ledger:
        return Ledger.open(self._url(catalog))

    def _url(self, catalog: Catalog) -> str:
        return catalog.planner.ledger if self.ledger is None else self.ledger

    @contextmanager
    def _ledger_to_read(self, catalog: Catalog) -> Iterator[Ledger]:
        """Give the ledger as it is, or an empty one that goes again where there is none yet."""
        with tempfile.TemporaryDirectory() as folder:
            try:
                ledger = Ledger.open(self._url(catalog), read_only=True)
            except NoLedgerError:
                ledger = Ledger.open(f"sqlite:///{folder}/ledger.db")
            with ledger:
                yield ledger

    def _cycle(
        self,
        catalog: Catalog,
        ledger: Ledger,
        lead: Lead,
        inputs: Inputs,
        *,
        wait: bool,
        plan: PlanDocument | None = None,
    ) -> CycleReport:
        planner = self._planner(catalog, ledger, lead)
        collecting = self.collector.batch(catalog, ledger, inputs)
        with collecting as collected, Progress() as progress:
            return planner.cycle(
                collected.batch,
                collected.nodes,
                api=collected.api,
                plan=plan,
                wait=wait,
                sending=progress.sending,
                watching=progress.watching,
            )

    def _planner(self, catalog: Catalog, ledger: Ledger, lead: Lead | None = None) -> Planner:
        return Planner(
            catalog,
            self._policy_of(catalog),
            ledger,
            open_runtimes(catalog, self.collector.settings),
            clock=self.clock,
            timer=time.monotonic,
            sleep=time.sleep,
            hindered=lambda: self._hindrance(lead),
            opened=_open_cycle,
            capacity_file=self.capacity,
            solver=self.solver,
            seed=self.seed,
        )

    def _hindrance(self, lead: Lead | None) -> str | None:
        """Return why nothing may be sent any more, None if it may."""
        if self.stopping.is_set():
            return "the planner was told to stop"
        if lead is not None and not lead.holds():
            return "this planner does not lead any more"
        return None

    def _close(self, report: CycleReport, ledger: Ledger, inputs: Inputs) -> ExitCode:
        write_cycle(report, ledger, self.output_format)
        for problem in report.problems:
            if problem not in inputs.told:
                inputs.problem(problem)
        return ExitCode.DEGRADED if report.degraded else inputs.exit_code


class Watch:
    """What is to be seen of a service from outside."""

    def __init__(self) -> None:
        from planner.monitor.metrics import Metrics

        self._health, self._metrics = Health(), Metrics()
        self._watched, self._calibrated = False, -CALIBRATION_S

    def serving(self, address: str) -> AbstractContextManager[int]:
        """Answer who watches, at `address`."""
        from planner.monitor.server import serving

        self._watched = True
        return serving(address, self._health, self._metrics)

    def waits(self) -> None:
        """Note that another planner leads."""
        self._health.waits()
        self._metrics.leads.set(0)

    def leads(self, period: float) -> None:
        """Note that this planner does a cycle every `period` seconds."""
        self._health.leads(period)
        self._metrics.leads.set(1)

    def ended(self, report: CycleReport, ledger: Ledger, now: datetime) -> None:
        """Note what a cycle did."""
        self._health.ended()
        if self._watched:
            self._metrics.observe(report, ledger.waiting(), now)

    def wants_calibration(self) -> bool:
        """Tell whether anybody watches, and the last look at estimates was an hour ago."""
        return self._watched and time.monotonic() >= self._calibrated + CALIBRATION_S

    def calibrate(
        self, catalog: Catalog, learning: Learning, ledger: Ledger, now: datetime
    ) -> None:
        """Measure how good estimates were."""
        from planner.estimates import calibrate

        self._calibrated = time.monotonic()
        past = ledger.outcomes(now, learning)
        self._metrics.calibrated(calibrate(catalog, past, learning=learning, now=now))

    def failed(self, text: str) -> None:
        """Say why a cycle failed, and note it."""
        output.say(f"error: {text}")
        self._health.failed(text)
        self._metrics.failed()


def _open_cycle(number: int) -> None:
    logs.Cycle.number = number
