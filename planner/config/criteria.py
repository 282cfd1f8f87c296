# SPDX-License-Identifier: LGPL-2.1-or-later
"""Criteria: which platforms an entry is for, said by their attributes.

A criterion lists values; one that begins with `!` excludes. A platform passes if no value of its
attribute is excluded and, where any value is allowed at all, at least one of its values is. An
attribute that the platform lacks passes only if nothing is allowed. All criteria must pass.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from models import Platform

ATTRIBUTES = ("arch", "mach", "boot_method", "compatible", "device_type", "name", "base_name")


def value_of(platform: Platform, key: str) -> Any:
    """Return the platform's attribute of that name, else its param, else None.

    `device_type` is the param of that name, else the base name, else the name.
    """
    if key == "device_type":
        return platform.params.get(key) or platform.base_name or platform.name
    if key == "base_name":
        return platform.base_name or platform.name
    if key in ATTRIBUTES:
        return getattr(platform, key)
    return platform.params.get(key)


def matches(platform: Platform, criteria: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether the platform meets every one of the criteria."""
    return all(meets(value_of(platform, key), wanted) for key, wanted in criteria.items())


def meets(value: Any, wanted: Sequence[str]) -> bool:
    """Tell whether an attribute's value, a scalar or a list, meets one criterion."""
    denied = {item[1:] for item in wanted if item.startswith("!")}
    allowed = {item for item in wanted if not item.startswith("!")}
    values = texts_of(value)
    return denied.isdisjoint(values) and (not allowed or not allowed.isdisjoint(values))


def texts_of(value: Any) -> set[str]:
    """Return the values of an attribute as the YAML writes them; an absent one has none."""
    if value is None:
        return set()
    if isinstance(value, list | tuple):
        return {text for item in value for text in texts_of(item)}
    if isinstance(value, bool):
        return {"true" if value else "false"}
    return {str(value)}
