# SPDX-License-Identifier: LGPL-2.1-or-later
"""What people ask of the past, and a past that comes from elsewhere.

accounts.py   runs, results, device hours, waits: by lab, device type, job, tree
statement.py  a lab's month, for its owner
"""

from planner.history.accounts import accounts
from planner.history.statement import month_days, statement

__all__ = ["accounts", "month_days", "statement"]
