# SPDX-License-Identifier: LGPL-2.1-or-later
"""A ledger's memory without a disk: what is forgotten with the process was a simulation.

ledger.py   events, requests and plans; all that a cycle asks for
journal.py  what was sent, and what came of it
run.py      one run                past.py   the runs that ended, as columns that grow
"""

from planner.simulate.memory.ledger import MemoryLedger

__all__ = ["MemoryLedger"]
