# SPDX-License-Identifier: LGPL-2.1-or-later
"""The contracts of the labs as they stand at one moment: what is refused, what is limited."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from models import (
    Capacity,
    Catalog,
    Contract,
    Reason,
    ReasonCode,
    Request,
    RuntimeCapacity,
)
from planner.candidates.hours import Hours, hours_of


@dataclass(frozen=True)
class Quota:
    """At most `limit` runs of one tree or job may be sent to a runtime in this cycle."""

    runtime: str
    by: str  # "tree" or "job"
    name: str
    limit: int

    def __str__(self) -> str:
        return f"{self.by} {self.name}"

    def counts(self, job: str, tree: str | None) -> bool:
        """Tell whether runs of that job and tree count against this quota."""
        return self.name == (tree if self.by == "tree" else job)


@dataclass(frozen=True)
class Terms:
    """What the contract of one runtime says now.

    `closes_in` is in seconds, 0 where the lab is closed and None where it does not close.
    `share` is how many more runs the largest share leaves, None where there is none.
    """

    runtime: str
    contract: Contract
    hours: Hours
    opens: datetime
    closes_in: int | None
    share: int | None
    quotas: tuple[Quota, ...]

    def refuse(self, job: str, tree: str | None, duration_s: int) -> Reason | None:
        """Return why no such run may be sent there now, whatever else is sent."""
        most = self.contract.max_duration
        if most is not None and duration_s > most:
            text = (
                f"a run is expected to take {duration_s} s"
                f" and the contract of {self.runtime} allows {most} s"
            )
            return Reason.of(ReasonCode.LAB_DURATION, text)
        for quota in self.quotas:
            if quota.limit == 0 and quota.counts(job, tree):
                text = f"the contract of {self.runtime} admits no runs of {quota}"
                return Reason.of(ReasonCode.LAB_QUOTA, text)
        if self.closes_in == 0:
            return self._closed(f"it opens again at {self.opens:%Y-%m-%d %H:%M}")
        return None

    def too_late(self, wait_s: int) -> Reason | None:
        """Return why a run that waits so long would start in closed hours."""
        if self.closes_in is None or wait_s < self.closes_in:
            return None
        return self._closed(f"it closes in {self.closes_in} s and the queue is about {wait_s} s")

    def _closed(self, text: str) -> Reason:
        return Reason.of(
            ReasonCode.LAB_HOURS, f"{self.runtime} may be used {self.hours.text} UTC; {text}"
        )


class Contracts:
    """The terms of each runtime that has a contract."""

    def __init__(self, catalog: Catalog, capacity: Capacity, now: datetime) -> None:
        found = {name: terms(catalog, capacity, name, now) for name in catalog.runtimes}
        self._terms = {name: said for name, said in found.items() if said is not None}

    def of(self, runtime: str) -> Terms | None:
        """Return the terms of a runtime, None where it has no contract."""
        return self._terms.get(runtime)

    def shares(self) -> dict[str, int]:
        """Return how many more runs each runtime takes whose contract names a largest share."""
        return {n: t.share for n, t in sorted(self._terms.items()) if t.share is not None}

    def quotas(self, requests: Iterable[Request]) -> Iterator[tuple[Quota, frozenset[int]]]:
        """Yield each quota that limits several runs, with the positions of `requests` it counts."""
        by_name: Mapping[str, dict[str | None, set[int]]] = {"tree": {}, "job": {}}
        for position, request in enumerate(requests):
            tree = request.revision.tree if request.revision else None
            by_name["tree"].setdefault(tree, set()).add(position)
            by_name["job"].setdefault(request.job, set()).add(position)
        for _, terms in sorted(self._terms.items()):
            for quota in terms.quotas:
                counted = by_name[quota.by].get(quota.name)
                if quota.limit and counted:
                    yield quota, frozenset(counted)


def terms(catalog: Catalog, capacity: Capacity, runtime: str, now: datetime) -> Terms | None:
    """Return what the contract of a runtime says now, None where it has none."""
    contract = catalog.contract(runtime) if runtime in catalog.runtimes else None
    if contract is None:
        return None
    hours, quotas = hours_of(contract.windows), contract.quotas
    return Terms(
        runtime=runtime,
        contract=contract,
        hours=hours,
        opens=hours.opens(now),
        closes_in=hours.closes_in(now),
        share=_share(contract, capacity.runtimes.get(runtime)),
        quotas=tuple(
            Quota(runtime, by, name, limit)
            for by, limits in (("tree", quotas.tree), ("job", quotas.job))
            for name, limit in limits.items()
        ),
    )


def _share(contract: Contract, capacity: RuntimeCapacity | None) -> int | None:
    """Return how many more runs the largest share leaves; None if nobody knows what there is."""
    if contract.max_share is None or capacity is None or not capacity.known:
        return None
    if capacity.devices is not None:
        there = sum(device.devices for device in capacity.devices.values())
        taken = sum(device.running + device.queue for device in capacity.devices.values())
    elif capacity.slots is not None:
        there, taken = capacity.slots, capacity.running
    else:
        return None
    return max(0, int(contract.max_share * there) - taken)
