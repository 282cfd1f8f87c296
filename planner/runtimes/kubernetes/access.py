# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a context lets us do, by its own word: docs/kubernetes.md has the same list."""

import logging
from typing import NamedTuple

from planner.runtimes.errors import NoAccessError
from planner.runtimes.kubernetes.cluster import Cluster, RefusedError

log = logging.getLogger(__name__)


class Right(NamedTuple):
    """Something that the planner does; in its own namespace, or else in all of them."""

    verb: str
    resource: str
    group: str = ""
    own: bool = True

    def __str__(self) -> str:
        """Return it as `kubectl auth can-i` has it."""
        return f"{self.verb} {self.resource}{f'.{self.group}' if self.group else ''}"


CREATE = Right("create", "jobs", "batch")
NEEDED = (
    CREATE,
    Right("get", "jobs", "batch"),
    Right("list", "jobs", "batch"),
    Right("patch", "jobs", "batch"),
    Right("list", "pods"),
    Right("list", "resourcequotas"),
    Right("list", "events"),
    Right("list", "nodes", own=False),
    Right("list", "pods", own=False),
)


def check(cluster: Cluster) -> str:
    """Return what the context is, if it lets us do all that the planner does.

    Raises:
        NoAccessError: if it does not; the text says which rights are missing.
        OSError: if there is no usable answer.
    """
    version = cluster.version()
    missing = [right for right in NEEDED if not _may(cluster, right)]
    if missing:
        raise _denied(cluster, missing)
    return f"{cluster.name}: Kubernetes {version}, namespace '{cluster.namespace}'"


def require_creation(cluster: Cluster) -> None:
    """Return if Jobs may be created: lists may be had without.

    Raises:
        NoAccessError: if they may not.
        OSError: if there is no usable answer.
    """
    try:
        allowed = _may(cluster, CREATE)
    except RefusedError as refused:
        if refused.status == 401:
            raise
        log.debug("%s: rights cannot be asked for: %s", cluster.name, refused)
        return
    if not allowed:
        raise _denied(cluster, [CREATE])


def _may(cluster: Cluster, right: Right) -> bool:
    return cluster.may(right.verb, right.resource, right.group, everywhere=not right.own)


def _denied(cluster: Cluster, missing: list[Right]) -> NoAccessError:
    own = ", ".join(str(right) for right in missing if right.own)
    others = ", ".join(str(right) for right in missing if not right.own)
    where = f"in namespace '{cluster.namespace}'"
    said = [f"{own} {where}" if own else "", f"{others} in all of the cluster" if others else ""]
    text = ", and ".join(filter(None, said))
    return NoAccessError(f"{cluster.name}: we may not {text} (the rights of the context's user)")
