# SPDX-License-Identifier: LGPL-2.1-or-later
"""The durable memory of the planner; only this room knows SQL.

    waiting -> intended -> submitted -> started -> finished
       ^          |  |
       +-- back --+  +---> dry-run, failed
       |
       +--> expired, superseded, withdrawn

ledger.py     one method for each thing           schema.py      the tables
batch.py      what a cycle collected              opening.py     makes, migrates, opens
requests.py   requests, backlog, ends             migrations/    the schema, step by step
revisions.py  the newest of each branch           database.py    connections, transactions
plans.py      plans, intents, reasons to wait     address.py     what a URL means
journal.py    what was sent and what became of it lead.py        one planner at a time
cycles.py     when a cycle began and ended        cursors.py     how far sources were read
reading.py    status and history                  rows.py        rows in bulk
lock.py       goes with its process              lease.py       goes when nobody renews it
claims.py     who has an intent in hand          submitter.py  one of several who send
prune.py      what nothing needs any more         states.py      groups of run states
rollup.py     runs begin to count in their day    documents.py   nouns as text
days.py       the histograms of each day          moments.py     times as numbers
executions.py what is known of runs that are over
outcomes.py   the past, read back                 memory.py      what was read of it before
retention.py  what was rolled up and is too old    imports.py     what others executed
"""

from planner.ledger.lead import Lead, LostLeadError
from planner.ledger.ledger import Ledger
from planner.ledger.opening import NoLedgerError
from planner.ledger.submitter import LostClaimsError, Submitter

__all__ = ["Lead", "Ledger", "LostClaimsError", "LostLeadError", "NoLedgerError", "Submitter"]
