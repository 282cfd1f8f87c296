# SPDX-License-Identifier: LGPL-2.1-or-later
"""The shell runtime with real processes: once, whoever dies, and with nothing left behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models import LabType, PlannerError, PlannerSettings, RunState, Runtime
from planner.runtimes.shell import ShellRuntime, wrapper
from planner.runtimes.shell.runtime import PATH
from tests.runtimes.conftest import HERE, NOW, Site, dispatch, finished, order, sent, until

RUN = "ab12-0"
ROOT = Path(__file__).resolve().parents[2]


def process_of(site: Site, who: str, run: str = RUN) -> int:
    """Return the process id of the wrapper or script of a run that started."""
    pid = json.loads((site.runs / run / "started").read_text())[who]["pid"]
    assert isinstance(pid, int)
    return pid


def gone(pid: int) -> bool:
    """Tell whether no such process runs."""
    return wrapper.start_time(pid) is None


@pytest.mark.parametrize(
    ("script", "status", "result"), [("echo out; echo err >&2", 0, "pass"), ("exit 3", 3, "fail")]
)
def test_outcome_of_a_script(site: Site, script: str, status: int, result: str) -> None:
    """A run has its exit status, its times in order, and the log of both outputs."""
    runtime = site.runtime()
    assert runtime.submit(dispatch(RUN), script) == RUN
    assert runtime.find(order(RUN)) == RUN
    outcome = finished(runtime, RUN)
    assert (outcome.exit_status, outcome.result, outcome.infrastructure) == (status, result, False)
    assert outcome.started is not None
    assert outcome.ended is not None
    assert timedelta() <= outcome.ended - outcome.started < timedelta(seconds=10)
    assert outcome.detail == str(site.runs / RUN / "log")
    assert site.log(RUN) == ("out\nerr\n" if status == 0 else "")


def test_state_while_it_runs(site: Site) -> None:
    """A run that goes on is `started`, takes a slot of its runtime and of no other."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "sleep 30")
    (outcome,) = runtime.observe([sent(RUN)])
    assert outcome.state is RunState.STARTED
    assert runtime.snapshot(NOW, ()).running == 1
    assert runtime.snapshot(NOW, ()).taken == NOW
    assert site.runtime("other").snapshot(NOW, ()).running == 0
    runtime.cancel(sent(RUN))
    finished(runtime, RUN)
    assert runtime.snapshot(NOW, ()).running == 0


def test_sending_again_changes_nothing(site: Site) -> None:
    """A run that was sent before is not executed again, neither during nor after its life."""
    runtime = site.runtime()
    count = site.root / "count"
    for _ in range(3):
        runtime.submit(dispatch(RUN), f"echo run >>{count}; sleep 0.1")
    finished(runtime, RUN)
    site.runtime().submit(dispatch(RUN), f"echo again >>{count}")
    assert count.read_text() == "run\n"


def test_eight_planners_at_once(site: Site) -> None:
    """Of eight that send the same run at the same moment, one executes it; all get its id."""
    count = site.root / "count"
    barrier = threading.Barrier(8)

    def send(_: int) -> str:
        runtime = site.runtime()
        barrier.wait()
        return runtime.submit(dispatch(RUN), f"echo run >>{count}")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(8))) == {RUN}
    finished(site.runtime(), RUN)
    assert count.read_text() == "run\n"


def test_eight_wrappers_at_once(site: Site) -> None:
    """Of eight wrappers for one folder, one executes the script, and all say that it started."""
    count = site.root / "count"
    folder = site.runs / RUN
    folder.mkdir(parents=True)
    (folder / "script").write_text(f"echo run >>{count}")
    command = [sys.executable, "-I", "-S", wrapper.__file__, str(folder), "9", "1", "1000"]
    wrappers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(8)]
    said = [process.communicate(timeout=20)[0] for process in wrappers]
    assert said == [wrapper.STARTED] * 8
    finished(site.runtime(), RUN)
    assert count.read_text() == "run\n"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("log", "outcome.json", "script", "started", "work")
    ]


def test_searchers_and_senders_at_once(site: Site) -> None:
    """However often a run is looked for and sent at the same time, it is executed once."""
    count = site.root / "count"

    def look_and_send(_: int) -> str:
        runtime = site.runtime()
        while True:
            with contextlib.suppress(OSError):
                return runtime.find(order(RUN)) or runtime.submit(
                    dispatch(RUN), f"echo run >>{count}"
                )

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(look_and_send, range(4))) == {RUN}
    assert finished(site.runtime(), RUN).result == "pass"
    assert count.read_text() == "run\n"


def test_killed_wrapper(site: Site) -> None:
    """A run whose wrapper was killed is incomplete, the place's fault, and is over for good."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "sleep 30")
    script = process_of(site, "script")
    os.kill(process_of(site, "wrapper"), signal.SIGKILL)
    outcome = finished(runtime, RUN)
    assert (outcome.result, outcome.infrastructure) == ("incomplete", True)
    assert "vanished" in str(outcome.detail)
    assert outcome.started is not None
    assert outcome.ended is not None
    assert outcome.started <= outcome.ended
    until(lambda: gone(script))
    assert runtime.find(order(RUN)) == RUN


def test_killed_wrapper_of_a_script_that_ended(site: Site) -> None:
    """Also what a script left running is ended if there was no wrapper any more to do it."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "sleep 34 & echo $!; sleep 35")
    left = int(until(lambda: site.log(RUN)))
    os.kill(process_of(site, "wrapper"), signal.SIGKILL)
    script = process_of(site, "script")
    os.kill(script, signal.SIGKILL)
    until(lambda: gone(script))
    assert not gone(left)
    assert finished(runtime, RUN).infrastructure
    until(lambda: gone(left))


OTHERS = {"boot": "another"}, {"wrapper": {"since": 12}, "script": {"session": 12}}


@pytest.mark.parametrize("other", OTHERS)
def test_recycled_process_id(site: Site, other: dict[str, Any]) -> None:
    """Processes with the ids of a run's, but of another boot or session, are left alone."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "sleep 30")
    wrapper_pid = process_of(site, "wrapper")
    path = site.runs / RUN / "started"
    marker = json.loads(path.read_text())
    now = {k: marker[k] | v if isinstance(v, dict) else v for k, v in other.items()}
    path.write_text(json.dumps(marker | now))
    (outcome,) = runtime.observe([sent(RUN)])
    assert outcome.infrastructure
    runtime.cancel(sent(RUN))
    assert not gone(wrapper_pid)
    path.write_text(json.dumps(marker))
    runtime.cancel(sent(RUN))
    until(lambda: gone(wrapper_pid))


PLANNER = """
import os, signal, sys
from tests.runtimes.conftest import Site, dispatch
from pathlib import Path
Site(Path(sys.argv[1])).runtime().submit(dispatch("ab12-0"), sys.argv[2])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_planner_killed_after_sending(site: Site) -> None:
    """A run ends well, with its outcome, though the planner was killed just after sending it."""
    command = [sys.executable, "-c", PLANNER, str(site.root), "sleep 0.3; echo done"]
    planner = subprocess.run(command, cwd=ROOT, check=False)
    assert planner.returncode == -signal.SIGKILL
    runtime = site.runtime()
    assert runtime.find(order(RUN)) == RUN
    assert finished(runtime, RUN).result == "pass"
    assert site.log(RUN) == "done\n"


def test_late_wrapper_of_a_run_given_back(site: Site) -> None:
    """Once a run was not found, a wrapper sent off before a crash executes nothing any more."""
    runtime = site.runtime()
    count = site.root / "count"
    folder = site.runs / RUN
    folder.mkdir(parents=True)
    (folder / "script").write_text(f"echo late >>{count}")
    assert runtime.find(order(RUN)) is None
    assert not folder.exists()
    (aside,) = site.runs.glob(f".{RUN}.closed-*")
    for late in (folder, aside):  # it may have entered the folder before that was renamed
        command = [sys.executable, "-I", "-S", wrapper.__file__, str(late), "9", "1", "1000"]
        subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
    assert not count.exists()
    runtime.submit(dispatch(RUN), f"echo new >>{count}")
    finished(runtime, RUN)
    assert count.read_text() == "new\n"


def test_closed_run_is_not_started(site: Site) -> None:
    """A run that was closed is not started by sending it; looked for, it may be sent again."""
    runtime = site.runtime()
    (site.runs / RUN).mkdir(parents=True)
    runtime.cancel(sent(RUN))
    with pytest.raises(OSError, match="closed"):
        runtime.submit(dispatch(RUN), "true")
    assert runtime.find(order(RUN)) is None
    runtime.submit(dispatch(RUN), "true")
    assert finished(runtime, RUN).result == "pass"


def test_wrapper_that_cannot_start(site: Site) -> None:
    """If no wrapper can be started, that is said, and the run may be sent again."""
    runtime = site.runtime()
    (site.runs / RUN).mkdir(parents=True)
    (site.runs / RUN / "work").write_text("in the way")
    with pytest.raises(OSError, match="could not be started: FileExistsError"):
        runtime.submit(dispatch(RUN), "true")
    assert runtime.find(order(RUN)) is None
    runtime.submit(dispatch(RUN), "true")
    assert finished(runtime, RUN).result == "pass"


def test_timeout_ends_grandchildren(site: Site) -> None:
    """After its time, a run and all that it started are ended, even if they ignore SIGTERM."""
    runtime = site.runtime()
    pids = site.root / "pids"
    script = f"trap '' TERM; (trap '' TERM; sleep 31 & echo $! >>{pids}; wait) & echo $! >>{pids}"
    runtime.submit(dispatch(RUN), f"# kci-planner: timeout 1 s\n{script}\nsleep 32\n")
    outcome = finished(runtime, RUN)
    assert (outcome.result, outcome.infrastructure) == ("incomplete", False)
    assert str(outcome.detail).endswith("timeout after 1 s")
    assert len(pids.read_text().split()) == 2
    until(lambda: all(gone(int(pid)) for pid in pids.read_text().split()))


def test_timeout_leaves_time_to_tidy_up(site: Site) -> None:
    """SIGTERM comes first: a script that ends on it ends by itself, and still timed out."""
    site.grace = 20
    runtime = site.runtime()
    script = "# kci-planner: timeout 1 s\ntrap 'echo tidy; exit 0' TERM\nsleep 31 & wait\n"
    runtime.submit(dispatch(RUN), script)
    outcome = finished(runtime, RUN)
    assert (outcome.result, outcome.exit_status) == ("incomplete", 0)
    assert site.log(RUN) == "tidy\n"


def test_nothing_stays_behind(site: Site) -> None:
    """What a script leaves running in its group ends with it, and does not delay its outcome."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "sleep 33 & echo $!")
    assert finished(runtime, RUN).result == "pass"
    until(lambda: gone(int(site.log(RUN))))


def test_closed_output_is_not_the_end(site: Site) -> None:
    """A script that closes its output goes on, and its exit status counts."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "exec >&- 2>&-; sleep 0.2; exit 5")
    assert finished(runtime, RUN).exit_status == 5


@pytest.mark.parametrize(("size", "cut"), [(10_000, False), (10_001, True), (300_000, True)])
def test_log_is_bounded(site: Site, size: int, cut: bool) -> None:
    """The log ends at its limit, with a note, and the script does not notice."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), f"head -c {size} /dev/zero | tr '\\0' x")
    assert finished(runtime, RUN).result == "pass"
    log = site.log(RUN)
    assert log.count("x") == 10_000
    assert ("the log is cut off here: it reached 10000 bytes" in log) is cut


def test_log_that_cannot_be_written(site: Site) -> None:
    """A script runs to its end though no byte of its log finds room."""
    runtime = site.runtime()
    (site.runs / RUN).mkdir(parents=True)
    (site.runs / RUN / "log").symlink_to("/dev/full")
    runtime.submit(dispatch(RUN), "head -c 300000 /dev/zero; exit 6")
    assert finished(runtime, RUN).exit_status == 6


FULL_DISK = """
import sys, time
from pathlib import Path
from tests.runtimes.conftest import Site, dispatch, finished
site = Site(Path(sys.argv[1]), log_limit=10**9)
runtime = site.runtime()
runtime.submit(dispatch("ab12-0"), "head -c 5000000 /dev/zero; echo x >file || exit 7")
print(finished(runtime, "ab12-0").exit_status)
"""


def test_full_disk(tmp_path: Path) -> None:
    """How a run ended is known though it filled the disk."""
    mount = f"mount -t tmpfs -o size=1m none {tmp_path} && exec "
    own = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if subprocess.run([*own, f"{mount} true"], capture_output=True, check=False).returncode:
        pytest.skip("a disk to fill cannot be mounted here")
    command = [*own, f'{mount} "$@"', "sh", sys.executable, "-c", FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "7\n"


def test_environment_is_clean(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script sees the declared environment and who it is; no secret of the planner's."""
    monkeypatch.setenv("KCI_API_TOKEN", "secret-1234")
    site.environment = {"ARCHIVE": "http://here", "KCI_RUN": "forged"}
    runtime = site.runtime()
    runtime.submit(
        dispatch(RUN), "env -0 | tr '\\0' '\\n'; cat /proc/$PPID/environ | tr '\\0' '\\n'"
    )
    finished(runtime, RUN)
    lines = site.log(RUN).splitlines()
    assert not any("secret" in line for line in lines)
    home = str(site.runs / RUN / "work")
    assert {f"PATH={PATH}", f"HOME={home}", "ARCHIVE=http://here", f"KCI_RUN={RUN}"} <= set(lines)
    names = {line.partition("=")[0] for line in lines}
    assert names == {"PATH", "HOME", "PWD", "LANG", "ARCHIVE", "KCI_RUN", "KCI_REQUEST"} | {
        *("KCI_JOB", "KCI_PLATFORM", "KCI_RUNTIME")
    }


def test_script_has_no_open_files_and_no_input(site: Site) -> None:
    """A script inherits no file but its outputs, and reads nothing from its input."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "cat; ls /proc/$$/fd; pwd")
    finished(runtime, RUN)
    *files, folder = site.log(RUN).split()
    # 10 and up: the shell's own handle of the script.
    assert [number for number in files if int(number) < 10] == ["0", "1", "2"]
    assert folder == str(site.runs / RUN / "work")


def test_script_ignores_no_signal(site: Site) -> None:
    """What the planner's language ignores, a script does not: a closed pipe ends its writers."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "grep SigIgn /proc/self/status | cut -f 2")
    finished(runtime, RUN)
    ignored = int(site.log(RUN), 16)
    assert not any(
        ignored & 1 << number - 1 for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGTERM)
    )


def test_timeout_of_months(site: Site) -> None:
    """A timeout longer than any call of the system can wait is a timeout like any other."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), f"# kci-planner: timeout {10**9} s\nsleep 0.1; exit 8\n")
    assert finished(runtime, RUN).exit_status == 8


def test_cancel(site: Site) -> None:
    """A cancelled run ends soon, incomplete, and says that it was cancelled."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "sleep 30")
    runtime.cancel(sent(RUN))
    outcome = finished(runtime, RUN)
    assert (outcome.result, outcome.infrastructure) == ("incomplete", False)
    assert str(outcome.detail).endswith("cancelled")
    runtime.cancel(sent(RUN))
    assert finished(runtime, RUN) == outcome


def test_cancel_before_the_start(site: Site) -> None:
    """A run that is cancelled before its script began never begins."""
    runtime = site.runtime()
    (site.runs / RUN).mkdir(parents=True)
    runtime.cancel(sent(RUN))
    outcome = finished(runtime, RUN)
    assert (outcome.result, outcome.detail) == ("incomplete", "cancelled before it started")


def test_killed_from_outside(site: Site) -> None:
    """A script that somebody else killed did not fail: the place did."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "kill -KILL $$")
    outcome = finished(runtime, RUN)
    assert (outcome.result, outcome.exit_status, outcome.infrastructure) == (
        *("incomplete", None, True),
    )


@pytest.mark.parametrize("file", ["started", "outcome.json"])
@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_damaged_file(site: Site, file: str, content: str) -> None:
    """Without a whole file to tell of its end, a run is incomplete, and no other is."""
    runtime = site.runtime()
    for run in (RUN, "cd-1"):
        (site.runs / run).mkdir(parents=True)
        (site.runs / run / file).write_text(content)
    runtime.submit(dispatch("ef-2"), "true")
    finished(runtime, "ef-2")
    damaged, *_, whole = runtime.observe([sent(RUN), sent("cd-1"), sent("ef-2")])
    assert (damaged.result, damaged.infrastructure) == ("incomplete", True)
    assert "damaged" in str(damaged.detail)
    assert runtime.snapshot(NOW, ()).running == 0
    assert whole.result == "pass"


def test_damaged_marker_of_a_run_that_ended(site: Site) -> None:
    """An outcome that is whole counts, whatever became of the marker; the run is never repeated."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "exit 4")
    outcome = finished(runtime, RUN)
    (site.runs / RUN / "started").write_text("{")
    assert runtime.observe([sent(RUN)]) == (outcome,)
    assert runtime.find(order(RUN)) == RUN
    assert runtime.submit(dispatch(RUN), "exit 5") == RUN
    assert finished(runtime, RUN) == outcome


def test_folder_that_cannot_be_read_now(site: Site) -> None:
    """A run that cannot be read now delays no other; if there is no other, that is an error."""
    runtime = site.runtime()
    runtime.submit(dispatch(RUN), "true")
    whole = finished(runtime, RUN)
    (site.runs / "cd-1" / "outcome.json").mkdir(parents=True)
    assert runtime.observe([sent("cd-1"), sent(RUN)]) == (whole,)
    with pytest.raises(IsADirectoryError):
        runtime.observe([sent("cd-1")])


def test_folder_that_is_gone(site: Site) -> None:
    """A run whose folder somebody removed is incomplete; it does not stay under way for ever."""
    (outcome,) = site.runtime().observe([sent(RUN)])
    assert (outcome.state, outcome.result) == (RunState.FINISHED, "incomplete")
    assert "is gone" in str(outcome.detail)


@pytest.mark.parametrize("run", ["../ab-0", "ab", "ab-0/..", "AB-0", "ab-0\n", ""])
def test_only_run_ids_make_folders(site: Site, run: str) -> None:
    """What is no run id never becomes a path."""
    with pytest.raises(PlannerError, match="is no run id"):
        site.runtime().find(order().model_copy(update={"run": run}))


def test_snapshot_takes_the_declared_capacity(site: Site) -> None:
    """Slots, limits and devices are those declared by the runtime's name, else by its type."""
    settings = PlannerSettings.model_validate(
        {
            "shell": {"directory": str(site.runs)},
            "capacity": {
                "shell": {"slots": 2},
                "special": {"devices": {"pc": 3}, "queue": {"pc": 1}, "max_runs": 4},
            },
        }
    )
    plain, special = (
        ShellRuntime(Runtime(name=name, lab_type=LabType.SHELL, where=HERE), settings).snapshot(
            NOW, ()
        )
        for name in ("plain", "special")
    )
    assert (plain.slots, plain.devices, plain.running) == (2, None, 0)
    assert special.devices is not None
    assert (special.slots, special.max_runs) == (None, 4)
    assert (special.devices["pc"].devices, special.devices["pc"].queue) == (3, 1)
