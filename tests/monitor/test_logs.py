# SPDX-License-Identifier: LGPL-2.1-or-later
"""The log for programs: a JSON object a line, with the cycle on each."""

import json
import logging
import subprocess
import sys

from planner.monitor.logs import _OneLine

SCRIPT = """
import logging, threading
from planner.cli.output import say
from planner.monitor import logs
logs.configure(0, as_json={as_json})
say("before")
logs.Cycle.number = 7
log = logging.getLogger("planner.somewhere")
thread = threading.Thread(target=lambda: log.warning("%s: lost\\nhere", "a-0"))
thread.start()
thread.join()
try:
    1 / 0
except ZeroDivisionError:
    log.exception("it failed")
log.info("unheard")
"""


def said(*, as_json: bool) -> str:
    """Return what a process wrote to stderr."""
    command = [sys.executable, "-c", SCRIPT.replace("{as_json}", str(as_json))]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def test_json() -> None:
    """Each line says when, how grave, who, what, and in which cycle, whichever thread it is of."""
    before, lost, failed = map(json.loads, said(as_json=True).splitlines())
    assert (before["event"], before["cycle"]) == ("before", None)
    assert (lost["event"], lost["cycle"]) == ("a-0: lost\nhere", 7)
    assert (lost["level"], lost["logger"]) == ("warning", "planner.somewhere")
    assert lost["timestamp"].endswith("Z")
    assert "ZeroDivisionError" in failed["exception"]


def test_text() -> None:
    """People get lines."""
    assert said(as_json=False).startswith("before\nWARNING a-0: lost\\nhere\nERROR it failed\n")


def test_a_name_with_a_line_break_begins_no_line() -> None:
    """What others chose to call something cannot look like a line of the log."""
    record = logging.LogRecord("x", logging.WARNING, "x", 1, "job %s", ("a\nb\rc",), None)
    assert _OneLine("%(levelname)s %(message)s").format(record) == "WARNING job a\\nb\\rc"


def test_nor_does_the_message_of_an_error() -> None:
    """A traceback's lines are under the line that they belong to."""
    try:
        raise ValueError("a\nWARNING b")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "failed", (), sys.exc_info())
    first, *others = _OneLine("%(levelname)s %(message)s").format(record).splitlines()
    assert first == "ERROR failed"
    assert {line[:2] for line in others} == {"  "}
