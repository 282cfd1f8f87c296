# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which places a request may take now, what each is expected to cost, and why not the others."""

from planner.candidates.admission import Admission, admit, misconfigured
from planner.candidates.contracts import Terms, terms
from planner.candidates.queue import UNLIMITED, Queue, open_queues
from planner.candidates.sorting import Candidate

__all__ = [
    "UNLIMITED",
    "Admission",
    "Candidate",
    "Queue",
    "Terms",
    "admit",
    "misconfigured",
    "open_queues",
    "terms",
]
