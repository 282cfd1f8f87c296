# SPDX-License-Identifier: LGPL-2.1-or-later
"""Capacity from the configuration and from a file over it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import Catalog, DeviceCapacity, PlannerError, RuntimeCapacity, UnknownCapacity
from planner.config import read_capacity

Load = Callable[..., Catalog]
NOW = datetime(2030, 1, 1, tzinfo=UTC)

DECLARED = """
runtimes: {box: {lab_type: shell}, cloud: {lab_type: kubernetes}}
planner:
  capacity:
    lab-a:
      devices: {rock: 2, pi: 0}
      queue: {rock: 3, new: 1}
      running: {rock: 1}
      max_runs: 7
    lava: {source: lava, unknown: closed, devices: {rock: 1}}
    shell: {slots: 4, running: {a: 1, b: 2}}
"""


def runtime(catalog: Catalog, name: str, path: Path | None = None) -> RuntimeCapacity:
    """Return the capacity of one runtime."""
    return read_capacity(catalog, path, NOW).runtimes[name]


def test_declared_by_name(load: Load) -> None:
    """Static devices are known, with their queues; a type that only queues has no device."""
    assert runtime(load(DECLARED), "lab-a") == RuntimeCapacity(
        runtime="lab-a",
        devices={
            "rock": DeviceCapacity(devices=2, queue=3, running=1),
            "pi": DeviceCapacity(devices=0),
            "new": DeviceCapacity(devices=0, queue=1),
        },
        running=1,
        max_runs=7,
        taken=NOW,
    )


def test_declared_by_type(load: Load) -> None:
    """A runtime without a declaration of its own has its type's; a lab nobody asked is unknown."""
    lab_b = runtime(load(DECLARED), "lab-b")
    assert (lab_b.known, lab_b.unknown) == (False, UnknownCapacity.CLOSED)
    box = runtime(load(DECLARED), "box")
    assert (box.known, box.devices, box.slots, box.running) == (True, None, 4, 3)


def test_undeclared_is_unknown_and_open(load: Load) -> None:
    """Nothing said means nothing known."""
    cloud = runtime(load(DECLARED), "cloud")
    assert (cloud.known, cloud.unknown) == (False, UnknownCapacity.OPEN)


@pytest.mark.parametrize("wrap", ["{}", "capacity: {}", "planner: {{capacity: {}}}"])
def test_a_file_goes_over_the_declaration(load: Load, tmp_path: Path, wrap: str) -> None:
    """What the file says of a runtime replaces that key; what it leaves out stays declared."""
    path = tmp_path / "now.yaml"
    path.write_text(
        wrap.format("{lab-a: {queue: {rock: 9}}, lab-b: {devices: {x: 5}}, box: {running: 2}}")
    )
    catalog = load(DECLARED)
    lab_a = runtime(catalog, "lab-a", path)
    assert lab_a.devices is not None
    assert lab_a.devices["rock"] == DeviceCapacity(devices=2, queue=9, running=1)
    assert lab_a.max_runs == 7
    lab_b = runtime(catalog, "lab-b", path)
    assert (lab_b.known, lab_b.devices) == (True, {"x": DeviceCapacity(devices=5)})
    assert (runtime(catalog, "box", path).slots, runtime(catalog, "box", path).running) == (4, 2)


def test_a_file_may_say_that_nobody_knows(load: Load, tmp_path: Path) -> None:
    """`known: false` makes a declared capacity unknown, with the meaning that is given."""
    path = tmp_path / "now.json"
    path.write_text('{"lab-a": {"known": false, "unknown": "last-known"}}')
    lab_a = runtime(load(DECLARED), "lab-a", path)
    assert (lab_a.known, lab_a.unknown) == (False, UnknownCapacity.LAST_KNOWN)


def test_a_lone_number_of_running_jobs(load: Load, tmp_path: Path) -> None:
    """It counts for the runtime and is no device type."""
    path = tmp_path / "now.yaml"
    path.write_text("lab-a: {devices: {rock: 1}, running: 3}\n")
    lab_a = runtime(load(DECLARED), "lab-a", path)
    assert lab_a.running == 3
    assert lab_a.devices == {
        "rock": DeviceCapacity(devices=1, queue=3),
        "new": DeviceCapacity(devices=0, queue=1),
    }


def test_what_is_wrong_in_a_file_is_named_and_the_rest_used(load: Load, tmp_path: Path) -> None:
    """An unknown lab, a wrong key and a wrong value each have a defect with file and line."""
    path = tmp_path / "now.yaml"
    path.write_text(
        "lab-x: {slots: 1}\nlab-a:\n  devices: {rock: -1}\nlab-b:\n  slotz: 1\n"
        "cloud: 5\nbox: {slots: 9}\n"
    )
    catalog = load(DECLARED)
    capacity = read_capacity(catalog, path, NOW)
    assert [(d.where.line, d.code) for d in capacity.defects] == [
        (1, "unknown_runtime"),
        (3, "bad_value"),
        (5, "unknown_key"),
        (6, "bad_value"),
    ]
    assert all(d.where.file == str(path) for d in capacity.defects)
    assert capacity.runtimes["box"].slots == 9
    assert capacity.runtimes["lab-a"] == runtime(catalog, "lab-a")


@pytest.mark.parametrize(
    ("text", "word"),
    [("[1]\n", ":1: .*mapping"), ("", ":1: .*mapping"), ("a: [\n", ":2: broken YAML")],
)
def test_a_file_that_cannot_be_used_at_all(
    load: Load, tmp_path: Path, text: str, word: str
) -> None:
    """A file that is broken or no mapping is an error that names it."""
    path = tmp_path / "now.yaml"
    path.write_text(text)
    with pytest.raises(PlannerError, match=rf"now\.yaml{word}"):
        read_capacity(load(DECLARED), path, NOW)


def test_a_missing_file(load: Load, tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(PlannerError, match=r"nowhere\.yaml"):
        read_capacity(load(DECLARED), tmp_path / "nowhere.yaml", NOW)
