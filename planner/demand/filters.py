# SPDX-License-Identifier: LGPL-2.1-or-later
"""KernelCI's filters, which say no to jobs that an event asks for.

They come in this order, and the first that says no is the reason: frequency of the job on the
platform, the node's architecture filter, the entry's rules, the node's jobfilter, the job's rules,
the runtime's rules, the node's platform filter, the platform's rules.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from models import Entry, Job, Reason, ReasonCode, Rules
from planner.demand.facts import Fact, Facts, flatten
from planner.demand.rules import refusal
from planner.demand.subject import Subject
from planner.demand.wishes import Target

RanSince = Callable[[str, str, str, str, datetime, datetime], bool]

_FREQUENCY = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")
_SHORTEST = timedelta(seconds=60)
_EARLIEST = datetime.min.replace(tzinfo=UTC)

# What a new node of kind `job` takes over from its parent, present even if the parent has none.
_INHERITED = ("kernel_type", "arch", "defconfig", "config_full", "compiler")
# What differs between the new nodes of one parent. Rules that ask for nothing of it decide the
# same for all of them.
_OWN = frozenset({"kind", "name", "path", "group", "runtime", "platform", *_INHERITED})


class Filters:
    """The filters for one subject; whatever can be decided for several places is decided once."""

    def __init__(self, subject: Subject, ran_since: RanSince) -> None:
        self._subject = subject
        self._ran_since = ran_since
        self._revision = flatten(subject.revision)
        self._decided: dict[tuple[Any, ...], str | None] = {}
        self._of_entry: dict[str, JobFilters] = {}

    def of_job(self, entry: Entry, job: Job) -> "JobFilters":
        """Return the filters for the job that `entry` asks for."""
        if entry.id not in self._of_entry:
            self._of_entry[entry.id] = JobFilters(self, entry, job)
        return self._of_entry[entry.id]

    def frequency(self, job: Job, period: timedelta, platform: str) -> str | None:
        """Return why the job ran on `platform` within a `period` already, None if it did not."""
        tree, branch = (self._subject.revision.get(key) for key in ("tree", "branch"))
        if tree is None or branch is None:
            return None
        now = self._subject.moment
        since = now - min(period, now - _EARLIEST)
        # Nodes that were made after the event may be what became of it.
        if not self._ran_since(job.name, tree, branch, platform, since, self._subject.happened):
            return None
        often = job.params["frequency"]
        return f"job '{job.name}' ran on {platform} for {tree}:{branch} less than {often} ago"

    def architecture(self, job: Job) -> str | None:
        """Return why the node's architecture filter excludes a build, None if it does not."""
        wanted = self._subject.node["data"].get("architecture_filter")
        if job.kind != "kbuild" or not isinstance(wanted, list) or "arch" not in job.params:
            return None
        arch = job.params["arch"]
        if not wanted or arch in wanted:
            return None
        return f"architecture_filter of the node: {arch} is not in {_listed(wanted)}"

    def jobfilter(self, job: Job) -> str | None:
        """Return why the node's jobfilter excludes the job, None if it does not.

        It lets a job pass by its name, or by an ancestor's (or its own) with a + behind it.
        """
        names = self._subject.jobfilter
        if not names or job.name in names:
            return None
        path = {*self._subject.path, job.name}
        if any(name.endswith("+") and name.rstrip("+") in path for name in names):
            return None
        return f"jobfilter of the node: '{job.name}' is not in {_listed(names)}"

    def platform_filter(self, job: Job, platform: str) -> str | None:
        """Return why the node's platform filter excludes a test, None if it does not."""
        names = self._subject.platform_filter
        if job.kind != "job" or not names or platform in names:
            return None
        return f"platform_filter of the node: {platform} is not in {_listed(names)}"

    def refused(self, rules: Rules | None, own: Facts) -> str | None:
        """Return which of `rules` refuses a node whose own facts are `own`, None if none does."""
        if not rules:
            return None
        asked = (own.get(key) for key in rules if key in _OWN)
        key = (id(rules), *(None if fact is None else str(fact.value) for fact in asked))
        if key not in self._decided:
            self._decided[key] = refusal(
                rules,
                lambda key: own.get(key) or self._subject.lineage.find(key),
                self._subject.version,
            )
        return self._decided[key]

    def new_node(self, job: Job) -> Facts:
        """Return the facts of the node that would be made, as it is when job rules are checked."""
        node = self._subject.node
        top: Mapping[str, Any] = {
            "kind": job.kind,
            "parent": node.get("id"),
            "name": job.name,
            "path": [*self._subject.path, job.name],
            "group": job.name,
            "treeid": node.get("treeid"),
            "submitter": node.get("submitter"),
        }
        filters = {
            "jobfilter": list(self._subject.jobfilter),
            "platform_filter": list(self._subject.platform_filter),
        }
        facts = {key: Fact(value, top) for key, value in top.items()}
        facts = {**self._revision, **facts}
        facts |= {key: Fact(value, top) for key, value in filters.items() if value}
        return facts

    def inherited(self, job: Job) -> Facts:
        """Return the facts that a test's node takes over from its parent."""
        data = self._subject.node["data"]
        keys = _INHERITED if job.kind == "job" else ()
        return {key: Fact(data.get(key), data) for key in keys}


class JobFilters:
    """The filters for one job of one entry; `reason` is why it is wanted nowhere, or None."""

    def __init__(self, filters: Filters, entry: Entry, job: Job) -> None:
        self._filters, self._job, self._period = filters, job, frequency_of(job)
        self._node = filters.new_node(job)
        self.reason = self._refused_everywhere(entry)
        self._placed = {**self._node, **filters.inherited(job)}

    def refuse(self, target: Target) -> Reason | None:
        """Return why the job is not wanted in a place, None if it is."""
        filters, job = self._filters, self._job
        runtime, platform = target.runtime, target.platform
        if self._period is not None:
            text = filters.frequency(job, self._period, platform.name)
            if text:
                return Reason.of(ReasonCode.FREQUENCY, text)
        if self.reason is not None:
            return self.reason
        here = {"runtime": Fact(runtime.name, {})}
        if text := self._refused(runtime.rules, here):
            return _reason(ReasonCode.RUNTIME_RULE, f"runtime {runtime.name}", text)
        if text := filters.platform_filter(job, platform.name):
            return Reason.of(ReasonCode.PLATFORM_FILTER, text)
        here["platform"] = Fact(platform.name, {})
        if text := self._refused(platform.rules, here):
            return _reason(ReasonCode.PLATFORM_RULE, f"platform {platform.name}", text)
        return None

    def _refused(self, rules: Rules | None, here: Facts) -> str | None:
        """Return which of `rules` refuses the node that would be made `here`."""
        # Most places have none, and there are many places.
        return self._filters.refused(rules, {**self._placed, **here}) if rules else None

    def _refused_everywhere(self, entry: Entry) -> Reason | None:
        filters, job = self._filters, self._job
        if text := filters.architecture(job):
            return Reason.of(ReasonCode.ARCHITECTURE_FILTER, text)
        if text := filters.refused(entry.rules, {}):
            return _reason(ReasonCode.ENTRY_RULE, f"the entry at {entry.id}", text)
        if text := filters.jobfilter(job):
            return Reason.of(ReasonCode.JOBFILTER, text)
        if text := filters.refused(job.rules, self._node):
            return _reason(ReasonCode.JOB_RULE, f"job {job.name}", text)
        return None


def frequency_of(job: Job) -> timedelta | None:
    """Return the job's param `frequency`, `[Nd][Nh][Nm]`; None where it sets no limit."""
    told = job.params.get("frequency")
    match = _FREQUENCY.match(str(told)) if told else None
    if match is None:
        return None
    days, hours, minutes = (int(part or 0) for part in match.groups())
    try:
        period = timedelta(days=days, hours=hours, minutes=minutes)
    except OverflowError:
        return timedelta.max
    return period if period >= _SHORTEST else None


def _reason(code: ReasonCode, owner: str, text: str) -> Reason:
    return Reason.of(code, f"rule of {owner}: {text}")


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(map(str, names))
