# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nodes to create, and an order to create one for."""

from datetime import UTC, datetime
from typing import Any

from models import Node, Order
from tests.kernelci.double import Double, nodes

Json = dict[str, Any]

REVISION: Json = {
    "tree": "mainline",
    "url": "https://git.example/linux.git",
    "branch": "master",
    "commit": "f948757648c6",
    "describe": "v6.6-rc1",
    "version": {"version": 6, "patchlevel": 6},
    "commit_message": "x86: fix {braces} and {name}",
}


def checkout(**changes: Any) -> Json:
    """Return a checkout to create."""
    node = {
        "kind": "checkout",
        "name": "checkout",
        "path": ["checkout"],
        "treeid": "t1",
        "submitter": "service:pipeline",
        "data": {"kernel_revision": REVISION},
    }
    return node | changes


def add(double: Double, user: str = "admin", **changes: Any) -> Node:
    """Have somebody create a checkout."""
    return nodes.create(double.state, user, checkout(**changes))


def order(parent: Node, **changes: Any) -> Order:
    """Return an order of one run for a node."""
    known = {
        "run": "3f9c-0",
        "request": "3f9c",
        "job": "boot",
        "kind": "job",
        "index": 0,
        "retry": 0,
        "parent": parent["id"],
        "runtime": "lab",
        "platform": "rock",
        "device_type": "rk3399-rock",
        "priority": 40,
        "plan": "plan-7",
        "node": parent,
        "intended": datetime(2026, 11, 24, tzinfo=UTC),
    }
    return Order.model_validate(known | changes)
