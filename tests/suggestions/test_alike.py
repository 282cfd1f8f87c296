# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which entries differ only by lab."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from models import Entry
from planner.config import load_catalog
from planner.suggestions.alike import alike
from tests.suggestions.conftest import EVENT, Load

Expected = list[dict[str, Any]]
Key = tuple[str, str, str, tuple[str, ...]]  # job, event's name, lab, platforms

FIRST = f"- {{job: boot, {EVENT}, runtime: {{name: north}}, platforms: [pi]}}\n"


@pytest.mark.parametrize(
    "second",
    [
        "{job: boot, EVENT, runtime: {name: south}, platforms: [rock, nuc]}",
        "{job: boot, EVENT, runtime: {type: lava, name: south}, platforms: [pi]}",
        "{job: boot-north, EVENT, runtime: {name: south}, platforms: [pi]}",
        "{job: boot, EVENT, runtime: {names: [north, south]}, platforms: [pi]}",
        "{job: boot, EVENT, runtime: {name: elsewhere}, platforms: [pi]}",
    ],
)
def test_alike(load: Load, second: str) -> None:
    """Another lab, whatever its boards, under another name of the same job or not."""
    catalog = load(f"{FIRST}- {second.replace('EVENT', EVENT)}\n")
    assert alike(catalog) == (catalog.entries,)


@pytest.mark.parametrize(
    "second",
    [
        "{job: boot, EVENT, runtime: {name: north}, platforms: [rock]}",
        "{job: boot-ramdisk, EVENT, runtime: {name: south}, platforms: [pi]}",
        "{job: boot, event: {channel: node}, runtime: {name: south}, platforms: [pi]}",
        "{job: boot, EVENT, runtime: {type: lava}, platforms: [pi]}",
        "{job: boot, EVENT, runtime: {name: south}, platforms: [pi], rules: {tree: [next]}}",
        "{job: boot, EVENT, runtime: {name: south}, platforms: [pi], criteria: {arch: arm64}}",
        "{job: boot, EVENT, runtime: {name: south}, platforms: [pi], runs: {number: 2}}",
        "{job: boot, EVENT, runtime: {name: south}}",
        "{job: unknown, EVENT, runtime: {name: south}, platforms: [pi]}",
    ],
)
def test_not_alike(load: Load, second: str) -> None:
    """The same lab, another job, event, rule, criterion, or a wish for more than one run."""
    assert alike(load(f"{FIRST}- {second.replace('EVENT', EVENT)}\n")) == ()


def test_without_platforms(load: Load) -> None:
    """Entries without a list are alike where their labs have the same default platform."""
    entry = "- {{job: boot, {event}, runtime: {{name: {lab}}}}}\n"
    both = [entry.format(event=EVENT, lab=lab) for lab in ("cloud-a", "cloud-b", "north")]
    catalog = load("".join(both))
    assert alike(catalog) == (catalog.entries[:2],)


def test_a_real_configuration(shared: Path) -> None:
    """Exactly the groups that are known, as far as the configuration has their entries."""
    catalog = load_catalog(shared / "kernelci" / "config")
    expected = _expected(shared)
    present = {_seen(entry) for entry in catalog.entries}
    known = [[e for e in _entries(group) if e in present] for group in expected]
    labs = [{lab for _, _, lab, _ in group} for group in known]
    wanted = {frozenset(g) for g, names in zip(known, labs, strict=True) if len(names) > 1}
    assert wanted
    assert {frozenset(map(_seen, group)) for group in alike(catalog)} == wanted


def test_a_real_configuration_completed(shared: Path, tmp_path: Path) -> None:
    """With the entries that stand in files elsewhere, all of the known groups."""
    config = shared / "kernelci" / "config"
    expected = _expected(shared)
    catalog = load_catalog(config)
    present = {_seen(entry) for entry in catalog.entries}
    missing = [e for group in expected for e in _entries(group) if e not in present]
    extra = {
        # Jobs that are not defined here are only known to be alike.
        "jobs": {job: {"kind": "job"} for job, *_ in missing if job not in catalog.jobs},
        "scheduler": [_item(entry) for entry in missing],
    }
    (tmp_path / "extra.yaml").write_text(yaml.safe_dump(extra))
    found = alike(load_catalog(config, tmp_path))
    assert len(found) == len(expected)
    assert {frozenset(map(_seen, group)) for group in found} == {
        frozenset(_entries(group)) for group in expected
    }


def _expected(shared: Path) -> Expected:
    path = shared / "kernelci" / "expected" / "lab_only_duplicates.json"
    groups: Expected = json.loads(path.read_text())
    return groups


def _entries(group: dict[str, Any]) -> list[Key]:
    name = group["event_name"]
    return [(e["job"], name, e["runtime"], tuple(e["platforms"])) for e in group["entries"]]


def _seen(entry: Entry) -> Key:
    name = str(entry.event.get("name"))
    return entry.job, name, ",".join(entry.runtime_names), entry.platforms or ()


def _item(key: Key) -> dict[str, Any]:
    """Return an entry of YAML, for the event that all known entries are for but for its name."""
    job, name, lab, platforms = key
    event = {"channel": "node", "kind": "kbuild", "name": name, "state": "available"}
    return {"job": job, "event": event, "runtime": {"name": lab}, "platforms": list(platforms)}
