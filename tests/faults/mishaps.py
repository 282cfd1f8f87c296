# SPDX-License-Identifier: LGPL-2.1-or-later
"""What may go wrong: each kind does something to one planner, or to two at once."""

import multiprocessing
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.faults.process import BUSY_S, Ordeal, plan
from tests.faults.site import LAB_S, Site
from tests.kernelci.double import Fault as ApiFault
from tests.runtimes.lava import double as lava

POINTS = 75  # at which a planner may die

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["planner.cli.main", "planner.cli.service", "tests.faults.preload"])


@dataclass
class Trial:
    """One trial as it goes; `off` is how far the clock of the next planner is off."""

    site: Site
    draw: random.Random
    off: float = 0.0
    exits: list[int] = field(default_factory=list)

    def start(self, ordeal: Ordeal | None = None, *args: str) -> Any:
        """Start a planner, and return its process."""
        ordeal = ordeal or Ordeal(shift=self.off)
        process = _context.Process(target=plan, args=(str(self.site.folder), ordeal, *args))
        process.start()
        return process

    def join(self, process: Any) -> None:
        """Wait for a planner."""
        process.join(90)
        if process.is_alive():
            process.kill()
            process.join()
            raise AssertionError("a planner did not come to an end")
        self.exits.append(process.exitcode)

    def run(self, ordeal: Ordeal | None = None, *args: str) -> None:
        """Have one planner plan."""
        self.join(self.start(ordeal, *args))


def _killed(trial: Trial) -> None:
    trial.run(Ordeal(die=trial.draw.randint(1, POINTS)))


def _api(kind: Any) -> Callable[[Trial], None]:
    def happen(trial: Trial) -> None:
        asked = ("PATCH", "/node"), ("GET", "/node"), ("GET|POST|PATCH", "")
        # Creating a node is what may not be done twice.
        method, path = trial.draw.choice([*asked, *[("POST", "/node")] * len(asked)])
        for _ in range(trial.draw.randint(1, 3)):
            seconds = trial.draw.choice([0.1, 1.0]) if kind == "hang" else 0.0
            trial.site.double.faults.append(ApiFault(kind, method, path, seconds))
        trial.run()
        trial.site.double.faults.clear()

    return happen


def _lab(faults: list[lava.Fault], asked: str = "POST jobs/") -> Callable[[Trial], None]:
    def happen(trial: Trial) -> None:
        fault, left = trial.draw.choice(faults), [trial.draw.randint(1, 2)]

        def once(act: Callable[[], lava.Answer]) -> lava.Answer | None:
            if left[0] <= 0:
                return act()
            left[0] -= 1
            return fault(act)

        trial.site.lab.faults[asked] = once
        trial.run()
        trial.site.lab.faults.clear()

    return happen


def _late_reply(act: Callable[[], lava.Answer]) -> lava.Answer:
    answer = act()
    time.sleep(0.3)
    return answer


def _hanging(act: Callable[[], lava.Answer]) -> lava.Answer:
    time.sleep(LAB_S + 0.5)
    return act()


def _full_disk(trial: Trial) -> None:
    if trial.draw.random() < 0.5:  # a ledger that is there already
        trial.run(Ordeal(die=trial.draw.randint(5, POINTS)))
    path = trial.site.folder / "run" / "ledger.db"
    size = path.stat().st_size if path.exists() else 0
    trial.run(Ordeal(room=size + trial.draw.randint(1, 200_000)))


def _locked(trial: Trial) -> None:
    trial.run(Ordeal(die=trial.draw.randint(1, POINTS)))
    path = trial.site.folder / "run" / "ledger.db"
    if not path.exists():
        return trial.run()
    process = trial.start()
    end = time.monotonic() + trial.draw.choice([0.5, 2 * BUSY_S])
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as connection:
        while process.is_alive() and time.monotonic() < end:
            with suppress(sqlite3.OperationalError):
                connection.execute("BEGIN IMMEDIATE")
                time.sleep(0.2)
                connection.execute("ROLLBACK")
    trial.join(process)
    return None


def _clock(trial: Trial) -> None:
    jump = trial.draw.choice([-86400.0, -3600.0, -60.0, 60.0, 3600.0])
    at = trial.draw.randint(0, 12)
    die = trial.draw.choice([0, trial.draw.randint(1, POINTS)])
    trial.run(Ordeal(jump=jump, jumps_at=at, die=die))


def _two(trial: Trial) -> None:
    die = trial.draw.choice([0, trial.draw.randint(1, POINTS)])
    for process in (trial.start(Ordeal(die=die)), trial.start()):
        trial.join(process)


def _restarts(trial: Trial) -> None:
    process = trial.start()
    time.sleep(trial.draw.uniform(0.0, 0.8))
    for _ in range(trial.draw.randint(1, 6)):
        trial.site.double.faults.append(ApiFault("cut", "GET|POST|PATCH"))
    trial.site.double.restart()
    trial.join(process)
    trial.site.double.faults.clear()


def _events(trial: Trial) -> None:
    stored = list(trial.site.double.state.events) if trial.draw.random() < 0.5 else []
    told = [event["data"] for event in stored] * trial.draw.randint(1, 3)
    trial.draw.shuffle(told)

    def tell() -> None:
        for data in told:
            trial.site.double.publish(data, late=trial.draw.choice([0.0, 0.2, 1.0]))

    teller = threading.Thread(target=tell)
    process = trial.start()
    teller.start()
    if trial.draw.random() < 0.5:
        trial.site.check_out(7)
    trial.join(process)
    teller.join()


KINDS: dict[str, Callable[[Trial], None]] = {
    "planner killed (kill -9)": _killed,
    "API: reply lost after acceptance": _api("lost"),
    "API: 500 after acceptance": _api("late error"),
    "API: 500, nothing done": _api("error"),
    "API: connection reset": _api("cut"),
    "API: hanging socket": _api("hang"),
    "API: restarts in mid-stream": _restarts,
    "lab: reply lost, 500 after acceptance": _lab([lava.closed_after, lava.html_after]),
    "lab: 500, garbage, slow": _lab([lava.html, lava.garbage, _late_reply]),
    "lab: connection reset": _lab([lava.closed]),
    "lab: hanging socket": _lab([_hanging]),
    "lab: anything, whatever it is asked": _lab([lava.html, lava.garbage, lava.closed], "GET"),
    "disk full under the ledger": _full_disk,
    "ledger locked by another program": _locked,
    "clock jumps, both ways": _clock,
    "two planners at once": _two,
    "events again, out of order, late": _events,
}
