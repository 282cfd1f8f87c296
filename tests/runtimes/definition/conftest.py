# SPDX-License-Identifier: LGPL-2.1-or-later
"""A site with templates of its own, and runs to make definitions for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models import Catalog, Dispatch, LabType, Order, Runtime, Where
from planner.config import load_catalog
from planner.runtimes.definition import Definitions

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
HERE = Where(file="site.yaml", line=3)
SITE = """\
jobs:
  boot: {kind: job, template: boot.jinja2, image: 'ghcr.io/site/{image_prefix}runner:{karch}'}
platforms:
  rock: {arch: arm64, boot_method: u-boot, mach: rockchip}
runtimes:
  lab: {lab_type: lava, url: 'https://lab.example/'}
planner:
  templates: [templates]
"""
BUILD: dict[str, Any] = {
    "id": "5dad68219c542cabd097ad81",
    "kind": "kbuild",
    "name": "kbuild-gcc-14-arm64",
    "artifacts": {
        "kernel": "https://files.example/Image",
        "metadata": "https://files.example/metadata.json",
    },
    "data": {
        "kernel_revision": {
            "describe": "v6.16-rc4",
            "commit_message": "a message with {curly} braces",
            "version": {"version": 6, "patchlevel": 16},
        },
        "kernel_type": "image",
    },
}


@dataclass
class Bench:
    """A site in a folder, and its definitions."""

    root: Path
    built: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def write(self, template: str = "", *, site: str = SITE, name: str = "boot.jinja2") -> None:
        """Write the site and one of its templates."""
        (self.root / "site.yaml").write_text(site)
        (self.root / "templates").mkdir(exist_ok=True)
        (self.root / "templates" / name).write_text(template)

    @property
    def catalog(self) -> Catalog:
        """Return the site's catalog."""
        return load_catalog(self.root)

    def artifacts(self, url: str) -> Mapping[str, str]:
        """Return what was built, and remember that somebody asked."""
        self.asked.append(url)
        return self.built

    def definitions(self) -> Definitions:
        """Return the definitions of the first runtime."""
        catalog = self.catalog
        runtime = next(iter(catalog.runtimes.values()))
        return Definitions(runtime, catalog, self.environment, self.artifacts)

    def text(self, template: str, *, site: str = SITE, **more: Any) -> str:
        """Return what a template prints for a run of the first job on the first platform."""
        self.write(template, site=site)
        return self.definitions().text(dispatch(self.catalog), more)


def dispatch(
    catalog: Catalog, job: str | None = None, platform: str | None = None, **node: Any
) -> Dispatch:
    """Return a run of a job on a platform for the build, by default of the first ones."""
    name = job or next(iter(catalog.jobs))
    board = platform or next(iter(catalog.platforms))
    parent = BUILD | node
    order = Order(
        run="ab12-0",
        request="ab12",
        job=name,
        kind="job",
        index=0,
        retry=0,
        parent=parent["id"],
        runtime="lab",
        platform=board,
        device_type=catalog.device_type(catalog.jobs[name], catalog.platforms[board]),
        priority=60,
        plan="plan",
        node=parent,
        intended=NOW,
    )
    own = {"id": "77aa68219c542cabd097ad81", "name": name, "artifacts": {}, "data": parent["data"]}
    return Dispatch(
        order=order, job=catalog.jobs[name], platform=catalog.platforms[board], node=own
    )


def lava(name: str = "lab", **more: Any) -> Runtime:
    """Return a LAVA lab."""
    return Runtime(name=name, lab_type=LabType.LAVA, where=HERE, **more)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return an empty site."""
    return Bench(tmp_path)
