# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `rules` allow.

A rule lists values of one attribute: allowed ones, and with `!` before them denied ones. For tree
and branch a value may be a combination `tree:branch`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from models import Rules
from planner.demand.facts import Fact

Find = Callable[[str], Fact | None]

_TREE_AND_BRANCH = ("tree", "branch")


class _Values(NamedTuple):
    allowed: list[str]
    denied: list[str]


def _split(rule: Iterable[str]) -> _Values:
    values = _Values([], [])
    for value in rule:
        if value.startswith("!"):
            values.denied.append(value.lstrip("!"))
        else:
            values.allowed.append(value)
    return values


def refusal(rules: Rules | None, find: Find, version: Mapping[str, Any]) -> str | None:
    """Return which rule says no, and to which value; None if all allow it.

    `find` gives the nearest fact of a key, `version` is the kernel's.
    """
    if not rules:
        return None
    refused = _refused_by_tree_or_branch(rules, find("tree"))
    if refused:
        return refused
    for key, rule in rules.items():
        if key in _TREE_AND_BRANCH:
            continue
        if key in ("min_version", "max_version"):
            refused = _refused_by_version(key, rule, version)
        else:
            refused = _refused_by_value(key, rule, find(key))
        if refused:
            return refused
    return None


def _refused_by_tree_or_branch(rules: Rules, tree: Fact | None) -> str | None:
    """Judge tree and branch of the nearest dictionary that has a tree; without one, nothing."""
    if tree is None:
        return None
    here = tree.container
    combination = f"{here['tree']}:{here.get('branch')}"
    for key in _TREE_AND_BRANCH:
        rule = rules.get(key) or ()
        values = _split(value for value in rule if ":" not in value)
        combinations = _split(value for value in rule if ":" in value)
        if combination in combinations.allowed:
            return None  # it accepts at once: the other of the two is not looked at
        if combination in combinations.denied:
            return f"{key}: {combination} is denied"
        value = here.get(key)
        if value in values.denied:
            return f"{key}: {value} is denied"
        allowed = [*values.allowed, *combinations.allowed]
        if allowed and value not in values.allowed:
            told = combination if combinations.allowed else value
            return f"{key}: {told} is none of {', '.join(allowed)}"
    return None


def _refused_by_version(
    key: str, rule: Mapping[str, int], version: Mapping[str, Any]
) -> str | None:
    kernel = (version.get("version"), version.get("patchlevel"))
    if not all(isinstance(part, int) for part in kernel):
        return f"{key}: the version of the kernel is not known"
    limit = (rule["version"], rule["patchlevel"])
    if key == "min_version" and kernel < limit:
        return f"{key}: {kernel[0]}.{kernel[1]} is older than {limit[0]}.{limit[1]}"
    if key == "max_version" and kernel > limit:
        return f"{key}: {kernel[0]}.{kernel[1]} is newer than {limit[0]}.{limit[1]}"
    return None


def _refused_by_value(key: str, rule: list[str], fact: Fact | None) -> str | None:
    values = _split(rule)
    wanted = ", ".join(values.allowed)
    if fact is None:
        return f"{key}: there is none, and it has to be one of {wanted}" if wanted else None
    if isinstance(fact.value, list):
        denied = [value for value in fact.value if value in values.denied]
        if denied:
            return f"{key}: {denied[0]} is denied"
        if wanted and not any(value in values.allowed for value in fact.value):
            return f"{key}: it has none of {wanted}"
        return None
    if fact.value in values.denied:
        return f"{key}: {fact.value} is denied"
    if wanted and fact.value not in values.allowed:
        return f"{key}: {fact.value} is none of {wanted}"
    return None
