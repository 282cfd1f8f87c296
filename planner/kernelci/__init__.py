# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client of a KernelCI API: one session, and what is known after each way it can fail.

connection.py  every request: token, timeouts, repeated GETs, answers as errors
api.py         one method for each request          nodes.py   the nodes of a cycle, each read once
new_node.py    the node of a run                    states.py  where nodes may go, error codes
tokens.py      kernelci.toml and KCI_API_TOKEN      errors.py  how the API can fail
"""

from planner.kernelci.api import Api
from planner.kernelci.errors import (
    ApiError,
    AwayError,
    RefusedError,
    SilentError,
    UnreachableError,
    UnsureError,
)
from planner.kernelci.new_node import new_node
from planner.kernelci.nodes import CycleNodes
from planner.kernelci.states import ErrorCode, not_submitted
from planner.kernelci.tokens import (
    TOKEN_VARIABLE,
    default_settings,
    read_runtime_token,
    read_storage_token,
    read_token,
)

__all__ = [
    "TOKEN_VARIABLE",
    "Api",
    "ApiError",
    "AwayError",
    "CycleNodes",
    "ErrorCode",
    "RefusedError",
    "SilentError",
    "UnreachableError",
    "UnsureError",
    "default_settings",
    "new_node",
    "not_submitted",
    "read_runtime_token",
    "read_storage_token",
    "read_token",
]
