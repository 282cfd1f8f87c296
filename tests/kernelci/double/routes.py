# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which address does what."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote

from tests.kernelci.double import accounts, history, nodes, queries, sundries
from tests.kernelci.double.pubsub import PubSub
from tests.kernelci.double.state import Json, Refusal, State


class Request(NamedTuple):
    """One request as the server got it."""

    method: str
    path: str
    query: dict[str, str]
    user: str | None
    body: Any
    authorization: str | None


class Site(Protocol):
    """What the addresses lead to."""

    state: State
    pubsub: PubSub

    @property
    def url(self) -> str:
        """Where it is."""


def answer(site: Site, request: Request) -> Any:
    """Return what the API says to a request."""
    for method, pattern, needs_token, act in _ROUTES:
        match = re.fullmatch(pattern, request.path)
        if match and method == request.method:
            if needs_token and request.user is None:
                raise Refusal(401, "Unauthorized")
            return act(site, request, *map(unquote, match.groups()))
    if any(re.fullmatch(pattern, request.path) for _, pattern, _, _ in _ROUTES):
        raise Refusal(405, "Method Not Allowed")
    raise Refusal(404, "Not Found")


def _events(request: Request) -> bool:
    return request.query.get("noevent") != "true"


def _user(request: Request) -> str:
    assert request.user is not None
    return request.user


def _set_key(site: Site, request: Request, space: str, key: str) -> str:
    site.state.new_id()  # for the document that it is kept in
    site.state.keys[space, key] = request.body
    return "OK"


def _delete_key(site: Site, request: Request, space: str, key: str) -> str:
    del site.state.keys[space, key]
    return "Key-value pair deleted successfully"


def _publish(site: Site, request: Request, channel: str) -> None:
    body = request.body
    if not body.get("data"):
        text = "Value error, None is not allowed as event payload"
        complaint = {"type": "value_error", "loc": ["body", "data"], "msg": text}
        raise Refusal(422, [complaint | {"input": body.get("data"), "ctx": {"error": {}}}])
    told = {"type": body.get("type"), "source": body.get("source"), **body.get("attributes", {})}
    history.publish(site.state, channel, body["data"], _user(request), **told)


def _stats(site: Site, request: Request) -> list[Json]:
    if _user(request) != "admin":
        raise Refusal(403, "Forbidden")
    return site.pubsub.stats()


_PAGE = "<!DOCTYPE html>\n<title>KernelCI API Server</title>\n"

# Method, path, whether it takes a token, and what it does.
_ROUTES: tuple[tuple[str, str, bool, Callable[..., Any]], ...] = (
    ("GET", "/", False, lambda d, r: {"html": _PAGE}),
    ("POST", "/user/login", False, lambda d, r: accounts.log_in(d.state, r.body)),
    ("POST", "/user/invite", True, lambda d, r: accounts.invite(d.state, r.user, r.body, d.url)),
    ("POST", "/user/accept-invite", False, lambda d, r: accounts.accept(d.state, r.body)),
    ("POST", "/user/register", True, lambda d, r: accounts.register()),
    ("POST", "/user-groups", True, lambda d, r: accounts.make_group(d.state, r.body)),
    ("GET", "/whoami", True, lambda d, r: accounts.user(d.state, r.user)),
    ("POST", "/node", True, lambda d, r: nodes.create(d.state, r.user, r.body)),
    ("GET", "/node/([^/]+)", False, lambda d, r, n: nodes.get(d.state, n)),
    (
        "PUT",
        "/node/([^/]+)",
        True,
        lambda d, r, n: nodes.replace(d.state, r.user, n, r.body, event=_events(r)),
    ),
    (
        "PATCH",
        "/node/([^/]+)",
        True,
        lambda d, r, n: nodes.patch(d.state, r.user, n, r.body, event=_events(r)),
    ),
    ("GET", "/nodes", False, lambda d, r: queries.page(d.state, r.query)),
    ("GET", "/nodes/fast", False, lambda d, r: queries.all_at_once(d.state, r.query)),
    (
        "PUT",
        "/nodes/([^/]+)",
        True,
        lambda d, r, n: nodes.replace_hierarchy(d.state, r.user, n, r.body),
    ),
    ("GET", "/count", False, lambda d, r: len(queries.find(d.state, r.query))),
    ("PUT", "/batch/nodeset", True, lambda d, r: nodes.set_field(d.state, r.body)),
    ("GET", "/events", False, lambda d, r: history.find(d.state, r.query)),
    ("POST", "/subscribe/([^/]+)", True, lambda d, r, c: d.pubsub.subscribe(r.user, c, r.query)),
    ("POST", "/unsubscribe/(\\d+)", True, lambda d, r, n: d.pubsub.unsubscribe(r.user, int(n))),
    ("GET", "/listen/(\\d+)", True, lambda d, r, n: d.pubsub.listen(r.user, int(n))),
    ("POST", "/publish/([^/]+)", True, _publish),
    ("GET", "/stats/subscriptions", True, _stats),
    ("POST", "/push/([^/]+)", True, lambda d, r, n: sundries.push(d.state, n, r.body)),
    ("GET", "/pop/([^/]+)", True, lambda d, r, n: sundries.pop(d.state, n)),
    ("POST", "/kv/([^/]+)/([^/]+)", True, _set_key),
    ("GET", "/kv/([^/]+)/([^/]+)", True, lambda d, r, *key: d.state.keys.get(key)),
    ("DELETE", "/kv/([^/]+)/([^/]+)", True, _delete_key),
    ("POST", "/telemetry", True, lambda d, r: sundries.add_telemetry(d.state, r.body)),
    ("GET", "/telemetry", False, lambda d, r: sundries.telemetry(d.state)),
    (
        "GET",
        "/telemetry/stats",
        False,
        lambda d, r: sundries.telemetry_counts(d.state, r.query["group_by"]),
    ),
)
