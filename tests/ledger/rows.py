# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows for every table there ever was, as a ledger in use has them."""

import zlib
from datetime import datetime
from typing import Any

from models import ReasonCode, ReasonTier, RunState
from planner.ledger.documents import deflated, text_of
from tests.ledger.nouns import DAY, MINUTE, NOW, node, placed, plan, request

Rows = dict[str, list[dict[str, Any]]]

_PLACE = {
    "plan": "plan-1",
    "runtime": "lab-a",
    "platform": "rock-5b",
    "device_type": "rk3588-rock-5b",
    "priority": 40,
    "expected_start_s": 30,
    "expected_duration_s": 600,
    "expected_cost": 7,
    "intended": NOW,
}


def _run(position: int, state: RunState, **fields: Any) -> dict[str, Any]:
    known = {
        "key": f"a-{position}",
        "request": "a",
        "position": position,
        "job": "boot",
        "kind": "job",
        "arch": "arm64",
        "tree": "mainline",
        "state": state,
        "planned": 1,
        "infrastructure": False,
    }
    return {**known, **fields}


def _closed(at: datetime, **fields: Any) -> dict[str, Any]:
    return {**_PLACE, "closed": at, **fields}


def _runs() -> list[dict[str, Any]]:
    waits = {
        "reason_tier": ReasonTier.WAITING,
        "reason_code": ReasonCode.QUEUE_FULL,
        "reason_text": "lab-a takes no more",
        "waits_since": 1,
    }
    executed = {
        "job_id": "17",
        "submitted": NOW,
        "started": NOW + MINUTE,
        "ended": NOW + 3 * MINUTE,
        "result": "pass",
        "exit_status": 0,
    }
    return [
        _run(0, RunState.WAITING, **waits),
        _run(1, RunState.INTENDED, **_PLACE, claimed_by="planner"),
        _run(2, RunState.SUBMITTED, **_PLACE, job_id="16", submitted=NOW),
        _run(3, RunState.FINISHED, **_closed(NOW + 4 * MINUTE, **executed)),
        _run(4, RunState.FAILED, **_closed(NOW, detail="the lab said no \N{SNOWMAN}")),
        _run(5, RunState.DRY_RUN, **_closed(NOW)),
        _run(6, RunState.EXPIRED, **waits, closed=NOW, detail="late"),
    ]


def rows() -> Rows:
    """Return rows by table, parents before what refers to them."""
    wanted = request("a", 7)
    return {
        "cycle": [
            {
                "number": 1,
                "started": NOW,
                "finished": NOW + MINUTE,
                "degraded": True,
                "events": 2,
                "requests": 1,
                "plan": "plan-1",
                "placed": 3,
                "deferred": 1,
                "seconds": '{"solve": 0.5}',
                "counts": '{"submitted": 2}',
                "problems": '["line 3: no event"]',
            },
        ],
        "event": [{"fingerprint": "seen", "recorded": NOW}],
        "cursor": [{"source": "https://api.example", "position": NOW}],
        "node": [{"id": "node-1", "document": text_of(node("node-1")), "recorded": NOW}],
        "revision": [{"tree": "mainline", "branch": "master", "commit": "c0ffee", "seen": NOW}],
        "request": [
            {
                "key": "a",
                "entry": wanted.entry,
                "job": "boot",
                "kind": "job",
                "parent": "node-1",
                "retry": 0,
                "priority": 40,
                "tree": "mainline",
                "branch": "master",
                "commit": "c0ffee",
                "patchset": False,
                "seen": NOW,
                "created": NOW,
                "deadline": NOW + DAY,
            },
        ],
        "document": [{"request": "a", "text": text_of(wanted), "recorded": NOW}],
        "run": _runs(),
        "plan": [
            {
                "cycle": 1,
                "id": "plan-1",
                "recorded": NOW,
                "document": deflated(plan([placed(wanted, 1)])),
            },
        ],
        "subject": [{"number": 1, "job": "boot", "kind": "job", "runtime": "lab-a"}],
        "day": [{"number": 1, "document": _no_cells()}],
        "counted": [{"execution": 2**62 + 1, "day": 1}],
        "served": [{"request": "long-ago", "day": 1}],
        "contact": [{"runtime": "lab-a", "document": "{}"}],
        "submitter": [{"name": "one", "expires": NOW, "runtimes": '["lab-a"]'}],
        "leader": [{"epoch": 1, "locked": False, "expires": NOW}],
    }


def _no_cells() -> bytes:
    return zlib.compress(b'{"rows":0,"endings":[]}\n')
