# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small site whose entries each test writes itself."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from models import Catalog
from planner.config import load_catalog

Load = Callable[[str], Catalog]

SITE = """\
jobs:
  boot: {kind: job, template: boot.jinja2, params: {method: nfs}}
  boot-north: {kind: job, template: boot.jinja2, params: {method: nfs}}
  boot-long-name: {kind: job, template: boot.jinja2, params: {method: nfs}}
  boot-ramdisk: {kind: job, template: boot.jinja2, params: {method: ramdisk}}
platforms:
  pi: {arch: arm64, mach: broadcom, compatible: [vendor-a, pi]}
  pi-plus: {arch: arm64, mach: broadcom, compatible: [vendor-a, pi-plus]}
  rock: {arch: arm64, mach: rockchip, compatible: [vendor-b, rock], params: {class: big}}
  rock-plus: {arch: arm64, mach: rockchip, compatible: [vendor-b], params: {class: big}}
  virtual-arm: {arch: arm64, mach: qemu, base_name: virtual}
  virtual-x86: {mach: qemu, base_name: virtual}
  nuc: {}
  kubernetes: {}
runtimes:
  north: {lab_type: lava}
  south: {lab_type: lava}
  east: {lab_type: lava}
  cloud-a: {lab_type: kubernetes}
  cloud-b: {lab_type: kubernetes}
"""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Return a function that reads the site with the entries of a text."""

    def read(text: str) -> Catalog:
        (tmp_path / "site.yaml").write_text(SITE)
        (tmp_path / "scheduler.yaml").write_text("scheduler:\n" + dedent(text).lstrip("\n"))
        catalog = load_catalog(tmp_path)
        assert not catalog.malformed
        return catalog

    return read


EVENT = "event: {channel: node, kind: kbuild, state: available}"
