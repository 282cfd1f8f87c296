# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sends runs, exactly once, and learns what became of them.

journal.py   what the ledger must offer      recover.py  after a crash: look, then send
submit.py    sends what a plan intends       observe.py  asks for outcomes, waits for them
lanes.py     a thread for each runtime       report.py   what came of a submission
"""

from planner.submission.journal import Journal
from planner.submission.observe import observe, wait
from planner.submission.recover import RecoverReport, recover
from planner.submission.report import SubmitReport
from planner.submission.submit import submit, submit_modes

__all__ = [
    "Journal",
    "RecoverReport",
    "SubmitReport",
    "observe",
    "recover",
    "submit",
    "submit_modes",
    "wait",
]
