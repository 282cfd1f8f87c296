# SPDX-License-Identifier: LGPL-2.1-or-later
"""What LAVA wants in a job, whatever the site's template says."""

import re
from typing import Any

import yaml

from models import Dispatch, Order, Runtime
from planner.runtimes.definition import Definitions

NAME_LIMIT = 200  # characters of a job's name


def scaled(priority: int, runtime: Runtime) -> int:
    """Return a priority of 0 to 100 as the lab's owner wants it: a share, or within a range."""
    if runtime.priority:
        return int(priority * runtime.priority / 100)
    if runtime.priority_min is not None and runtime.priority_max is not None:
        low, high = _percent(runtime.priority_min), _percent(runtime.priority_max)
        return int(priority * (high - low) / 100 + low)
    return priority


def node_key(order: Order) -> str:
    """Return by what a job is found again: the id of the run's node, or else the run's key."""
    return order.node_id or order.run


def has_key(name: Any, key: str) -> bool:
    """Tell whether a job's name has the key in it, and not one that only begins like it."""
    return re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", str(name)) is not None


def written(document: dict[str, Any], key: str) -> str:
    """Return a job as YAML, with a name that has the key in it and that LAVA takes."""
    name = " ".join(str(document.get("job_name") or "").split())
    if not has_key(name[:NAME_LIMIT], key):
        name = f"{key} {name}".strip()
    return yaml.safe_dump(document | {"job_name": name[:NAME_LIMIT]})


def job_of(definitions: Definitions, dispatch: Dispatch, runtime: Runtime) -> str:
    """Return the YAML of a run's job, with the run's key in its name.

    Raises:
        NotSentError: if what it depends on cannot be asked for now.
        DefinitionError: if there can be none.
    """
    order = dispatch.order
    more = {
        "notify": dict(runtime.params.get("notify") or {}),
        "priority": scaled(order.priority, runtime),
    }
    return written(definitions.document(dispatch, more), node_key(order))


def _percent(value: int) -> int:
    return max(0, min(100, value))
