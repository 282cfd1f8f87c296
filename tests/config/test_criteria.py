# SPDX-License-Identifier: LGPL-2.1-or-later
"""Criteria: any of what is allowed, none of what is excluded."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Platform, Where
from planner.config import matches, value_of
from planner.config.criteria import meets

WHERE = Where(file="x.yaml", line=1)
VALUES = st.sampled_from("abcd")
WANTED = st.lists(st.builds(str.__add__, st.sampled_from(["", "!"]), VALUES), max_size=4)


def board(**fields: Any) -> Platform:
    """Return a platform with these fields."""
    return Platform(name="board", where=WHERE, **fields)


@given(values=st.lists(VALUES, max_size=3), wanted=WANTED)
def test_list_semantics(values: list[str], wanted: list[str]) -> None:
    """No value is excluded, and at least one is allowed if any are; computed the long way."""
    for value in values:
        if f"!{value}" in wanted:
            assert not meets(values, wanted)
            return
    allowed = [item for item in wanted if not item.startswith("!")]
    assert meets(values, wanted) == (not allowed or any(item in values for item in allowed))


@given(value=VALUES, wanted=WANTED)
def test_a_scalar_is_a_list_of_one(value: str, wanted: list[str]) -> None:
    """Scalars and lists of one value meet the same criteria."""
    assert meets(value, wanted) == meets([value], wanted)


@given(wanted=WANTED)
def test_a_missing_value_passes_only_without_allowed_ones(wanted: list[str]) -> None:
    """What a platform lacks fails an allow-list, and no deny-list."""
    assert meets(None, wanted) == all(item.startswith("!") for item in wanted)


@pytest.mark.parametrize(
    ("fields", "key", "value"),
    [
        ({}, "arch", "x86_64"),
        ({}, "boot_method", "grub"),
        ({"mach": "ti"}, "mach", "ti"),
        ({}, "name", "board"),
        ({}, "base_name", "board"),
        ({"base_name": "qemu"}, "base_name", "qemu"),
        ({}, "device_type", "board"),
        ({"base_name": "qemu"}, "device_type", "qemu"),
        ({"base_name": "qemu", "params": {"device_type": "pool"}}, "device_type", "pool"),
        ({"params": {"arch": "fake"}}, "arch", "x86_64"),
        ({"params": {"class": "big"}}, "class", "big"),
        ({}, "class", None),
        ({"compatible": ["v,a", "v,b"]}, "compatible", ("v,a", "v,b")),
    ],
)
def test_value_of_each_attribute(fields: dict[str, Any], key: str, value: Any) -> None:
    """Attributes come before params, and the device type by its order of precedence."""
    assert value_of(board(**fields), key) == value


def test_all_criteria_have_to_be_met() -> None:
    """Several criteria narrow each other; none at all match everything."""
    platform = board(arch="arm64", mach="ti", params={"cores": 4, "gpu": True})
    assert matches(platform, {})
    assert matches(platform, {"arch": ("arm64", "arm"), "cores": ("4",), "gpu": ("true",)})
    assert not matches(platform, {"arch": ("arm64",), "mach": ("!ti",)})
