# SPDX-License-Identifier: LGPL-2.1-or-later
"""What room there is for a run right before it is sent: what was told, less what was sent since."""

from collections import Counter
from collections.abc import Iterator

from models import (
    Alike,
    Catalog,
    ContextCapacity,
    Order,
    Reason,
    ReasonCode,
    Runtime,
    RuntimeCapacity,
)
from planner.candidates import UNLIMITED, open_queues
from planner.cycle.memory import Rivals
from planner.estimates import Needs, needs


def no_room(
    order: Order, catalog: Catalog, told: RuntimeCapacity | None, known: Rivals
) -> Reason | None:
    """Return why there is no room any more where a plan puts a run, None if there is.

    `told` is what the plan counted with, of the run's runtime.
    """
    runtime = catalog.runtimes.get(order.runtime)
    if runtime is None or told is None or not told.known:
        return None
    queues = open_queues(runtime, told, order.device_type)
    if isinstance(queues, Reason):
        return queues
    queue = next((one for one in queues if one.context == (order.context or "")), None)
    if queue is None:
        text = f"context {order.context} of {order.runtime} does not answer any more"
        return Reason.of(ReasonCode.NO_DEVICE, text)
    ceiling = queue.ceiling(order.priority)
    shared = (told.contexts or {}).get(queue.context)
    if shared is None and ceiling >= UNLIMITED:
        return None
    alike = Alike(told.taken or order.intended, context=order.context, there=True)
    if told.devices is not None:
        alike = alike._replace(device_type=order.device_type, priority=order.priority)
    sent = known.rivals(order, alike)
    where = f"{order.runtime}/{order.context or order.device_type}"
    if sent.total() >= ceiling:
        text = f"{where} took {ceiling} more runs when it was asked, and got {sent.total()} since"
        return Reason.of(ReasonCode.QUEUE_FULL, text)
    if shared is None:
        return None
    taken = _needs(catalog, runtime, sent)
    own = _needs(catalog, runtime, Counter([(order.job, order.platform)]))
    return next(_short(where, shared, taken, own), None)


def _short(where: str, shared: ContextCapacity, taken: Needs, own: Needs) -> Iterator[Reason]:
    _, *left = shared.left
    for what, most, used, asked in zip(("m of CPU", "MiB"), left, taken, own, strict=True):
        if most is not None and used + asked > most:
            text = f"{where} had {most} {what} left when it was asked, what it got since takes"
            text += f" {used} of that, and this run needs {asked}"
            yield Reason.of(ReasonCode.RESOURCES, text)


def _needs(catalog: Catalog, runtime: Runtime, loads: Counter[tuple[str, str]]) -> Needs:
    """Return what runs take together, by job and platform; those gone from the YAML say nothing."""
    cpu = memory = 0
    for (job, platform), runs in loads.items():
        if job in catalog.jobs and platform in catalog.platforms:
            each = needs(catalog.jobs[job], catalog.platforms[platform], runtime)
            cpu, memory = cpu + runs * each.cpu, memory + runs * each.memory
    return Needs(cpu, memory)
