# SPDX-License-Identifier: LGPL-2.1-or-later
"""Policies over workloads and seeds: each cell is one simulation, and is kept once it is there."""

import csv
import hashlib
import io
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from models import Catalog, PlannerError
from planner.config import load_catalog
from planner.simulate import MEASURES, find_workload, load_approach, measure, simulate

SHIPPED = Path(__file__).resolve().parent.parent / "config"


class Cell(NamedTuple):
    """One simulation; `site` is a digest of the configuration, `times` how large the site is."""

    site: str
    workload: str
    policy: str
    seed: int
    times: float


class Result(NamedTuple):
    """A cell and what was measured, by name; NaN where there was nothing to measure."""

    cell: Cell
    measured: dict[str, float]


@lru_cache(maxsize=1)
def catalog_of(paths: tuple[str, ...]) -> Catalog:
    """Return the catalog at `paths`, read once in each process."""
    return load_catalog(*(Path(path) for path in paths))


def cells(
    paths: tuple[str, ...],
    workloads: Iterable[str],
    policies: Iterable[str],
    seeds: Iterable[int],
    times: float,
) -> list[Cell]:
    """Return a cell for each combination.

    Raises:
        PlannerError: if there is no such workload or policy.
    """
    text = catalog_of(paths).model_dump_json(exclude={"paths"})
    site = hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
    policies = [_known(name) for name in policies]
    return [
        Cell(site, find_workload(workload).name, policy, seed, times)
        for workload in workloads
        for seed in seeds
        for policy in policies
    ]


def _known(policy: str) -> str:
    load_approach(policy)
    return policy


def run_cell(paths: tuple[str, ...], cell: Cell) -> Result:
    """Simulate one cell; whatever process does it, on whatever machine, finds the same."""
    scenario = find_workload(cell.workload).draw(catalog_of(paths), cell.seed, cell.times)
    return Result(cell, measure(simulate(scenario, load_approach(cell.policy))))


@contextmanager
def workers(processes: int, scheduler: str | None) -> Iterator[Executor | None]:
    """Give who does the work: a Dask cluster, processes of this machine, or nobody but us.

    Raises:
        PlannerError: if there is a scheduler to be asked, and the extra for that is missing.
    """
    if scheduler is not None:
        try:
            from distributed import Client
        except ModuleNotFoundError as error:
            text = "a cluster needs an extra: pip install 'kci-planner[cluster]'"
            raise PlannerError(text) from error
        connect: Callable[..., Any] = Client  # it has no types
        try:
            client = connect(scheduler, timeout=10)
        except (OSError, TimeoutError) as error:
            raise PlannerError(f"no Dask scheduler answers at {scheduler}") from error
        with client, client.get_executor() as executor:
            yield executor
    elif processes > 1:
        # A fork would take locks of the solver's threads along.
        spawn = get_context("spawn")
        with ProcessPoolExecutor(processes, spawn, initializer=_end_with_parent) as executor:
            yield executor
    else:
        yield None


def _end_with_parent() -> None:
    """Have this process end when the one that started it does, even if that was killed."""
    parent = parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=follow, name="end-with-parent", daemon=True).start()


def run(
    paths: tuple[str, ...],
    wanted: Sequence[Cell],
    store: "Store",
    executor: Executor | None,
    progress: Callable[[Result], None],
) -> list[Result]:
    """Return the result of each wanted cell; what `store` has already is not done again."""
    done = {result.cell: result for result in store.read()}
    missing = [cell for cell in wanted if cell not in done]
    for result in _results(paths, missing, executor):
        store.add(result)
        done[result.cell] = result
        progress(result)
    return [done[cell] for cell in wanted]


def _results(
    paths: tuple[str, ...], missing: Sequence[Cell], executor: Executor | None
) -> Iterator[Result]:
    if executor is None:
        yield from (run_cell(paths, cell) for cell in missing)
        return
    futures = [executor.submit(run_cell, paths, cell) for cell in missing]
    yield from (future.result() for future in as_completed(futures))


class Store:
    """Results as a CSV file that grows by a line a cell, and outlives whoever writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[Result]:
        """Return the results that are whole; a line that was cut off when its writer died is not.

        Raises:
            PlannerError: if the file is of another kind, or measures were others then.
        """
        if not self.path.exists():
            return []
        text = self.path.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            self.path.write_text(whole, encoding="utf-8")
        rows = csv.reader(io.StringIO(whole))
        header = next(rows, None)
        if header is not None and header != _HEADER:
            raise PlannerError(
                f"{self.path}:1: these results are of another version; name a new file"
            )
        return [_result(row) for row in rows]

    def add(self, result: Result) -> None:
        """Write down a result; it is on disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = not self.path.exists() or not self.path.stat().st_size
        line = io.StringIO()
        writer = csv.writer(line, lineterminator="\n")
        if new:
            writer.writerow(_HEADER)
        writer.writerow([*result.cell, *(_text(result.measured[one.name]) for one in MEASURES)])
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line.getvalue())
            file.flush()
            os.fsync(file.fileno())


_HEADER = [*Cell._fields, *(one.name for one in MEASURES)]


def _text(value: float) -> str:
    return "" if math.isnan(value) else repr(round(value, 6))


def _result(row: list[str]) -> Result:
    site, workload, policy, seed, times, *values = row
    measured = {
        one.name: float(value or "nan") for one, value in zip(MEASURES, values, strict=True)
    }
    return Result(Cell(site, workload, policy, int(seed), float(times)), measured)
