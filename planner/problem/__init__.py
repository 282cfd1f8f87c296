# SPDX-License-Identifier: LGPL-2.1-or-later
"""The assignment problem in columns: what the solvers see, and nothing else."""

from planner.problem.build import build
from planner.problem.classes import Classes, kinds, merge
from planner.problem.last import candidate_at, knowing
from planner.problem.pins import barred_by, barring
from planner.problem.problem import (
    ATTRIBUTES,
    CPU,
    FREE,
    MEMORY,
    PERMISSIVE,
    RESOURCES,
    RUNS,
    STRICT,
    UNLIMITED,
    Problem,
)
from planner.problem.room import Limit, Room
from planner.problem.store import load, save

__all__ = [
    "ATTRIBUTES",
    "CPU",
    "FREE",
    "MEMORY",
    "PERMISSIVE",
    "RESOURCES",
    "RUNS",
    "STRICT",
    "UNLIMITED",
    "Classes",
    "Limit",
    "Problem",
    "Room",
    "barred_by",
    "barring",
    "build",
    "candidate_at",
    "kinds",
    "knowing",
    "load",
    "merge",
    "save",
]
