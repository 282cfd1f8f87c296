# SPDX-License-Identifier: LGPL-2.1-or-later
"""Entries as YAML, in the order of keys in which people write them, and back."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import yaml

from models import Entry, Runs
from planner.config.findings import Findings
from planner.config.scheduler import read_entries
from planner.config.yaml_file import parse_yaml

WIDTH = 100
_NAME = "suggestion"


def entries_as_yaml(entries: Iterable[Entry]) -> str:
    """Return the entries as a list that can stand under `scheduler:`."""
    items = [dict(_keys(entry)) for entry in entries]
    return yaml.safe_dump(
        items, sort_keys=False, default_flow_style=None, allow_unicode=True, width=WIDTH
    )


def entries_of_yaml(text: str) -> tuple[Entry, ...]:
    """Return the entries that such a list says, read as the configuration itself is."""
    tree, _ = parse_yaml(f"scheduler:\n{text}".encode(), _NAME)
    findings = Findings()
    entries = read_entries(tree, {}, findings)
    assert not findings.malformed, findings.malformed
    return entries


def _keys(entry: Entry) -> Iterator[tuple[str, Any]]:
    yield "job", entry.job
    channel = {} if entry.channel is None else {"channel": entry.channel}
    yield "event", {**channel, **entry.event}
    yield "runtime", _runtime(entry)
    if entry.platforms is not None:
        yield "platforms", list(entry.platforms)
    if entry.criteria is not None:
        yield "criteria", {key: _alone(values) for key, values in entry.criteria.items()}
    if entry.runs is not None:
        yield "runs", _runs(entry.runs)
    if entry.rules is not None:
        yield "rules", entry.rules


def _runtime(entry: Entry) -> dict[str, Any]:
    kind = {} if entry.runtime_type is None else {"type": str(entry.runtime_type)}
    match entry.runtime_names:
        case ():
            return kind
        case (name,):
            return {**kind, "name": name}
        case names:
            after = {} if entry.runtime_after is None else {"after": entry.runtime_after}
            return {**kind, "names": list(names), **after}


def _runs(runs: Runs) -> dict[str, Any]:
    variant = {"variant": _alone(runs.variant)} if runs.variant else {}
    mode = {"mode": str(runs.mode)} if "mode" in runs.model_fields_set else {}
    return {"number": runs.number, **variant, **mode}


def _alone(values: Sequence[str]) -> str | list[str]:
    """Return a lone value by itself, several as a list."""
    texts = [str(value) for value in values]
    return texts[0] if len(texts) == 1 else texts
