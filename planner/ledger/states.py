# SPDX-License-Identifier: LGPL-2.1-or-later
"""Groups of run states, by what they mean to a request."""

from models import RunState as State

UNDER_WAY = (State.SUBMITTED, State.STARTED)
# Executed, about to be, or treated as if: what KernelCI would have a node of.
PLACED = (State.INTENDED, *UNDER_WAY, State.FINISHED, State.DRY_RUN)
# The request's other runs are planned around these.
SENT = (*PLACED, State.FAILED)
