# SPDX-License-Identifier: LGPL-2.1-or-later
"""The shipped fleet is clean and has one of everything that the planner can do."""

import json
import re
from pathlib import Path

import pytest

from models import Catalog, Mode
from planner.config import check_catalog, load_catalog
from planner.config.places import places_of


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """Return the shipped catalog."""
    return load_catalog(Path(__file__).resolve().parents[2] / "config")


def test_nothing_is_wrong_with_it(catalog: Catalog) -> None:
    """`check` finds nothing."""
    assert check_catalog(catalog) == ()


def test_it_is_a_small_but_complete_fleet(catalog: Catalog) -> None:
    """Runtimes of several types, boards of several architectures and makers, builds and tests."""
    assert len(catalog.runtimes) >= 5
    assert len({r.lab_type for r in catalog.runtimes.values()}) >= 3
    assert len(catalog.platforms) >= 30
    assert {"arm64", "arm", "x86_64", "riscv"} <= {p.arch for p in catalog.platforms.values()}
    assert len({p.mach for p in catalog.platforms.values()}) >= 8
    assert {"kbuild", "job"} <= {job.kind for job in catalog.jobs.values()}
    assert set(catalog.planner.capacity) == set(catalog.runtimes)


def test_its_entries_use_every_form(catalog: Catalog) -> None:
    """By name, names and type, platforms and criteria, strict and permissive, several variants."""
    entries = catalog.entries
    runs = [entry.runs for entry in entries if entry.runs]
    assert any(len(entry.runtime_names) == 1 for entry in entries)
    assert any(len(entry.runtime_names) > 1 for entry in entries)
    assert any(entry.runtime_type and not entry.runtime_names for entry in entries)
    assert any(entry.platforms and entry.criteria for entry in entries)
    assert {run.mode for run in runs} == set(Mode)
    assert any(len(run.variant) > 1 for run in runs)
    assert all(list(places_of(entry, catalog)) for entry in entries)


def test_its_templates_and_events_are_there(catalog: Catalog) -> None:
    """Every shell job has its template, and every event its node."""
    settings = catalog.planner
    shell = {e.job for e in catalog.entries if e.runtime_type == "shell"}
    assert 3 <= len(shell) <= 5
    for name in shell:
        template = catalog.jobs[name].template
        assert template is not None
        assert (Path(settings.shell.templates[0]) / template).is_file()
    assert settings.events.file is not None
    assert settings.events.nodes is not None
    lines = Path(settings.events.nodes).read_text().splitlines()
    nodes = {json.loads(line)["id"] for line in lines}
    for line in Path(settings.events.file).read_text().splitlines():
        data = json.loads(line)
        data = data.get("data", data) if "kind" not in data else data
        data = json.loads(data)["data"] if isinstance(data, str) else data
        assert data["id"] in nodes


def test_templates_leave_quoting_to_the_renderer(shipped: Path) -> None:
    """No expression stands within quotes: the renderer's own quotes would end up in the text."""
    for template in sorted((shipped / "templates").glob("*.jinja2")):
        assert not re.search(r"[\"'][^\"'\s]*\{\{", template.read_text()), template
