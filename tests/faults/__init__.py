# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests of what holds when processes are killed, and whatever else may go wrong.

trials.py   seeded trials and their table   mishaps.py  what goes wrong in one
site.py     where they happen, and a verdict on what came of it
process.py  a planner in a process of its own
points.py   where it may die                killer.py   the same for wrappers of the shell
"""
