# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sends runs, exactly once, and learns what became of them.

journal.py   what the ledger must offer      recover.py   after a crash: look, then send
nodes.py     the runs' nodes at the API      submit.py    sends what a plan intends
tell.py      what the API has to hear        observe.py   asks for outcomes, waits for them
attempt.py   one run: rendered, sent         withdraw.py  takes back what nobody wants
lanes.py     threads for each runtime        telemetry.py for KernelCI's telemetry
report.py    what came of a submission       late.py      takes back what came too late
"""

from planner.submission.journal import Journal
from planner.submission.nodes import Nodes
from planner.submission.observe import observe, wait
from planner.submission.recover import RecoverReport, recover
from planner.submission.report import SubmitReport
from planner.submission.submit import Sender, submit_modes
from planner.submission.telemetry import post_telemetry
from planner.submission.tell import tell
from planner.submission.withdraw import unwanted, withdraw

__all__ = [
    "Journal",
    "Nodes",
    "RecoverReport",
    "Sender",
    "SubmitReport",
    "observe",
    "post_telemetry",
    "recover",
    "submit_modes",
    "tell",
    "unwanted",
    "wait",
    "withdraw",
]
