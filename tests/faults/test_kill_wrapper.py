# SPDX-License-Identifier: LGPL-2.1-or-later
"""A wrapper killed at any point leaves a run that was executed once, or can be sent again."""

import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path

from planner.runtimes.shell import wrapper
from tests.conftest import ROOT
from tests.runtimes.conftest import Site, dispatch, finished, order

RUN = "ab12-0"
WRAPPER = """
import runpy, sys
from tests.faults.points import die_at, watch_calls, watch_files
number, path = int(sys.argv.pop(1)), sys.argv[1]
sys.argv.pop(0)
point = die_at(number, 2)
watch_files(point, "")
watch_calls(point)
runpy.run_path(path, run_name="__main__")
"""


def test_wrapper_killed_at_any_point(tmp_path: Path) -> None:
    """Never twice; either it is known to have started, or it is sent again and then executed."""
    ends: Counter[tuple[bool, str | None]] = Counter()
    for number in count(1):
        site = Site(tmp_path / str(number))
        said = _die_at(number, site)
        runtime = site.runtime()
        known = runtime.find(order(RUN)) is not None
        if not known:
            runtime.submit(dispatch(RUN), _script(site))
        result = finished(runtime, RUN).result
        ran = _ran(site)
        assert ran <= 1, said
        assert (ran, result) == (1, "pass") or (known and result == "incomplete"), said
        ends[known, result] += 1
        if not said:
            break
    assert result == "pass"
    assert set(ends) == {(False, "pass"), (True, "pass"), (True, "incomplete")}


def _ran(site: Site) -> int:
    path = site.root / "ran"
    return path.read_text().count("run") if path.exists() else 0


def _script(site: Site) -> str:
    return f"echo run >>{site.root}/ran\n"


def _die_at(number: int, site: Site) -> str:
    """Run a wrapper whose processes die at their `number`-th point; return what these were."""
    folder = site.runs / RUN
    folder.mkdir(parents=True)
    (folder / "script").write_text(_script(site))
    command = [sys.executable, "-S", "-c", WRAPPER, str(number), wrapper.__file__]
    # Its end is the end of what it says, and not of the process that is started here.
    done = subprocess.run(
        [*command, str(folder), "9", "1", "1000"], cwd=ROOT, capture_output=True, check=False
    )
    return done.stderr.decode()
