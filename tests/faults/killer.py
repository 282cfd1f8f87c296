# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the planner again and again, each time killed at another point, and tells how it went on.

`python -m tests.faults.killer FOLDER FIRST STEP` takes the points FIRST, FIRST + STEP, ... and
prints a line of JSON for each, until the planner gets to its end alive. Each planner is a fork of
this process, for speed; dying is real.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from planner.cli import main
from planner.ledger import Ledger
from tests.cycle.conftest import Site
from tests.faults.points import die_at, watch_commits, watch_files, watch_starts

SITE = """\
jobs:
  boot: {kind: job, template: boot.jinja2}
  probe: {kind: job, template: probe.sh.jinja2}
platforms:
  shell: {}
  rock: {}
runtimes:
  here: {lab_type: shell}
  lab: {lab_type: lava}
scheduler:
  - {job: probe, event: &checkout {channel: node, kind: checkout, state: available},
     runtime: {name: here}, runs: {number: 3}}
  - {job: boot, event: *checkout, runtime: {name: lab}, platforms: [rock]}
planner:
  ledger: sqlite:///ROOT/ledger.db
  events: {file: events.jsonl, nodes: nodes.jsonl}
  shell: {directory: SHELL, templates: [templates]}
"""


@dataclass(frozen=True)
class Trial:
    """What became of a planner that was to be killed, and of the one that came after it.

    `point` is empty if the first got to its end; `exits` are how the two ended, below 0 by a
    signal; `ran` has each run as often as its script ran.
    """

    point: str
    exits: tuple[int, int]
    ran: list[str]
    runs: dict[str, str]
    said: str


def try_at(folder: Path, number: int) -> Trial:
    """Kill a planner at a point, start the next one, and return what both did."""
    site = _site(folder)
    reader, writer = os.pipe()

    def watch() -> None:
        point = die_at(number, writer)
        watch_commits(point)
        watch_files(point, str(folder / "shell"))
        watch_starts(point)

    exits = _plan(site, watch), _plan(site, lambda: None)
    os.close(writer)
    with os.fdopen(reader) as told, Ledger.open(f"sqlite:///{folder}/ledger.db") as ledger:
        status = ledger.status()
        shown = [*status.waiting, *status.under_way, *ledger.history().runs]
        return Trial(
            point=told.read(),
            exits=exits,
            ran=site.ran(),
            runs={run.run: f"{run.state} {run.result}" for run in shown},
            said=(folder / "said").read_text(),
        )


def _site(folder: Path) -> Site:
    """Return a new site with one event, which asks for three runs here and one elsewhere."""
    folder.mkdir()
    site = Site(folder, now=datetime.now(UTC))
    site.write(SITE.replace("ROOT", str(folder)))
    site.batch(site.checkout("c1"))
    (folder / "nodes.jsonl").write_text(json.dumps(site.nodes["c1"]))
    return site


def _plan(site: Site, watch: Callable[[], None]) -> int:
    """Run the planner once in a process of its own; return how that ended."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 70  # whatever else may happen, a fork must not go on as its parent
    try:
        watch()
        code = _run(site)
    finally:
        os._exit(code)


def _run(site: Site) -> int:
    """Run the planner once; return its exit code, and keep what it said."""
    sys.argv = ["kci-planner", "run", "-c", str(site.root), "--once"]
    with (site.root / "said").open("a") as said, redirect_stdout(said), redirect_stderr(said):
        try:
            main()
        except SystemExit as leave:
            return int(leave.code or 0)
        except Exception:
            traceback.print_exc()
            return 1
    return 0


if __name__ == "__main__":
    root, first, step = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    # Once before any fork, so that none has to import anything.
    assert _run(_site(root / "first")) == 0, (root / "first" / "said").read_text()
    for number in count(first, step):
        trial = try_at(root / str(number), number)
        print(json.dumps(asdict(trial)), flush=True)  # noqa: T201  # what it is for
        if not trial.point:
            break
