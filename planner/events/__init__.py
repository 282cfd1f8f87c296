# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events, and the nodes behind them, as they were recorded: collected, and told apart.

shapes.py   one JSON object -> one event, whichever of KernelCI's three shapes it has
lines.py    a file (or stream) of JSON objects, one a line, good and bad
batch.py    a file of events -> a batch, without those that came twice
nodes.py    a file of nodes -> where nodes are looked up
"""

from planner.events.batch import read_events
from planner.events.nodes import NodeFile, read_nodes

__all__ = ["NodeFile", "read_events", "read_nodes"]
