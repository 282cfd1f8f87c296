# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ledger against real databases: SQLite always, PostgreSQL where KCI_POSTGRES names one."""
