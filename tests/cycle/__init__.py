# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whole cycles on a small site with a real shell runtime and a real ledger."""
