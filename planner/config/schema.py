# SPDX-License-Identifier: LGPL-2.1-or-later
"""The JSON Schema of configuration files, made from the models that read them."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from models import BuildConfig, Job, PlannerSettings, Platform, Policy, Runtime
from planner.config.shapes import EntryShape, RulesShape

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# The sections that are KernelCI's own mappings of names, and the noun of their items.
_SECTIONS: dict[str, type[BaseModel]] = {
    "jobs": Job,
    "platforms": Platform,
    "runtimes": Runtime,
    "build_configs": BuildConfig,
}

# Sections of which the items are anybody's.
_TABLES = ("trees", "fragments", "rootfs", "api", "storage")


def json_schema() -> dict[str, Any]:
    """Return the schema of a configuration file: KernelCI's sections loosely, ours strictly."""
    models: tuple[type[BaseModel], ...] = (
        *_SECTIONS.values(),
        EntryShape,
        RulesShape,
        PlannerSettings,
    )
    _, whole = models_json_schema([(model, "validation") for model in models])
    nouns: dict[str, Any] = whole["$defs"]
    for noun in _SECTIONS.values():
        _as_in_yaml(nouns[noun.__name__])
    nouns.pop("Where", None)
    named = {
        section: _mapping_of({"anyOf": [_ref(noun.__name__), {"type": "null"}]})
        for section, noun in _SECTIONS.items()
    }
    tables = {section: _mapping_of({}) for section in _TABLES}
    scheduler = {"type": ["array", "null"], "items": _ref("EntryShape")}
    return {
        "$schema": DIALECT,
        "title": "KernelCI configuration with kci-planner's additions",
        "type": "object",
        "properties": {
            **named,
            **tables,
            "scheduler": scheduler,
            "planner": _ref("PlannerSettings"),
        },
        "$defs": nouns,
    }


def policy_schema() -> dict[str, Any]:
    """Return the schema of a policy file."""
    return {"$schema": DIALECT, **Policy.model_json_schema()}


def _as_in_yaml(noun: dict[str, Any]) -> None:
    """Turn a noun's schema into that of its YAML: no name, no place, rules in full."""
    properties = noun["properties"]
    for ours in ("name", "where"):
        properties.pop(ours, None)
    noun["required"] = [key for key in noun.get("required", ()) if key in properties]
    if "rules" in properties:
        properties["rules"] = {"anyOf": [_ref("RulesShape"), {"type": "null"}]}
    if "contexts" in properties:
        properties.pop("contexts")
        properties["context"] = {"type": ["string", "array"], "items": {"type": "string"}}
        # Every key of a runtime that has no field of its own becomes one of its params.
        properties.pop("params")


def _mapping_of(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["object", "null"], "additionalProperties": item}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}
