# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events collected and told apart, from files and from a KernelCI API.

shapes.py   one JSON object -> one event, whichever of KernelCI's three shapes it has
lines.py    a file (or stream) of JSON objects, one a line, good and bad
batch.py    what was told -> a batch, without those that came twice
nodes.py    a file of nodes -> where nodes are looked up

Who asks an API imports these by themselves: they bring an HTTP client along.

polling.py       the API's history, read with an overlap so that nothing is missed
subscription.py  the API's pub/sub, with the history as its net
"""

from planner.events.batch import read_events
from planner.events.nodes import NodeFile, read_nodes

__all__ = ["NodeFile", "read_events", "read_nodes"]
