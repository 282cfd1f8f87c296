# SPDX-License-Identifier: LGPL-2.1-or-later
"""Policies over workloads and seeds: kept, resumed, spread over processes and clusters."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.policies import SHIPPED, Cell, Result, Store, cells, run, workers
from benchmarks.policy_tables import markdown
from models import PlannerError
from planner.simulate import MEASURES

PATHS = (str(SHIPPED),)
GRID = ("quiet-night",), ("today", "default"), (1, 2), 0.1


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the table of the small grid, by one process and without a break."""
    return table_of(Store(tmp_path_factory.mktemp("one") / "results.csv"), 1, None)


def table_of(store: Store, processes: int, scheduler: str | None) -> str:
    """Return the table of the small grid."""
    with workers(processes, scheduler) as executor:
        return markdown(run(PATHS, cells(PATHS, *GRID), store, executor, lambda _: None))


def test_two_processes_find_the_same(table: str, tmp_path: Path) -> None:
    """Whoever does a cell, the table is the same."""
    assert table_of(Store(tmp_path / "results.csv"), 2, None) == table


@pytest.fixture
def cluster() -> Iterator[str]:
    """Return the address of a Dask cluster of two processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as local:
        yield local.scheduler_address


def test_a_dask_cluster_finds_the_same(table: str, tmp_path: Path, cluster: str) -> None:
    """By the cluster's own executor, with nothing of ours on the workers but the code."""
    assert table_of(Store(tmp_path / "results.csv"), 1, cluster) == table


def test_a_cluster_that_is_not_there_is_an_error() -> None:
    """It names the address."""
    pytest.importorskip("distributed")
    with pytest.raises(PlannerError, match=r"127\.0\.0\.1:9"), workers(1, "tcp://127.0.0.1:9"):
        pass


@pytest.mark.parametrize("processes", [1, 2])
def test_who_is_killed_goes_on_where_it_was(table: str, tmp_path: Path, processes: int) -> None:
    """Killed after a cell, it leaves nobody behind, does the others only, to the same table."""
    file = tmp_path / "results.csv"
    command = [sys.executable, "-c", "from planner.cli import main; main()"]
    command += ["bench", "policies", "--seeds", "2"]
    command += ["--workload", "quiet-night", "--times", "0.1", "--results", str(file)]
    command += ["--policy", "today", "--policy", "default", "--processes", str(processes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        while process.poll() is None and not (file.exists() and file.read_bytes().count(b"\n") > 1):
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)  # the pipe ends when all who could write to it are gone
    before = file.read_text()
    assert len(Store(file).read()) < 4
    assert table_of(Store(file), 1, None) == table
    assert file.read_text().startswith(before[: before.rfind("\n") + 1])
    assert len(Store(file).read()) == 4


def result(seed: int, value: float = 1.0) -> Result:
    """Return a made-up result."""
    measured = {one.name: value for one in MEASURES}
    return Result(Cell("site", "day", "default", seed, 1.0), measured)


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    """Also what was not to be measured."""
    store = Store(tmp_path / "deep" / "results.csv")
    for seed in (1, 2):
        store.add(result(seed, value=0.125 * seed))
    store.add(result(3, value=float("nan")))
    assert store.read()[:2] == [result(1, 0.125), result(2, 0.25)]
    assert all(value != value for value in store.read()[2].measured.values())


def test_a_line_that_was_cut_off_is_done_again(tmp_path: Path) -> None:
    """Its writer died in the middle; what comes next stands on a line of its own."""
    store = Store(tmp_path / "results.csv")
    store.add(result(1))
    store.add(result(2))
    store.path.write_text(store.path.read_text()[:-9])
    assert store.read() == [result(1)]
    store.add(result(3))
    assert store.read() == [result(1), result(3)]


def test_a_file_of_other_measures_is_refused(tmp_path: Path) -> None:
    """Numbers under other names would be mistaken."""
    file = tmp_path / "results.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(PlannerError, match="another version"):
        Store(file).read()
