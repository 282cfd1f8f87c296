# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests mirror the tree of `models` and `planner`."""
