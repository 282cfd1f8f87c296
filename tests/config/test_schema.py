# SPDX-License-Identifier: LGPL-2.1-or-later
"""The JSON Schema: as shipped, as the models have it, and true of the shipped files."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from planner.config import json_schema, policy_schema

SCHEMA = json_schema()
ENTRY = {"job": "a", "event": {"channel": "node"}, "runtime": {"type": "lava"}}


def errors(data: Any) -> list[str]:
    """Return what the schema has against a configuration file's data."""
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(data)]


@pytest.mark.parametrize(
    ("name", "schema"), [("config", json_schema()), ("policy", policy_schema())]
)
def test_the_shipped_schema_is_current(shipped: Path, name: str, schema: dict[str, Any]) -> None:
    """The shipped files are what the models give; `kci-planner schema` writes them anew."""
    Draft202012Validator.check_schema(schema)
    assert json.loads((shipped / "schema" / f"{name}.schema.json").read_text()) == schema


def test_every_shipped_file_is_valid_and_says_its_schema(shipped: Path) -> None:
    """Configuration and policies validate, and their first lines lead an editor to the schema."""
    files = sorted(shipped.rglob("*.yaml"))
    assert len(files) > 10
    for file in files:
        kind = "policy" if file.parent.name == "policies" else "config"
        schema = policy_schema() if kind == "policy" else SCHEMA
        text = file.read_text()
        found = list(Draft202012Validator(schema).iter_errors(yaml.safe_load(text)))
        assert found == [], file
        first, second = text.splitlines()[:2]
        assert first == "# SPDX-License-Identifier: LGPL-2.1-or-later", file
        target = second.removeprefix("# yaml-language-server: $schema=")
        assert (file.parent / target).resolve() == (
            shipped / "schema" / f"{kind}.schema.json"
        ).resolve(), file


def test_a_real_configuration_is_valid(shared: Path) -> None:
    """KernelCI's own files have nothing that the schema refuses."""
    for file in sorted((shared / "kernelci" / "config").rglob("*.yaml")):
        assert errors(yaml.safe_load(file.read_text())) == [], file


@pytest.mark.parametrize(
    "data",
    [
        {"scheduler": [ENTRY | {"platfroms": ["x"]}]},
        {"scheduler": [ENTRY | {"runs": {"variant": "colour"}}]},
        {"scheduler": [ENTRY | {"runs": {"number": 0}}]},
        {"scheduler": [ENTRY | {"rules": {"tree": "x"}}]},
        {"scheduler": [{"job": "a"}]},
        {"runtimes": {"x": {"lab_type": "magic"}}},
        {"planner": {"polcy": "x"}},
        {"planner": {"capacity": {"x": {"slots": -1}}}},
    ],
)
def test_mistakes_are_refused(data: Any) -> None:
    """What the planner reports, an editor marks."""
    assert errors(data)


@pytest.mark.parametrize(
    "data",
    [
        {"scheduler": [ENTRY | {"runs": {"number": 2, "variant": "mach", "mode": "strict"}}]},
        {"scheduler": [ENTRY | {"runs": {"variant": ["mach", "arch"]}}]},
        {"scheduler": [ENTRY | {"criteria": {"arch": "x", "n": 4, "l": ["a", "!b"]}}]},
        {"jobs": {"a": {"whatever": 1, "rules": {"min_version": {"version": 6, "patchlevel": 1}}}}},
        {"platforms": {"docker": None, "x": {"dtb": "a", "compatible": ["b"]}}},
        {"runtimes": {"x": {"lab_type": "kubernetes", "context": ["a"], "anything": {}}}},
        {"api": {"x": {}}, "_anchors": {}},
    ],
)
def test_what_is_fine_is_accepted(data: Any) -> None:
    """Our keys in all their forms, and KernelCI's keys that we do not know."""
    assert errors(data) == []
