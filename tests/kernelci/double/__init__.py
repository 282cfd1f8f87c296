# SPDX-License-Identifier: LGPL-2.1-or-later
"""A KernelCI API in memory, on a real socket, which can be made to fail.

server.py   HTTP, and faults on demand          schema.py    what a node has to look like
routes.py   which address does what             nodes.py     nodes: created, replaced, patched
state.py    all that the API remembers          queries.py   what is asked of nodes
history.py  events, and what is asked of them   pubsub.py    subscriptions, durable or not
accounts.py users, tokens, groups               sundries.py  keys and values, lists, telemetry
"""

from tests.kernelci.double.accounts import ADMIN, BOB
from tests.kernelci.double.server import Double, Fault
from tests.kernelci.double.state import Json, State

__all__ = ["ADMIN", "BOB", "Double", "Fault", "Json", "State"]
