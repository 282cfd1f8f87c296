# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Kubernetes runtime: pods that ask for CPU and memory, on the nodes of its contexts."""

from dataclasses import dataclass
from datetime import datetime

from models import RuntimeCapacity
from planner.simulate.fleet import LabSpec
from planner.simulate.labs.lab import Item, SimulatedLab, World

# What a pod asks for: a build needs much, anything else little.
BUILD, OTHER = (8, 16), (1, 2)


@dataclass
class _Node:
    name: str
    cpu: int
    memory_gb: int

    def fits(self, cpu: int, memory_gb: int) -> bool:
        return self.cpu >= cpu and self.memory_gb >= memory_gb


class KubernetesLab(SimulatedLab):
    """Pods go where most is left, as Kubernetes spreads them; what fits nowhere is pending."""

    def __init__(self, world: World, spec: LabSpec) -> None:
        super().__init__(world, spec)
        self._nodes = [
            _Node(f"{context}/node-{n:02}", machine.cpu, machine.memory_gb)
            for context, machines in sorted(spec.machines.items())
            for n, machine in enumerate(machines, start=1)
        ]
        self._pending: list[Item] = []
        self._slots = self._room()

    def capacity(self, now: datetime) -> RuntimeCapacity:
        """Return room in units of a build."""
        slots = 0 if self.closed else self._slots
        taken = self._slots - self._room() + len(self._pending)
        return RuntimeCapacity(runtime=self.name, slots=slots, running=taken, taken=now)

    def take(self, item: Item) -> None:
        """Start a pod, or leave it pending."""
        self._pending.append(item)
        self.start_waiting()

    def start_waiting(self) -> None:
        """Place pending pods in their order; one that fits nowhere does not stop the others."""
        if self.closed:
            return
        pending, self._pending = self._pending, []
        for item in pending:
            cpu, memory_gb = _asked(item)
            fitting = [node for node in self._nodes if node.fits(cpu, memory_gb)]
            if not fitting:
                self._pending.append(item)
                continue
            node = max(fitting, key=lambda one: (one.cpu, one.memory_gb))
            node.cpu -= cpu
            node.memory_gb -= memory_gb

            def free(item: Item, node: _Node = node) -> None:
                cpu, memory_gb = _asked(item)
                node.cpu += cpu
                node.memory_gb += memory_gb
                self.start_waiting()

            self.run(item, node.name, free)

    def _room(self) -> int:
        cpu, memory_gb = BUILD
        return sum(min(n.cpu // cpu, n.memory_gb // memory_gb) for n in self._nodes)


def _asked(item: Item) -> tuple[int, int]:
    assert item.dispatch is not None
    return BUILD if item.dispatch.order.kind == "kbuild" else OTHER
