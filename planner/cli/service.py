# SPDX-License-Identifier: LGPL-2.1-or-later
"""The planner as a user runs it: cycles, one or many, and what they show."""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click
from pydantic import SecretStr

from models import Catalog, ExitCode, PlanDocument, PlannerError
from planner.cli.collecting import Collector
from planner.cli.inputs import Inputs
from planner.cli.progress import Progress
from planner.cli.show_cycle import write_cycle
from planner.config import load_policy
from planner.cycle import CycleReport, Planner
from planner.ledger import Lead, Ledger, LostLeadError, NoLedgerError
from planner.runtimes import LabRuntime, open_runtime

STANDBY_S = 1.0  # between two looks at whether anybody leads


@dataclass(frozen=True)
class Service:
    """What `run` was asked for; None leaves it to the configuration.

    The configuration is read anew for each cycle, so that a change of it counts at once.
    """

    paths: tuple[Path, ...]
    collector: Collector
    capacity: Path | None
    ledger: str | None
    policy: str | None
    solver: str | None
    seed: int
    output_format: str
    _stopping: threading.Event = field(default_factory=threading.Event)

    def preview(self) -> ExitCode:
        """Show what a cycle would do now; nothing is sent and nothing written."""
        inputs = Inputs()
        catalog = inputs.catalog(self.paths)
        with self._ledger_to_read(catalog) as ledger:
            planner = self._planner(catalog, ledger)
            with self.collector.batch(catalog, ledger, inputs, look_only=True) as collected:
                report = planner.preview(collected.batch, collected.nodes)
            return self._close(report, ledger, inputs)

    def once(self, plan: PlanDocument | None = None) -> ExitCode:
        """Do one cycle, and stay until all that it started has ended.

        With `plan`, that is executed instead of a new one.
        """
        inputs = Inputs()
        catalog = inputs.catalog(self.paths)
        with self._ledger(catalog) as ledger, ledger.lock() as lead:
            report = self._cycle(catalog, ledger, lead, inputs, wait=True, plan=plan)
            return self._close(report, ledger, inputs)

    def every(self, seconds: int | None, *, standby: bool = False) -> None:
        """Do cycles until told to stop; one that fails does not keep the next from coming.

        With `standby` wait for as long as another planner leads, and again once the lead is lost.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        with self._ledger(Inputs().catalog(self.paths)) as ledger:
            while not self._stopping.is_set():
                try:
                    with ledger.lock() as lead:
                        self._lead(ledger, lead, seconds)
                except PlannerError as error:
                    if not standby or error.exit_code is not ExitCode.LOCKED:
                        raise
                    self._stopping.wait(STANDBY_S)

    def _lead(self, ledger: Ledger, lead: Lead, seconds: int | None) -> None:
        """Do cycles until told to stop.

        Raises:
            LostLeadError: if another planner leads now.
        """
        pause = seconds or 0
        while not self._stopping.is_set():
            begun = time.monotonic()
            inputs = Inputs()
            try:
                catalog = inputs.catalog(self.paths)
                pause = seconds or catalog.planner.cycle
                report = self._cycle(catalog, ledger, lead, inputs, wait=False)
                self._close(report, ledger, inputs)
            except LostLeadError:
                raise
            except PlannerError as error:
                click.echo(f"error: {error}", err=True)
            self._stopping.wait(max(0.0, begun + pause - time.monotonic()))

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
        planner = self._planner(catalog, ledger, lead.holds)
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

    def _planner(
        self, catalog: Catalog, ledger: Ledger, may_send: Callable[[], bool] = lambda: True
    ) -> Planner:
        return Planner(
            catalog,
            load_policy(self.policy or catalog.planner.policy, catalog),
            ledger,
            _runtimes(catalog, self.collector.settings),
            clock=lambda: datetime.now(UTC),
            timer=time.monotonic,
            sleep=time.sleep,
            may_send=may_send,
            capacity_file=self.capacity,
            solver=self.solver,
            seed=self.seed,
        )

    def _close(self, report: CycleReport, ledger: Ledger, inputs: Inputs) -> ExitCode:
        write_cycle(report, ledger, self.output_format)
        for problem in report.problems:
            if problem not in inputs.told:
                inputs.problem(problem)
        return ExitCode.DEGRADED if report.degraded else inputs.exit_code


def _runtimes(catalog: Catalog, settings: Path | None) -> dict[str, LabRuntime]:
    """Return a way to each runtime of the catalog that anything here speaks to."""

    def token(runtime: str) -> SecretStr | None:
        from planner.kernelci import default_settings, read_runtime_token

        return read_runtime_token(runtime, settings or default_settings(Path.home()), os.environ)

    opened = {
        name: open_runtime(runtime, catalog, token) for name, runtime in catalog.runtimes.items()
    }
    return {name: runtime for name, runtime in opened.items() if runtime is not None}
