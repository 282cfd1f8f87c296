# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plain reference's `rules`: what they allow, and where values are looked up."""

from collections.abc import Iterator, Sequence
from typing import Any

Json = dict[str, Any]


def allowed(rules: Json | None, chain: Sequence[Json]) -> bool:
    """Tell whether rules allow a node; `chain` is the node, then its ancestors."""
    if not rules:
        return True
    of_tree = _find("tree", chain)
    if of_tree is not None and not _tree_and_branch(rules, of_tree["tree"], of_tree["branch"]):
        return False
    for key, rule in rules.items():
        if key in ("min_version", "max_version"):
            version = chain[0]["data"]["kernel_revision"]["version"]
            is_now = (version["version"], version["patchlevel"])
            limit = (rule["version"], rule["patchlevel"])
            if is_now < limit if key == "min_version" else is_now > limit:
                return False
        elif key not in ("tree", "branch"):
            holder = _find(key, chain)
            if not _value_allowed(rule, holder, key):
                return False
    return True


def _value_allowed(rule: Sequence[str], holder: Json | None, key: str) -> bool:
    yes, no = _sides(rule)
    if holder is None:
        return not yes
    value = holder[key]
    if isinstance(value, list):
        return not set(value) & set(no) and (not yes or bool(set(value) & set(yes)))
    return value not in no and (not yes or value in yes)


def _sides(rule: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what a rule allows and what it denies."""
    yes = [value for value in rule if not value.startswith("!")]
    return yes, [value[1:] for value in rule if value.startswith("!")]


def _tree_and_branch(rules: Json, tree: str, branch: str) -> bool:
    for key, value in (("tree", tree), ("branch", branch)):
        if key not in rules:
            continue
        yes, no = _sides(rules[key])
        if f"{tree}:{branch}" in yes:
            return True
        if f"{tree}:{branch}" in no or value in no:
            return False
        singles = [each for each in yes if ":" not in each]
        if (yes and not singles) or (singles and value not in singles):
            return False
    return True


def _find(key: str, chain: Sequence[Json]) -> Json | None:
    """Return the first dictionary that holds a value of that key, depth first, nearest node first.

    What is itself a dictionary is no value: it is gone into.
    """
    for node in chain:
        for name, holder in _values(node):
            if name == key:
                return holder
    return None


def _values(holder: Json) -> Iterator[tuple[str, Json]]:
    for name, value in holder.items():
        if isinstance(value, dict):
            yield from _values(value)
        else:
            yield name, holder
