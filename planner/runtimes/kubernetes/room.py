# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a cluster has left: allocatable minus requests, within the quotas of a namespace.

All objects are as the API gives them in JSON. CPU counts in thousandths, memory in MiB: what is
asked for is rounded up, what is there is rounded down.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

Object = Mapping[str, Any]

_MIB = 1 << 20
_KEEPS_AWAY = ("NoSchedule", "NoExecute")
# Quotas of these scopes do not count the pods of Jobs such as ours.
_OTHERS = {"Terminating", "BestEffort", "PriorityClass", "CrossNamespacePodAffinity"}


class Amount(NamedTuple):
    """Thousandths of a CPU, MiB of memory, and pods."""

    cpu: int = 0
    memory: int = 0
    pods: int = 0

    def plus(self, other: "Amount") -> "Amount":
        """Return both together."""
        return Amount(*(a + b for a, b in zip(self, other, strict=True)))

    def minus(self, other: "Amount") -> "Amount":
        """Return what is left of this without `other`; never less than nothing."""
        return Amount(*(max(0, a - b) for a, b in zip(self, other, strict=True)))

    def within(self, other: "Amount") -> "Amount":
        """Return the lesser of both, each by itself."""
        return Amount(*(min(a, b) for a, b in zip(self, other, strict=True)))

    def holds(self, request: "Amount") -> int:
        """Return how many times `request`, which asks for something, fits in."""
        return min(a // b for a, b in zip(self, request, strict=True) if b > 0)


_NO_LIMIT = Amount(1 << 40, 1 << 40, 1 << 40)


@dataclass(frozen=True)
class Room:
    """What one context has in all, what is free of that, and node by node.

    `waiting` counts the pods that no node has taken yet, and our Jobs that have no pod.
    """

    total: Amount
    free: Amount
    nodes: tuple[Amount, ...]
    running: int
    waiting: int

    def holds(self, request: Amount) -> int:
        """Return how many more of `request` can start now: each has to fit on one node."""
        return min(self.free.holds(request), sum(node.holds(request) for node in self.nodes))

    def without(self, request: Amount) -> "Room":
        """Return the room after `request` was sent there, to the node with most of it left."""
        nodes = sorted(self.nodes, key=lambda node: node.holds(request))
        if nodes:
            nodes[-1] = nodes[-1].minus(request)
        waiting = self.waiting + 1
        return replace(self, free=self.free.minus(request), nodes=tuple(nodes), waiting=waiting)


def room(
    nodes: Iterable[Object],
    pods: Sequence[Object],
    quotas: Iterable[Object],
    jobs: Iterable[Object],
) -> Room:
    """Return the room of a context.

    Args:
        nodes: all nodes; None of those that take no pods now counts.
        pods: the pods of all namespaces that have not ended.
        quotas: the quotas of the namespace where our Jobs are.
        jobs: our Jobs.
    """
    whole = {node["metadata"]["name"]: _allocatable(node) for node in nodes if _takes_pods(node)}
    left = dict(whole)
    bound: list[Object] = []
    unbound: list[Object] = []
    for pod in pods:
        name = pod["spec"].get("nodeName")
        (bound if name else unbound).append(pod)
        if name in left:
            left[name] = left[name].minus(pod_request(pod["spec"]))
    unfinished = [job for job in jobs if not is_finished(job)]
    with_pod = _owners(pods)
    bare = [
        pod_request(job["spec"]["template"]["spec"])
        for job in unfinished
        if job["metadata"]["uid"] not in with_pod
    ]
    free = _sum(left.values())
    for request in (*(pod_request(pod["spec"]) for pod in unbound), *bare):
        # What fits on no node however empty waits without end, and takes nothing from others.
        if any(node.holds(request) for node in whole.values()):
            free = free.minus(request)
    for quota in quotas:
        free = free.within(_left_by(quota, _sum(bare)))
    running = _owners(bound)
    return Room(
        total=_sum(whole.values()),
        free=free,
        nodes=tuple(left.values()),
        running=sum(job["metadata"]["uid"] in running for job in unfinished),
        waiting=len(unbound) + len(bare),
    )


def pod_request(spec: Object) -> Amount:
    """Return what a pod asks a node for: its containers together, or its largest first step."""
    steady = _sum(map(_container_request, spec.get("containers") or ()))
    largest = Amount()
    for container in spec.get("initContainers") or ():
        asked = _container_request(container)
        if container.get("restartPolicy") == "Always":
            steady = steady.plus(asked)  # it goes on beside the containers
        else:
            largest = Amount(*map(max, largest, asked))
    overhead = _amount(spec.get("overhead") or {}, up=True)
    return Amount(*map(max, steady, largest)).plus(overhead)._replace(pods=1)


def is_finished(job: Object) -> bool:
    """Tell whether a Job has ended, well or not."""
    return any(
        condition["type"] in ("Complete", "Failed") and condition["status"] == "True"
        for condition in job.get("status", {}).get("conditions") or ()
    )


def cpu(quantity: Any, *, up: bool) -> int:
    """Return thousandths of a CPU."""
    return _whole(_parsed(quantity) * 1000, up=up)


def memory(quantity: Any, *, up: bool) -> int:
    """Return MiB."""
    return _whole(_parsed(quantity) / _MIB, up=up)


def _takes_pods(node: Object) -> bool:
    spec, conditions = node.get("spec", {}), node.get("status", {}).get("conditions") or ()
    if spec.get("unschedulable"):
        return False
    if any(taint["effect"] in _KEEPS_AWAY for taint in spec.get("taints") or ()):
        return False
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _allocatable(node: Object) -> Amount:
    said = node["status"].get("allocatable") or {}
    return _amount(said, up=False)._replace(pods=int(_parsed(said.get("pods", 110))))


def _container_request(container: Object) -> Amount:
    resources = container.get("resources") or {}
    # The API fills in a missing request from the limit.
    return _amount(
        {**(resources.get("limits") or {}), **(resources.get("requests") or {})}, up=True
    )


def _amount(said: Object, *, up: bool) -> Amount:
    return Amount(cpu(said.get("cpu", 0), up=up), memory(said.get("memory", 0), up=up))


def _left_by(quota: Object, bare: Amount) -> Amount:
    """Return what a quota still allows to Jobs such as ours.

    `bare` is what Jobs ask for that have no pod yet: only a quota on Jobs has counted them.
    """
    spec, status = quota.get("spec") or {}, quota.get("status") or {}
    scopes = {*(spec.get("scopes") or ())}
    selector = spec.get("scopeSelector") or {}
    scopes |= {each.get("scopeName") for each in selector.get("matchExpressions") or ()}
    if scopes & _OTHERS:
        return _NO_LIMIT
    hard, used = status.get("hard") or {}, status.get("used") or {}

    def left(names: Sequence[str], unit: Callable[..., int]) -> int:
        named = [name for name in names if name in hard]
        rest = [unit(hard[name], up=False) - unit(used.get(name, 0), up=True) for name in named]
        return min(rest, default=_NO_LIMIT.pods)

    pods = Amount(
        cpu=left(("cpu", "requests.cpu", "limits.cpu"), cpu),
        memory=left(("memory", "requests.memory", "limits.memory"), memory),
        pods=left(("pods", "count/pods"), _count),
    )
    jobs = Amount(pods.cpu, pods.memory, left(("count/jobs.batch",), _count))
    return pods.minus(bare).within(jobs).minus(Amount())


def _owners(pods: Iterable[Object]) -> set[str]:
    owners = [pod["metadata"].get("ownerReferences") or () for pod in pods]
    return {owner["uid"] for each in owners for owner in each}


def _sum(amounts: Iterable[Amount]) -> Amount:
    total = Amount()
    for amount in amounts:
        total = total.plus(amount)
    return total


def _parsed(quantity: Any) -> Decimal:
    from kubernetes.utils import parse_quantity  # it costs as much as the whole client

    parsed = parse_quantity(quantity)
    assert isinstance(parsed, Decimal)
    return parsed


def _count(quantity: Any, *, up: bool) -> int:
    return _whole(_parsed(quantity), up=up)


def _whole(number: Decimal, *, up: bool) -> int:
    return math.ceil(number) if up else math.floor(number)
