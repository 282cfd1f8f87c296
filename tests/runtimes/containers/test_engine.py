# SPDX-License-Identifier: LGPL-2.1-or-later
"""An engine that refuses, loses replies, or is not there."""

import logging
import socket
from pathlib import Path
from typing import Any

import pytest

from models import PlannerError, RunState
from planner.runtimes.errors import NoAccessError, NotSentError, UnreachableError
from tests.runtimes.conftest import NOW, dispatch, order
from tests.runtimes.containers.conftest import Site, definition, sent_to

RUN = "ab12-0"


def to_send() -> Any:
    """Return a run on its way."""
    return dispatch(RUN).model_copy(update={"order": order(RUN, "tools")})


@pytest.mark.parametrize(
    ("faults", "error", "stays"),
    [
        ({"create": [400]}, PlannerError, False),
        ({"create": [429]}, NotSentError, False),
        ({"create": [500]}, OSError, False),
        ({"start": [400]}, PlannerError, False),
        ({"start": [500]}, NotSentError, False),
        ({"archive": [500]}, OSError, True),
    ],
)
def test_answers_that_are_no(
    site: Site, faults: dict[str, list[int]], error: type[Exception], stays: bool
) -> None:
    """Of each answer it is said whether the run fails, waits, or has to be looked for."""
    site.engine.faults = faults
    with pytest.raises(error) as raised:
        site.runtime().submit(to_send(), definition())
    assert isinstance(raised.value, NotSentError) == (error is NotSentError)
    assert bool(site.engine.containers) == stays
    assert site.runtime().find(order(RUN, "tools")) is None
    assert site.engine.containers == {}


def test_replies_that_are_lost(site: Site) -> None:
    """A run whose start arrived is found and counts as sent; whose creation did is sent anew."""
    site.engine.faults = {"start": ["after"]}
    with pytest.raises(OSError, match="127") as raised:
        site.runtime().submit(to_send(), definition())
    assert not isinstance(raised.value, NotSentError)
    assert site.runtime().find(order(RUN, "tools")) == f"kci-{RUN}"
    assert site.runtime().submit(to_send(), definition()) == f"kci-{RUN}"
    assert site.engine.asked.count("start") == 1
    site.engine.containers.clear()
    site.engine.faults = {"create": ["after"]}
    with pytest.raises(OSError, match="127"):
        site.runtime().submit(to_send(), definition())
    assert site.runtime().find(order(RUN, "tools")) is None
    assert site.engine.containers == {}


def test_nobody_there(site: Site) -> None:
    """Where nobody listens a run certainly was not sent, and nothing is known."""
    way = site.runtime()
    way._engine._url = "tcp://127.0.0.1:1"
    with pytest.raises(UnreachableError, match="Connection refused"):
        way.submit(to_send(), definition())
    with pytest.raises(UnreachableError):
        way.snapshot(NOW, ())


def test_garbage(site: Site) -> None:
    """An answer that makes no sense is an OSError, as silence is."""
    site.engine.faults = {"json": [500, 418]}
    for _ in range(2):
        with pytest.raises(OSError, match="fault in json"):
            site.runtime().observe([sent_to()])


def test_observing(site: Site) -> None:
    """Runs under way take one request together."""
    way = site.runtime()
    way.submit(to_send(), definition())
    site.engine.asked.clear()
    found, gone = way.observe([sent_to(), sent_to("ab12-1")])
    assert (found.state, gone.state) == (RunState.STARTED, RunState.FINISHED)
    assert site.engine.asked == ["json"]


def test_secrets_stay_out(site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the site's variables nor the definition get into an error or the log."""
    (tmp_path / "env").write_text("TOKEN=of-great-value\n")
    way = site.runtime(env_file=str(tmp_path / "env"))
    with caplog.at_level(logging.DEBUG):
        for fault in (400, 500, "after"):
            site.engine.faults = {"create": [fault]}
            with pytest.raises((OSError, PlannerError)) as raised:
                way.submit(to_send(), definition("echo of-no-interest"))
            assert "of-" not in str(raised.value)
    way.submit(to_send(), definition())
    assert "TOKEN=of-great-value" in site.engine.containers[f"kci-{RUN}"]["Config"]["Env"]
    assert "of-great-value" not in caplog.text
    assert "of-no-interest" not in caplog.text


def test_what_the_engine_is(site: Site) -> None:
    """The engine says it, with the version of its API."""
    assert site.runtime().check() == "engine ?, API 1.41"


def test_a_socket_that_is_not_for_us(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may not use the socket is told so, and sends nothing."""

    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    way = site.runtime()
    way._engine._url = "unix:///run/podman/podman.sock"
    for ask in (way.check, lambda: way.submit(to_send(), definition())):
        with pytest.raises(NoAccessError, match=r"podman.sock: Permission denied.*this user"):
            ask()
