# SPDX-License-Identifier: LGPL-2.1-or-later
"""KernelCI's semantics written down once more: plain, slow, and apart from the planner.

This is the documentation as a program. It knows nothing of the planner's catalog, events or
nodes: it takes the configuration as the YAML has it, items of `/events` and nodes of the API, and
does each step for each place anew, in the order in which the documentation tells of them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.demand.reference_rules import Json, allowed

FILTERS = ("jobfilter", "platform_filter")


class Triple(NamedTuple):
    """One run that is asked for, below one node and for one retry."""

    parent: str
    job: str
    retry: int
    runtime: str
    platform: str


class Created(NamedTuple):
    """A node that exists, as the frequency filter sees it."""

    name: str
    tree: str
    branch: str
    platform: str
    at: datetime


def read_sections(folder: Path) -> Json:
    """Return what the YAML files of a folder say together: mappings updated, lists extended."""
    merged: Json = {"jobs": {}, "platforms": {}, "runtimes": {}, "scheduler": []}
    for path in sorted(folder.rglob("*.yaml")):
        sections = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        for key, known in merged.items():
            if isinstance(known, list):
                merged[key] = known + sections.get(key, [])
            else:
                merged[key] = known | sections.get(key, {})
    return merged


def expected(
    config: Json, events: Iterable[Json], nodes: Sequence[Json]
) -> dict[Triple, set[str | None]]:
    """Return every place that the events ask for, with the answers: None for yes, or what said no.

    What one entry asks for is created before the next is looked at; whoever asks for the same
    again gets no second node. A node that is not among `nodes` is as its event has it.
    """
    known = {node["id"]: node for node in nodes}
    created = [_created(node) for node in nodes]
    answers: dict[Triple, set[str | None]] = {}
    served: set[tuple[Any, ...]] = set()
    for item in events:
        said, at = item["data"], _moment(item["timestamp"])
        for entry in config["scheduler"]:
            if not fires(entry["event"], item["channel"], said):
                continue
            parent = _with_filters(known.get(said["id"]) or said, said)
            for job, runtimes, platform in wanted(entry, config):
                about = (parent["id"], job["name"], said.get("retry_counter", 0))
                same = (*about, *entry["runtime"].items(), platform["name"])
                if same in served:
                    continue
                made = []
                for runtime in runtimes:
                    new = new_node(job, parent)
                    no = refusal(entry, job, runtime, platform, parent, new, known, created, at)
                    triple = Triple(*about, runtime["name"], platform["name"])
                    answers.setdefault(triple, set()).add(no)
                    if no is None:
                        made.append(_created(new | {"created": item["timestamp"]}))
                if made:
                    served.add(same)
                    created += made
    return answers


def _with_filters(node: Json, said: Json) -> Json:
    """Return the node with the filters that count: lists, the event's own before the node's."""
    kept = {key: value for key, value in node.items() if key not in FILTERS}
    for key in FILTERS:
        for told in (node, said):
            if told.get(key) and isinstance(told[key], list):
                kept[key] = told[key]
    return kept


def _created(node: Json) -> Created:
    revision, platform = node["data"]["kernel_revision"], node["data"].get("platform")
    about = (node["name"], revision["tree"], revision["branch"], platform)
    return Created(*about, _moment(node["created"]))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def fires(asked: Json, channel: str, said: Json) -> bool:
    """Tell whether an event fulfils what an entry asks for, and did not fulfil it before."""
    if asked["channel"] != channel and not (channel == "retry" and asked["channel"] == "node"):
        return False
    if not _agree(asked, said):
        return False
    if said.get("op") == "updated" and "previous_state" in said:
        before = {"state": said["previous_state"], "result": said.get("previous_result")}
        return not _agree(asked, said | before)
    return True


def _agree(asked: Json, said: Json) -> bool:
    for key, value in asked.items():
        if key != "channel" and (key not in said or said[key] != value):
            return False
    return True


def wanted(entry: Json, config: Json) -> Iterator[tuple[Json, list[Json], Json]]:
    """Yield (job, runtimes, platform) of an entry, as far as the configuration knows them."""
    named = {
        section: {name: {"name": name} | (item or {}) for name, item in config[section].items()}
        for section in ("jobs", "runtimes", "platforms")
    }
    job = named["jobs"].get(entry["job"])
    runtimes = [
        runtime
        for name, runtime in named["runtimes"].items()
        if name == entry["runtime"].get("name", name)
        and ("name" in entry["runtime"] or runtime["lab_type"] == entry["runtime"]["type"])
    ]
    if job is None or not runtimes:
        return
    for name in entry.get("platforms") or [runtimes[0]["lab_type"]]:
        if name in named["platforms"]:
            yield job, runtimes, named["platforms"][name]


def new_node(job: Json, parent: Json) -> Json:
    """Return the node that would be made for a job, before anything is copied onto it."""
    filters = {key: parent[key] for key in FILTERS if key in parent}
    return {
        "kind": job.get("kind", "node"),
        "parent": parent["id"],
        "name": job["name"],
        "path": [*parent["path"], job["name"]],
        "group": job["name"],
        "artifacts": {},
        "treeid": parent.get("treeid"),
        "submitter": parent.get("submitter"),
        "data": {"kernel_revision": parent["data"]["kernel_revision"]},
    } | filters


def refusal(
    entry: Json,
    job: Json,
    runtime: Json,
    platform: Json,
    parent: Json,
    new: Json,
    known: Mapping[str, Json],
    created: Sequence[Created],
    at: datetime,
) -> str | None:
    """Return the first filter that says no, in their order; None if none does.

    `new` is completed on the way, so that each filter sees it as far as it is by then.
    """
    above = [parent, *_ancestors(parent, known)]
    params = job.get("params", {})
    if _too_often(params.get("frequency"), new, platform["name"], created, at):
        return "frequency"
    only = parent["data"].get("architecture_filter")
    if job.get("kind") == "kbuild" and only and "arch" in params and params["arch"] not in only:
        return "architecture_filter"
    if not allowed(entry.get("rules"), above):
        return "entry_rule"
    if "jobfilter" in new and not _in_jobfilter(new, new["jobfilter"]):
        return "jobfilter"
    if not allowed(job.get("rules"), [new, *above]):
        return "job_rule"
    if job.get("kind") == "job":
        for key in ("kernel_type", "arch", "defconfig", "config_full", "compiler"):
            new["data"][key] = parent["data"].get(key)
    new["data"]["runtime"] = runtime["name"]
    if not allowed(runtime.get("rules"), [new, *above]):
        return "runtime_rule"
    only = new.get("platform_filter", [platform["name"]])
    if job.get("kind") == "job" and platform["name"] not in only:
        return "platform_filter"
    new["data"]["platform"] = platform["name"]
    if not allowed(platform.get("rules"), [new, *above]):
        return "platform_rule"
    return None


def _ancestors(node: Json, known: Mapping[str, Json]) -> Iterator[Json]:
    while node.get("parent") in known:
        node = known[node["parent"]]
        yield node


def _too_often(
    frequency: str | None, new: Json, platform: str, created: Sequence[Created], at: datetime
) -> bool:
    match = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?", frequency or "")
    days, hours, minutes = (int(number or 0) for number in match.groups()) if match else (0, 0, 0)
    window = timedelta(days=days, hours=hours, minutes=minutes)
    if window < timedelta(seconds=60):
        return False
    revision = new["data"]["kernel_revision"]
    about = (new["name"], revision["tree"], revision["branch"], platform)
    return any(made[:4] == about and at - window <= made.at <= at for made in created)


def _in_jobfilter(new: Json, jobfilter: Sequence[str]) -> bool:
    below = [name[:-1] for name in jobfilter if name.endswith("+")]
    return new["name"] in jobfilter or any(name in [*new["path"], new["name"]] for name in below)
