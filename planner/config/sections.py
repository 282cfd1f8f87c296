# SPDX-License-Identifier: LGPL-2.1-or-later
"""KernelCI's own sections, item by item: jobs, platforms, runtimes, build configs, tables.

KernelCI's keys that we do not know are tolerated; an item that cannot be understood is left out
and named.
"""

from collections.abc import Iterator
from typing import Any

from models import BuildConfig, Job, Platform, Runtime
from planner.config.findings import Findings
from planner.config.located import LocatedMap, Mark, plain
from planner.config.rules import check_frequency, rules_understood

_PRIORITIES = ("low", "medium", "high")


def read_jobs(tree: LocatedMap, findings: Findings) -> dict[str, Job]:
    """Return the items of `jobs:` by name."""
    jobs = {}
    for name, item, mark in _items(tree, "jobs", findings):
        subject = f"jobs.{name}"
        if not rules_understood(item, mark, subject, findings):
            continue
        check_frequency(item, mark, subject, findings)
        job = findings.read(Job, _named(item, name, mark), item, mark, subject)
        if job:
            _check_priority(job.priority, item, subject, findings)
            jobs[name] = job
    return jobs


def read_platforms(tree: LocatedMap, findings: Findings) -> dict[str, Platform]:
    """Return the items of `platforms:` by name; an empty one has all the defaults."""
    platforms = {}
    for name, item, mark in _items(tree, "platforms", findings):
        subject = f"platforms.{name}"
        if not rules_understood(item, mark, subject, findings):
            continue
        platform = findings.read(Platform, _named(item, name, mark), item, mark, subject)
        if platform:
            platforms[name] = platform
    return platforms


def read_runtimes(tree: LocatedMap, findings: Findings) -> dict[str, Runtime]:
    """Return the items of `runtimes:` by name; keys that no field has are its `params`."""
    runtimes = {}
    for name, item, mark in _items(tree, "runtimes", findings):
        subject = f"runtimes.{name}"
        if not rules_understood(item, mark, subject, findings):
            continue
        data = _named(item, name, mark)
        context = data.pop("context", ())
        data["contexts"] = (context,) if isinstance(context, str) else context
        data["params"] = {key: data[key] for key in data if key not in Runtime.model_fields}
        runtime = findings.read(Runtime, data, item, mark, subject)
        if runtime:
            runtimes[name] = runtime
    return runtimes


def read_build_configs(tree: LocatedMap, findings: Findings) -> dict[str, BuildConfig]:
    """Return the items of `build_configs:` by name."""
    configs = {}
    for name, item, mark in _items(tree, "build_configs", findings):
        subject = f"build_configs.{name}"
        config = findings.read(BuildConfig, _named(item, name, mark), item, mark, subject)
        if config:
            _check_priority(config.priority, item, subject, findings)
            configs[name] = config
    return configs


def read_table(tree: LocatedMap, section: str, findings: Findings) -> dict[str, dict[str, Any]]:
    """Return a section of which only the names matter to us, such as `trees:`."""
    return {name: plain(item) for name, item, _ in _items(tree, section, findings)}


def read_apis(tree: LocatedMap, findings: Findings) -> dict[str, str]:
    """Return the URL of each item of `api:`."""
    urls = {}
    for name, item, mark in _items(tree, "api", findings):
        url = item.get("url")
        if isinstance(url, str):
            urls[name] = url
        else:
            text = f"api.{name} has no url; it is left out"
            findings.lose(mark, "missing_key", f"api.{name}", text)
    return urls


def _items(
    tree: LocatedMap, section: str, findings: Findings
) -> Iterator[tuple[str, LocatedMap, Mark]]:
    """Yield name, content and place of each item of a section; an empty item is an empty map."""
    content = tree.get(section)
    if content is None:
        return
    if not isinstance(content, LocatedMap):
        text = f"section {section!r} is no mapping of names; it is left out"
        findings.lose(tree.key_marks[section], "bad_value", section, text)
        return
    for name, item in content.items():
        mark = content.key_marks[name]
        if item is None:
            item = LocatedMap(mark)
        if isinstance(item, LocatedMap):
            yield str(name), item, mark
        else:
            text = f"{section}.{name} is no mapping; it is left out"
            findings.lose(mark, "bad_value", f"{section}.{name}", text)


def _named(item: LocatedMap, name: str, mark: Mark) -> dict[str, Any]:
    """Return an item's data with its name and place; keys without a value count as absent."""
    data = {key: plain(value) for key, value in item.items() if value is not None}
    return {**data, "name": name, "where": mark.where}


def _check_priority(
    priority: int | str | None, item: LocatedMap, subject: str, findings: Findings
) -> None:
    """Say so where a priority is neither low, medium or high nor a number from 0 to 100."""
    if priority is None or priority in _PRIORITIES:
        return
    if isinstance(priority, int) and 0 <= priority <= 100:
        return
    text = f"{subject}: priority {priority!r} is not low, medium, high or 0 to 100"
    findings.note(item.value_marks["priority"], "bad_priority", subject, text)
