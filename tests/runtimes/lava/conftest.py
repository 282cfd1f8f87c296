# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab's double, ways to it, and runs to send."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from models import Dispatch, Order, Sent
from planner.config import load_catalog
from planner.runtimes.definition import Definitions
from planner.runtimes.lava import LavaRuntime
from tests.runtimes.definition.conftest import dispatch as any_dispatch
from tests.runtimes.definition.conftest import lava as lava_runtime
from tests.runtimes.lava.double import TOKEN, Lab

SITE = """\
jobs:
  boot: {kind: job, template: boot.jinja2}
platforms:
  rock: {arch: arm64}
runtimes:
  lab: {lab_type: lava, url: URL, notify: {callback: {token: back, url: 'https://back.example'}}}
planner: {templates: [templates]}
"""
TEMPLATE = """\
job_name: 'site {{ name }}'
device_type: {{ device_type }}
priority: {{ priority }}
told: {{ notify.callback.url }}
"""

Connect = Callable[..., LavaRuntime]


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Yield a lab with two boards of a type."""
    with Lab() as made:
        made.add("rock", "Good", "Good")
        yield made


@pytest.fixture
def connect(lab: Lab, tmp_path: Path) -> Connect:
    """Return what makes a way to the lab: the token, and what else the runtime's YAML has."""

    def make(token: str | None = TOKEN, *, patience: float = 5, **more: object) -> LavaRuntime:
        (tmp_path / "site.yaml").write_text(SITE.replace("URL", f"'{lab.url}'"))
        (tmp_path / "templates").mkdir(exist_ok=True)
        (tmp_path / "templates" / "boot.jinja2").write_text(TEMPLATE)
        catalog = load_catalog(tmp_path)
        runtime = catalog.runtimes["lab"].model_copy(update=more)
        secret = None if token is None else SecretStr(token)
        definitions = Definitions(runtime, catalog, {})
        return LavaRuntime(runtime, definitions, secret, patience=patience)

    return make


@pytest.fixture
def dispatch(connect: Connect, tmp_path: Path) -> Callable[..., Dispatch]:
    """Return what makes a run, by its key; it has a node of its own only where one is named."""
    connect()
    catalog = load_catalog(tmp_path)

    def make(run: str = "ab12-0", node_id: str | None = None) -> Dispatch:
        given = any_dispatch(catalog)
        order = given.order.model_copy(
            update={"run": run, "node_id": node_id, "intended": datetime.now(UTC)}
        )
        return given.model_copy(update={"order": order})

    return make


def sent(order: Order, job_id: str) -> Sent:
    """Return a run as the journal has it once the lab took it."""
    return Sent(run=order.run, runtime="lab", job_id=job_id, device_type="rock")


__all__ = ["Connect", "connect", "dispatch", "lab", "lava_runtime", "sent"]
