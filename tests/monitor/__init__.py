# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests of what can be watched of a planner."""
