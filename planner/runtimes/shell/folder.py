# SPDX-License-Identifier: LGPL-2.1-or-later
"""The folder of a run, from the planner's side: what the wrapper wrote, and whether it lives."""

import contextlib
import json
import os
import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models import Outcome, PlannerError, RunState
from planner.runtimes.shell import wrapper

_RUN = re.compile(r"[0-9a-f]+-[0-9]+")
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class RunFolder:
    """What is on disk of one run; `wrapper` says which file means what.

    The file `started` decides, for good and between any number of processes, whether the script
    runs: whoever makes it first. The planner makes it, too, to have it never run.
    """

    def __init__(self, directory: Path, run: str) -> None:
        if not _RUN.fullmatch(run):
            raise PlannerError(f"{run!r} is no run id: the shell runtime makes no folder of it")
        self.run = run
        self.path = directory / run
        self.log = self.path / "log"

    def write_script(self, text: str) -> None:
        """Make the folder and the script in it, both on disk and whole."""
        self.path.mkdir(parents=True, exist_ok=True)
        wrapper.sync_folder(self.path.parent)
        draft = self.path / f"script.{os.urandom(8).hex()}"
        with draft.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / "script")
        wrapper.sync_folder(self.path)

    def marker(self) -> dict[str, Any] | None:
        """Return what the marker says, None where there is none.

        It is never half written; one that was damaged later says nothing, but it is there.
        """
        try:
            return self._read("started")
        except ValueError:
            return {}

    def started(self) -> bool:
        """Tell whether the script was started, now or ever."""
        marker = self.marker()
        return marker is not None and "closed" not in marker

    def close(self) -> bool:
        """Make sure that the script will never run; return False if it started already.

        A wrapper that is still on its way finds the marker taken, and leaves.
        """
        if not self.path.is_dir():
            return True
        closed = {"closed": os.urandom(8).hex()}
        return wrapper.claim(self.path / "started", closed) or not self.started()

    def put_aside(self) -> None:
        """Make room for a run that was closed to be sent again.

        The folder is renamed, not removed: a wrapper that is still on its way stays in it, and
        has to find the marker there however late it comes. If somebody else did it first, the
        new name is taken: so it is never done to the folder of the run that was sent again.

        Raises:
            OSError: if that was done.
        """
        marker = self.marker()
        if marker is None:
            return
        if "closed" not in marker:
            raise OSError(f"{self.path}: the run was sent again meanwhile, and started")
        self.path.rename(self.path.with_name(f".{self.run}.closed-{marker['closed']}"))

    def cancel(self) -> None:
        """Have the run never start, or ask its wrapper to end it and to say so in the outcome."""
        if self.close():
            return
        marker = self.marker()
        if marker is not None and _wrapper_runs(marker):
            _end_wrapper(marker)

    def outcome(self) -> Outcome:
        """Return where the run stands.

        If the wrapper vanished (killed, or the machine went down), what it left of the script is
        ended before the run is said to be over.
        """
        marker = self.marker()
        alive = marker is not None and _wrapper_runs(marker)
        # Read after that: a wrapper that ended by itself wrote it before.
        written = self._read("outcome.json")
        if written is not None:
            return self._finished(written)
        if not marker:
            what = "gone" if marker is None else "damaged"
            return self._lost(f"{self.path / 'started'} is {what}; what became of the run is lost")
        if "closed" in marker:
            detail = "cancelled before it started"
            return self._outcome(RunState.FINISHED, result="incomplete", detail=detail)
        started = datetime.fromisoformat(marker["started"])
        if alive:
            return self._outcome(RunState.STARTED, started=started)
        _end_leftovers(marker)
        ended = max(started, self._last_sign())
        detail = f"{self.log}: the wrapper of the script vanished"
        return self._lost(detail, started=started, ended=ended)

    def _lost(self, detail: str, **known: Any) -> Outcome:
        """Return the outcome of a run that the place failed."""
        known |= {"result": "incomplete", "infrastructure": True, "detail": detail}
        return self._outcome(RunState.FINISHED, **known)

    def _finished(self, written: dict[str, Any]) -> Outcome:
        status, number = written["exit_status"], written["signal"]
        result, reason = "incomplete", ""
        if written["cancelled"]:
            reason = "cancelled"
        elif written["timed_out"]:
            reason = f"timeout after {written['timeout']} s"
        elif number is not None:
            reason = f"killed from outside by signal {number}"
        else:
            result = "fail" if status else "pass"
        return self._outcome(
            RunState.FINISHED,
            started=datetime.fromisoformat(written["started"]),
            ended=datetime.fromisoformat(written["ended"]),
            result=result,
            exit_status=status,
            infrastructure=reason.startswith("killed"),
            detail=f"{self.log}: {reason}" if reason else str(self.log),
        )

    def _outcome(self, state: RunState, **known: Any) -> Outcome:
        return Outcome(run=self.run, state=state, job_id=self.run, **known)

    def _last_sign(self) -> datetime:
        """Return when the run was last heard of: the change of its log, or the epoch."""
        try:
            return datetime.fromtimestamp(self.log.stat().st_mtime, UTC)
        except OSError:
            return datetime.fromtimestamp(0, UTC)

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            content = json.loads((self.path / name).read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not isinstance(content, dict):
            raise ValueError(f"{name} holds no object")
        return content


def live_runs(directory: Path, runtime: str) -> Iterator[str]:
    """Yield the runs of `runtime` whose wrapper runs now."""
    if not directory.is_dir():
        return
    for path in directory.iterdir():
        if _RUN.fullmatch(path.name) and not (path / "outcome.json").exists():
            folder = RunFolder(directory, path.name)
            marker = folder.marker() or {}
            if marker.get("runtime") == runtime and _wrapper_runs(marker):
                yield path.name


def _wrapper_runs(marker: dict[str, Any]) -> bool:
    """Tell whether the wrapper that made the marker runs: not another process with its id."""
    process = marker.get("wrapper")
    return (
        process is not None
        and process["since"] is not None
        and process["since"] == wrapper.start_time(process["pid"])
        and _is_of_this_boot(marker)
    )


def _is_of_this_boot(marker: dict[str, Any]) -> bool:
    return bool(marker["boot"] == _BOOT.read_text("utf-8").strip())


def _end_wrapper(marker: dict[str, Any]) -> None:
    """Ask the wrapper to end; a handle keeps its id from going to another process meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        process = os.pidfd_open(marker["wrapper"]["pid"])
        try:
            if _wrapper_runs(marker):
                signal.pidfd_send_signal(process, signal.SIGTERM)
        finally:
            os.close(process)


def _end_leftovers(marker: dict[str, Any]) -> None:
    """End what is left of the script's group; a group of its id in another session is not it."""
    group, session = marker["script"]["pid"], marker["script"]["session"]
    if not _is_of_this_boot(marker):
        return
    for path in Path("/proc").glob("[0-9]*"):
        fields = wrapper.process_fields(int(path.name))
        if fields is not None and fields[2:4] == [str(group), str(session)]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
            return
