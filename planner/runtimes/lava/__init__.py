# SPDX-License-Identifier: LGPL-2.1-or-later
"""LAVA labs, by REST v0.2.

runtime.py   what the planner calls          devices.py   devices and workers -> capacity
rest.py      one session with one lab        outcomes.py  what a job's record means for a run
definition.py what LAVA wants in a job that templates need not know
"""

from planner.runtimes.lava.definition import job_of
from planner.runtimes.lava.runtime import LavaRuntime

__all__ = ["LavaRuntime", "job_of"]
