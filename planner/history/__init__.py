# SPDX-License-Identifier: LGPL-2.1-or-later
"""What people ask of the past, and a past that comes from elsewhere.

accounts.py   runs, results, device hours, waits: by lab, device type, job, tree
statement.py  a lab's month, for its owner
records.py    files of runs                  elsewhere.py   LAVA's jobs and KernelCI's nodes
sieve.py      records -> executions, without what cannot be
"""

from planner.history.accounts import accounts
from planner.history.elsewhere import lava_records, node_records
from planner.history.records import Record, read_records
from planner.history.sieve import sieved
from planner.history.statement import month_days, statement

__all__ = [
    "Record",
    "accounts",
    "lava_records",
    "month_days",
    "node_records",
    "read_records",
    "sieved",
    "statement",
]
