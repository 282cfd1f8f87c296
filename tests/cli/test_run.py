# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner run`, `status` and `history` on the site that ships, as a user calls them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

RUN = "import sys; from planner.cli import main; sys.argv[0] = 'kci-planner'; main()"


def command(*args: str | Path) -> list[str]:
    """Return the command line of a process of its own."""
    return [sys.executable, "-c", RUN, *map(str, args)]


def kci(folder: Path, *args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command in `folder`, where its ledger and its runs will be."""
    return subprocess.run(command(*args), cwd=folder, capture_output=True, text=True, check=False)


def told(folder: Path, *args: str | Path) -> Any:
    """Run the command and return the JSON that it printed."""
    done = kci(folder, *args, "-o", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def cycled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Any]:
    """Return a folder in which one cycle was done, the configuration, and what it printed."""
    folder = tmp_path_factory.mktemp("cycled")
    shipped = Path(__file__).resolve().parents[2] / "config"
    return folder, shipped, told(folder, "run", "-c", shipped, "--once")


def test_the_shell_executes_its_share(cycled: tuple[Path, Path, Any]) -> None:
    """Runs of the shell runtime ended, one of them failed on purpose, each with a log on disk."""
    folder, _, cycle = cycled
    runs = cycle["runs"]
    assert {run["runtime"] for run in runs} == {"shell-local"}
    assert {run["state"] for run in runs} == {"finished"}
    assert "pass" in {run["result"] for run in runs}
    placed = [a for a in cycle["plan"]["assignments"] if a["runtime"] == "shell-local"]
    assert {run["run"] for run in runs} == {a["run"] for a in placed}
    for run in runs:
        assert (folder / "run" / "shell" / run["run"] / "log").exists()
        assert run["started"] <= run["ended"]


def test_every_run_is_placed_or_waits_with_a_reason(cycled: tuple[Path, Path, Any]) -> None:
    """The ledger has each run of the batch, and each that waits says why."""
    folder, shipped, cycle = cycled
    status = told(folder, "status", "-c", shipped)
    waiting = status["waiting"]
    assert {run["run"] for run in waiting} == {d["run"] for d in cycle["plan"]["deferrals"]}
    assert all(run["reason"]["text"] for run in waiting)
    assert status["cycle"]["number"] == 1


def test_history_shows_the_cycle_and_its_runs(cycled: tuple[Path, Path, Any]) -> None:
    """Cycles and ended runs are there, newest first, as many as were asked for."""
    folder, shipped, _ = cycled
    history = told(folder, "history", "-c", shipped, "--limit", "5")
    assert [c["number"] for c in history["cycles"]] == [1]
    assert len(history["runs"]) == 5
    closed = [run["closed"] for run in history["runs"]]
    assert closed == sorted(closed, reverse=True)


def test_what_was_learned_stands_beside_what_is_declared(cycled: tuple[Path, Path, Any]) -> None:
    """`history estimates` has a line for each job that the shell executed, or for the one named."""
    folder, shipped, cycle = cycled
    learned = told(folder, "history", "estimates", "-c", shipped)
    assert sum(learned["garbage"].values()) + learned["undefined"] == 0
    assert sum(one["runs"] for one in learned["signatures"]) == len(cycle["runs"])
    settle = told(folder, "history", "estimates", "-c", shipped, "--job", "settle")["signatures"]
    assert [one["job"] for one in settle] == ["settle"]
    assert settle[0]["declared_s"] == 3
    assert "settle" in kci(folder, "history", "estimates", "-c", shipped).stdout


def test_why_from_the_ledger(cycled: tuple[Path, Path, Any]) -> None:
    """The last plan says of a run that waits which limit stood in its way."""
    folder, shipped, cycle = cycled
    run = cycle["plan"]["deferrals"][0]["run"]
    done = kci(folder, "why", run, "-c", shipped)
    assert done.returncode == 0, done.stderr
    assert run in done.stdout


def test_tables_are_for_people(
    cycled: tuple[Path, Path, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`status` and `history` print tables that name runs, jobs and runtimes."""
    folder, shipped, _ = cycled
    monkeypatch.setenv("COLUMNS", "200")
    assert "kbuild-clang-20-arm64" in kci(folder, "status", "-c", shipped).stdout
    assert "shell-local" in kci(folder, "history", "-c", shipped).stdout


def test_the_next_cycle_goes_on(tmp_path: Path, shipped: Path) -> None:
    """A second cycle sees no new events, repeats no run, and places what waited."""
    first = told(tmp_path, "run", "-c", shipped, "--once")
    second = told(tmp_path, "run", "-c", shipped, "--once")
    assert (second["cycle"], second["events"], second["requests"]) == (2, 0, 0)
    placed = [{a["run"] for a in cycle["plan"]["assignments"]} for cycle in (first, second)]
    assert placed[1]
    assert not placed[0] & placed[1]


def test_a_dry_run_leaves_nothing_behind(tmp_path: Path, shipped: Path) -> None:
    """`--dry-run` shows a plan and makes neither ledger nor runs."""
    shown = told(tmp_path, "run", "-c", shipped, "--dry-run")
    assert shown["cycle"] is None
    assert shown["plan"]["assignments"]
    assert list(tmp_path.iterdir()) == []


def test_cycles_until_told_to_stop(tmp_path: Path, shipped: Path) -> None:
    """`--every` does cycle after cycle; SIGTERM ends it after the one that it is in, with 0."""
    arguments = command("run", "-c", shipped, "--every", "1s", "-o", "json")
    with (tmp_path / "out").open("w") as out:
        planner = subprocess.Popen(arguments, cwd=tmp_path, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 60
        while (tmp_path / "out").read_text().count('"cycle": ') < 2:
            assert time.monotonic() < deadline, (tmp_path / "out").read_text()
            assert planner.poll() is None
            time.sleep(0.1)
        other = kci(tmp_path, "run", "-c", shipped, "--once")
        assert other.returncode == 4
        assert "another planner" in other.stderr
        os.kill(planner.pid, signal.SIGTERM)
        assert planner.wait(30) == 0
    finally:
        planner.kill()
    assert told(tmp_path, "status", "-c", shipped)["cycle"]["finished"] is not None


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--once", "--every", "3m"], 2, "exclude each other"),
        (["--once", "--every", "soon"], 2, "no duration"),
        (["--once", "--policy", "nope"], 1, "there is no policy 'nope'"),
        (["--once", "--solver", "nope"], 1, "no solver 'nope'"),
        (["--once", "--events", "nowhere.jsonl"], 1, "nowhere.jsonl: cannot be read"),
        (["--once", "--ledger", "mysql://x"], 1, "mysql"),
        (["--once", "--ledger", "sqlite:////proc/ledger.db"], 1, "/proc/ledger.db"),
        (["--once", "--capacity", "nowhere.yaml"], 1, "nowhere.yaml:1: cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, shipped: Path, arguments: list[str], code: int, said: str
) -> None:
    """A wrong argument gives one clear message and the documented exit code, no traceback."""
    done = kci(tmp_path, "run", "-c", shipped, *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_capacity_of_an_unknown_lab(tmp_path: Path, shipped: Path) -> None:
    """A capacity file that names a lab nobody defined is reported; the rest of it counts."""
    capacity = tmp_path / "capacity.yaml"
    capacity.write_text("lava-moon: {slots: 1}\nk8s-main: {slots: 1}\n")
    done = kci(tmp_path, "run", "-c", shipped, "--dry-run", "--capacity", capacity, "-o", "json")
    assert done.returncode == 3
    assert f"{capacity}:1: " in done.stderr
    assert "lava-moon" in done.stderr
    placed = json.loads(done.stdout)["plan"]["assignments"]
    assert sum(a["runtime"] == "k8s-main" for a in placed) <= 1


def test_no_ledger_to_show(tmp_path: Path, shipped: Path) -> None:
    """`status` and `history` say where they looked, and that the planner never ran."""
    for name in ("status", "history"):
        done = kci(tmp_path, name, "-c", shipped)
        assert done.returncode == 1
        assert "run/ledger.db: there is no ledger here" in done.stderr


def test_an_empty_batch(tmp_path: Path, shipped: Path) -> None:
    """No events are no error: the cycle is recorded, and stderr says that there were none."""
    (tmp_path / "none.jsonl").write_text("")
    done = kci(tmp_path, "run", "-c", shipped, "--once", "--events", "none.jsonl")
    assert done.returncode == 0
    assert "none.jsonl: there are no events in it" in done.stderr


def test_a_bad_line_is_said_once(tmp_path: Path, shipped: Path) -> None:
    """A line that is no event is named with file and line, once; the others are planned."""
    events = tmp_path / "events.jsonl"
    events.write_text((shipped / "events.jsonl").read_text() + '{"op":\n')
    nodes = shipped / "nodes.jsonl"
    done = kci(tmp_path, "run", "-c", shipped, "--dry-run", "--events", events, "--nodes", nodes)
    assert done.returncode == 3
    assert done.stderr.count("the line is no JSON") == 1
    assert f"{events}:34: " in done.stderr
    assert "runs placed" in done.stdout
