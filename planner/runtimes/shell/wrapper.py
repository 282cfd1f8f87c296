# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs one script, once: a program of its own that outlives the planner which started it.

It imports nothing of ours and nothing but the standard library, so that it starts fast and its
code cannot change under a running planner. Its environment is the script's: the planner gives it
a clean one. The folder of the run is argument 1, and says afterwards what happened:

    script        what is run, by /bin/sh in `work/`
    started       the marker, in JSON: made at most once; the script runs only after it is on disk
    log           stdout and stderr of the script, up to a limit
    outcome.json  how it ended; appears whole or not at all

The first process forks and ends, so that nobody has to wait for the second, the wrapper. This
prints `started` once the run has (by it or by an earlier wrapper), and then closes its output.
SIGTERM to the wrapper, whose process id the marker has, cancels the run.
"""

import contextlib
import fcntl
import json
import os
import selectors
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

STARTED = b"started\n"
OUTCOME_ROOM = 4096  # bytes, more than an outcome can have
LOOK = 3600.0  # seconds; a selector cannot wait for months
TRUNCATED = b"\n[the log is cut off here: it reached %d bytes]\n"


def main() -> None:
    """Detach, start the script unless somebody did, and write down how it ended."""
    folder, timeout, grace, limit = sys.argv[1:]
    os.chdir(folder)
    if os.fork():
        os._exit(0)
    asked = _cancellation()
    script = _hold_script()
    started, begun = datetime.now(UTC), time.monotonic()
    if not _mark_started(script, started):
        _say_started()
        return  # an earlier wrapper runs it, or has; the script held here ends unrun
    log, room = _Log(script.output, int(limit)), _make_room_for_outcome()
    _say_started()
    script.release()
    ended = _follow(script, log, asked, begun + int(timeout), float(grace))
    # The end is the start plus a duration: no clock that jumps is asked.
    over = started + timedelta(seconds=time.monotonic() - begun)
    times = {"started": started.isoformat(), "ended": over.isoformat(), "timeout": int(timeout)}
    _write_outcome(room, times | ended)


class _Script:
    """The process of the script, the leader of a group of its own, held until released."""

    def __init__(self, pid: int, go: int, output: int) -> None:
        self.pid, self._go, self.output = pid, go, output

    def release(self) -> None:
        """Let the script begin."""
        os.write(self._go, b"g")
        os.close(self._go)

    def signal_all(self, number: int) -> None:
        """Send a signal to the script and to what it started, as far as it stayed in its group.

        Safe until the script is waited for: until then nobody else can have its process id.
        """
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def _hold_script() -> _Script:
    """Fork the script's process, which waits for leave: so its id is known before it runs."""
    go_reader, go_writer = os.pipe()
    output, writer = os.pipe()
    Path("work").mkdir(exist_ok=True)
    pid = os.fork()
    if pid:
        os.close(go_reader)
        os.close(writer)
        os.setpgid(pid, pid)
        return _Script(pid, go_writer, output)
    try:
        os.setpgid(0, 0)  # both sides do it, so that neither goes on before it is done
        # What Python ignores, a script must not.
        for number in (signal.SIGTERM, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.close(go_writer)
        # End of file instead of a byte: the wrapper died or found the run started.
        if os.read(go_reader, 1):
            script = str(Path("script").absolute())
            os.chdir("work")
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(writer, 1)
            os.dup2(writer, 2)
            os.execve("/bin/sh", ["sh", script], os.environ)  # noqa: S606  # a shell it is
    except OSError as error:
        os.write(writer, f"the script could not be started: {error}\n".encode())
    finally:
        os._exit(127)


def _mark_started(script: _Script, started: datetime) -> bool:
    """Make the marker; return False if it is there already."""
    marker = {
        "run": os.environ.get("KCI_RUN"),
        "runtime": os.environ.get("KCI_RUNTIME"),
        "boot": _read("/proc/sys/kernel/random/boot_id"),
        "started": started.isoformat(),
        "wrapper": {"pid": os.getpid(), "since": start_time(os.getpid())},
        "script": {"pid": script.pid, "session": os.getsid(0)},
    }
    return claim(Path("started"), marker)


def _say_started() -> None:
    """Tell the planner, and let go of it."""
    with contextlib.suppress(BrokenPipeError):  # it may be gone by now
        os.write(1, STARTED)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _cancellation() -> int:
    """Return a file that becomes readable when somebody asks to cancel the run."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)

    def ask(*_: object) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(writer, b"c")

    signal.signal(signal.SIGTERM, ask)
    return reader


def _follow(
    script: _Script, log: "_Log", asked: int, deadline: float, grace: float
) -> dict[str, object]:
    """Keep the log until the script ends, end it at its deadline; say how it ended."""
    ending = os.pidfd_open(script.pid)
    selector = selectors.DefaultSelector()
    for file in (ending, script.output, asked):
        selector.register(file, selectors.EVENT_READ)
    timed_out = cancelled = False
    while True:
        left = min(max(deadline - time.monotonic(), 0), LOOK)
        ready = {key.fd for key, _ in selector.select(left)}
        if script.output in ready and not log.take():
            selector.unregister(script.output)  # all writers have closed it; the script may go on
        if ending in ready:
            break
        told = timed_out or cancelled
        if asked in ready:
            selector.unregister(asked)
            cancelled = not timed_out
        elif time.monotonic() >= deadline:
            timed_out = not cancelled
        else:
            continue
        # Told once to end, it has its grace; after that it is not asked any more.
        script.signal_all(signal.SIGKILL if told else signal.SIGTERM)
        deadline = time.monotonic() + grace
    script.signal_all(signal.SIGKILL)  # a run is over when its script is; nothing stays behind
    log.finish()
    status = os.waitstatus_to_exitcode(os.waitpid(script.pid, 0)[1])
    return {
        "exit_status": status if status >= 0 else None,
        "signal": -status if status < 0 else None,
        "timed_out": timed_out,
        "cancelled": cancelled,
    }


class _Log:
    """The script's output in the file `log`; what is over the limit is read and dropped.

    A full disk, too, must not stop the script: it would block on a pipe that nobody reads.
    """

    def __init__(self, output: int, limit: int) -> None:
        os.set_blocking(output, False)
        self._output, self._limit, self._left = output, limit, limit
        self._file = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)

    def take(self) -> bool:
        """Take what is there now; return False at the end of the output."""
        try:
            data = os.read(self._output, 65536)
        except BlockingIOError:
            return True
        if data and self._left >= 0:
            self._write(data[: self._left])
            self._left -= len(data)
            if self._left < 0:
                self._write(TRUNCATED % self._limit)
        return bool(data)

    def finish(self) -> None:
        """Take what is left in the pipe, without waiting for writers that got away."""
        for _ in range(fcntl.fcntl(self._output, fcntl.F_GETPIPE_SZ) // 65536 + 1):
            if not self.take():
                break
        os.close(self._file)

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            os.write(self._file, data)


def _make_room_for_outcome() -> int:
    """Return a file with room for the outcome: a disk that fills up meanwhile cannot lose it."""
    file = os.open(f"outcome.{os.getpid()}", os.O_WRONLY | os.O_CREAT, 0o644)
    os.posix_fallocate(file, 0, OUTCOME_ROOM)
    return file


def _write_outcome(room: int, ended: dict[str, object]) -> None:
    """Write the outcome where there is room for it, and then give it its name."""
    size = os.write(room, json.dumps(ended).encode())
    os.truncate(room, size)
    os.fsync(room)
    Path(f"outcome.{os.getpid()}").replace("outcome.json")
    sync_folder(Path())


def claim(path: Path, content: object) -> bool:
    """Make a file, whole and on disk; return False if there is one already, whoever made it."""
    draft = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
    try:
        write_durably(draft, content)
        path.hardlink_to(draft)  # unlike a rename, it fails if the name is taken
        first = True
    except FileExistsError:
        first = False
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)
    return first


def write_durably(path: Path, content: object) -> None:
    """Write `content` as JSON to a file, and have it on disk before returning."""
    with path.open("w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Have the names in a folder on disk before returning."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def start_time(pid: int) -> int | None:
    """Return when a process began, in clock ticks since the boot; None if it runs no more.

    With the id of the boot this tells a process from a later one of the same process id.
    """
    fields = process_fields(pid)
    return None if fields is None or fields[0] in "ZX" else int(fields[19])


def process_fields(pid: int) -> list[str] | None:
    """Return what the kernel says of a process from its state on; None if there is no such."""
    try:
        # The name, in parentheses, may hold anything; the fields after it are plain.
        return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    except OSError:
        return None


def _read(path: str) -> str:
    return Path(path).read_text("utf-8", "replace").strip()


if __name__ == "__main__":
    main()
