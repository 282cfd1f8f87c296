# SPDX-License-Identifier: LGPL-2.1-or-later
"""The double answers as the real API was recorded to answer."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from tests.kernelci.double import ADMIN, BOB, Double, Json

# What the recording says instead of passwords, and what the double knows in their place.
PASSWORDS = {"login": "secret-of-admin", "login-bob": "bob-password-1"}
INVITATION = "invitation-of-bob"

OF_BOB = (
    *("node-put-not-owner", "node-post-owner-forged", "listen-not-owner"),
    *("stats-subscriptions-not-admin", "unsubscribe-not-owner", "subscribe-durable-other-user"),
)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?")


def pairs(shared: Path) -> Iterator[tuple[str, Json]]:
    """Yield the pairs in the order in which they were recorded."""
    for path in sorted((shared / "kernelci" / "api").glob("[0-9]*.json")):
        yield path.stem, json.loads(path.read_text())


def shape(value: Any) -> Any:
    """Return an answer with everything that differs from time to time made equal."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items() if key != "_sequence_id"}
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, str) and value.startswith("{"):
        return shape(json.loads(value))
    if not isinstance(value, str):
        return value
    if value.startswith("<!DOCTYPE html>"):
        return re.findall("<title>.*</title>", value)
    value = re.sub(rf"eyJ[\w.-]+|{INVITATION}|{ADMIN}|{BOB}", "<token>", value)
    value = re.sub(r"^http://127\.0\.0\.1:\d+", "<api>", value)
    value = re.sub(r"pydantic\.dev/[\d.]+/", "pydantic.dev/", value)
    value = re.sub(r"^[0-9a-f]{8}-[0-9a-f-]{27}$", "<uuid>", value)
    return TIME.sub(lambda found: re.sub(r"\d", "0", found[0]), value)


def ask(double: Double, name: str, pair: Json) -> tuple[int | None, str | None, Any]:
    """Return what the double says to what the real API was asked; None if it says nothing."""
    if "request_form" in pair:
        pair["request_form"]["password"] = PASSWORDS.get(name[4:], "wrong")
    if name[4:] == "user-accept-invite":
        pair["request_json"]["token"] = INVITATION
    token = "wrong" if "bad-token" in name else BOB if name[4:] in OF_BOB else ADMIN
    try:
        reply = requests.request(
            pair["method"],
            double.url + pair["path"],
            params=pair.get("params"),
            json=pair.get("request_json"),
            data=pair.get("request_raw") or pair.get("request_form"),
            headers={"Authorization": f"Bearer {token}"} if pair.get("auth", True) else {},
            timeout=5 if pair["status"] else 0.3,
        )
    except requests.ReadTimeout:
        return None, None, None
    kind = reply.headers["Content-Type"]
    return reply.status_code, kind, shape(reply.json() if "json" in kind else reply.text)


def moment(pair: Json) -> datetime | None:
    """Return when the real API answered, as far as the answer tells."""
    answer = pair.get("response")
    node = answer[0] if isinstance(answer, list) and answer else answer
    text = node.get("updated") if isinstance(node, dict) else None
    return datetime.fromisoformat(text) if pair["method"] != "GET" and text else None


def test_every_recorded_pair(shared: Path) -> None:
    """One after the other, each request gets its recorded answer, but for times and names."""
    now = datetime(2026, 11, 24, 4, 22, 44, 1001, UTC).replace(tzinfo=None)
    got, recorded = {}, {}
    with Double(clock=lambda: now) as double:
        for name, pair in pairs(shared):
            now = moment(pair) or now
            got[name] = ask(double, name, pair)
            answer = shape(pair.get("response"))
            recorded[name] = (pair["status"], pair.get("content_type"), answer)
    assert len(got) == 157
    assert {name: answer for name, answer in got.items() if answer != recorded[name]} == {}
