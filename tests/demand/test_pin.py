# SPDX-License-Identifier: LGPL-2.1-or-later
"""The place that a node insists on."""

from typing import Any

import pytest

from models import Event, Pin
from planner.demand.subject import Subject


@pytest.mark.parametrize(
    ("ours", "pin"),
    [
        ({"pin": {"runtime": "lab", "platform": "juno"}}, Pin(runtime="lab", platform="juno")),
        ({"pin": {"platform": "juno"}}, Pin(platform="juno")),
        ({"pin": {}}, None),
        ({"pin": {"where": "lab"}}, None),
        ({"pin": "lab"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_node_pins_what_is_asked_for_it(ours: Any, pin: Pin | None) -> None:
    """A pin is read from `data.planner.pin`; what is none pins nothing."""
    node = {"id": "n1", "data": {"kernel_revision": {"tree": "t"}, "planner": ours}}
    event = Event(id="e", channel="node", timestamp=None, data=node, fingerprint="f")
    assert Subject.of(event, None, None).pin == pin
