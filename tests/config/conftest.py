# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small sites, written as YAML into a temporary folder."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from models import Catalog, Defect
from planner.config import check_catalog, load_catalog

Site = Callable[..., Path]

# One of everything, with nothing wrong; line numbers in the tests' own files start after it.
BASE = """\
jobs:
  boot: {kind: job, template: boot.jinja2}
platforms:
  rock: {arch: arm64, mach: rockchip, compatible: [vendor-a,rock], params: {class: big}}
  pi: {arch: arm64, mach: broadcom, base_name: raspberry}
  nuc: {}
runtimes:
  lab-a: {lab_type: lava}
  lab-b: {lab_type: lava}
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a function that writes files (name with `__` for `/`) and returns their folder."""

    def write(folder: str = "site", *, base: bool = False, **files: str) -> Path:
        root = tmp_path / folder
        root.mkdir(parents=True, exist_ok=True)
        if base:
            (root / "base.yaml").write_text(BASE)
        for name, text in files.items():
            path = root / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text).lstrip("\n"))
        return root

    return write


@pytest.fixture
def load(site: Site) -> Callable[..., Catalog]:
    """Return a function that loads one file of a site, next to the base."""

    def read(text: str, *, base: bool = True) -> Catalog:
        return load_catalog(site(base=base, part=text))

    return read


@pytest.fixture
def check(load: Callable[..., Catalog]) -> Callable[..., list[tuple[int, str, str]]]:
    """Return a function that checks one file next to the base: (line, code, subject) of each."""

    def found(text: str, *, base: bool = True) -> list[tuple[int, str, str]]:
        defects: tuple[Defect, ...] = check_catalog(load(text, base=base))
        return [(d.where.line, d.code, d.subject) for d in defects]

    return found
