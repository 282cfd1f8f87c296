# SPDX-License-Identifier: LGPL-2.1-or-later
"""The shell runtime: runs are processes of this machine."""

import logging
import re
import subprocess
import sys
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from models import (
    CapacitySettings,
    DeviceCapacity,
    Dispatch,
    Order,
    Outcome,
    PlannerSettings,
    RunState,
    Runtime,
    RuntimeCapacity,
    Sent,
)
from planner.runtimes.shell import wrapper
from planner.runtimes.shell.folder import RunFolder, live_runs
from planner.runtimes.timeout import job_timeout

log = logging.getLogger(__name__)

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
GRACE = 10.0  # seconds between SIGTERM and SIGKILL
LOG_LIMIT = 10_000_000  # bytes
START_LIMIT = 30.0  # seconds in which a wrapper has to say that the run started

# The first line of a definition: what the runtime has to know and the script does not.
_HEADER = "# kci-planner: timeout {} s\n"
_TIMEOUT = re.compile(r"# kci-planner: timeout ([0-9]+) s\n")


class ShellRuntime:
    """Starts each run at most once, in a process that outlives the planner.

    The job id is the run id, the key to look for; the folder of the run says the rest. All shell
    runtimes of a site share the directory, each counts its own runs.
    """

    settles = 0  # what `find` did not find will not start any more

    def __init__(
        self,
        runtime: Runtime,
        settings: PlannerSettings,
        *,
        grace: float = GRACE,
        log_limit: int = LOG_LIMIT,
    ) -> None:
        self.name = runtime.name
        self._lab_type = runtime.lab_type
        self._settings = settings
        self._directory = Path(settings.shell.directory).absolute()
        self._grace = grace
        self._log_limit = log_limit

    def job_id(self, run: str) -> str:
        """Return the job id that a run will have, which is its own."""
        return run

    def snapshot(self, now: datetime, device_types: Collection[str]) -> RuntimeCapacity:
        """Return the declared capacity, with the runs counted that run now."""
        declared = self._settings.capacity.get(self.name) or self._settings.capacity.get(
            self._lab_type, CapacitySettings()
        )
        devices = None
        if declared.devices is not None:
            devices = {
                kind: DeviceCapacity(
                    devices=number,
                    queue=declared.queue.get(kind, 0),
                    running=declared.running.get(kind, 0),
                )
                for kind, number in declared.devices.items()
            }
        return RuntimeCapacity(
            runtime=self.name,
            unknown=declared.unknown,
            devices=devices,
            slots=declared.slots,
            running=sum(1 for _ in live_runs(self._directory, self.name)),
            max_runs=declared.max_runs,
            taken=now,
        )

    def render(self, dispatch: Dispatch) -> str:
        """Return the script of a run, under a line that holds its timeout.

        Raises:
            PlannerError: if no script can be made; the text names the place in the template.
        """
        from planner.runtimes.shell.template import render_script  # Jinja2 is not cheap to import

        script = render_script(
            dispatch.order, dispatch.job, dispatch.platform, self._settings.shell.templates
        )
        return _HEADER.format(job_timeout(dispatch.job, self._settings.shell.timeout)) + script

    def submit(self, dispatch: Dispatch, definition: str) -> str:
        """Start the run if it was never started; return once that is certain and on disk.

        Raises:
            OSError: if it could not be started, or if that is not known: look with `find`.
        """
        order = dispatch.order
        folder = RunFolder(self._directory, order.run)
        if folder.marker() is None:
            folder.write_script(definition)
            self._launch(folder, order, definition)
        if not folder.started():
            raise OSError(f"{folder.path}: the run was closed; `find` makes room to send it again")
        return order.run

    def find(self, order: Order) -> str | None:
        """Return the job id if the run was started, else see to it that it will not be.

        So the answer stays true: a wrapper that was sent off before a crash and is late finds
        the run closed, and the run can safely be placed anew, here or elsewhere.
        """
        folder = RunFolder(self._directory, order.run)
        if not folder.close():
            return order.run
        folder.put_aside()
        return None

    def observe(self, runs: Sequence[Sent]) -> tuple[Outcome, ...]:
        """Return where each run stands; what is damaged is incomplete, and says why.

        Raises:
            OSError: if nothing can be read now. If some runs can, the others are left out.
        """
        outcomes, unread = [], []
        for run in (sent.run for sent in runs):
            try:
                outcomes.append(self._observe(run))
            except OSError as error:
                log.warning("%s cannot be read now: %s", run, error)
                unread.append(error)
        if unread and not outcomes:
            raise unread[0]
        return tuple(outcomes)

    def cancel(self, run: Sent) -> None:
        """End the run, or see to it that it never starts; its outcome says `cancelled`."""
        RunFolder(self._directory, run.run).cancel()

    def _observe(self, run: str) -> Outcome:
        folder = RunFolder(self._directory, run)
        try:
            return folder.outcome()
        except (ValueError, KeyError, TypeError) as error:
            log.warning("%s is damaged: %s", folder.path, error)
            return Outcome(
                run=run,
                state=RunState.FINISHED,
                job_id=run,
                result="incomplete",
                infrastructure=True,
                detail=f"{folder.path} is damaged: {error}",
            )

    def _launch(self, folder: RunFolder, order: Order, definition: str) -> None:
        header = _TIMEOUT.match(definition)
        timeout = int(header[1]) if header else self._settings.shell.timeout
        # Isolated (-I) and without site (-S), the interpreter starts fast and imports nothing
        # but its own library.
        command = [sys.executable, "-I", "-S", wrapper.__file__, str(folder.path)]
        command += [str(timeout), str(self._grace), str(self._log_limit)]
        errors = folder.path / "wrapper.log"
        with errors.open("ab") as sink:
            try:
                done = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=sink,
                    env=self._environment(folder, order),
                    start_new_session=True,
                    timeout=START_LIMIT,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise OSError(f"{folder.path}: no word of the start in {START_LIMIT} s") from error
        if done.stdout != wrapper.STARTED:
            said = errors.read_text("utf-8", "replace").strip().rpartition("\n")[2]
            raise OSError(f"{folder.path}: the run could not be started: {said}")

    def _environment(self, folder: RunFolder, order: Order) -> dict[str, str]:
        """Return all that the script finds in its environment; nothing of the planner's own."""
        return {
            "PATH": PATH,
            "HOME": str(folder.path / "work"),
            "LANG": "C.UTF-8",
            **self._settings.shell.environment,
            "KCI_RUN": order.run,
            "KCI_REQUEST": order.request,
            "KCI_JOB": order.job,
            "KCI_PLATFORM": order.platform,
            "KCI_RUNTIME": order.runtime,
        }
