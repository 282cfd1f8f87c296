# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is looked at once more right before a run is sent: a lab's contract and its room."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from models import (
    Alike,
    Capacity,
    CapacitySource,
    Catalog,
    Contact,
    Order,
    Reason,
    ReasonCode,
    RuntimeCapacity,
    UnknownCapacity,
)
from planner.candidates import Terms, terms
from planner.config import read_capacity
from planner.cycle.memory import Rivals
from planner.cycle.room import no_room


def remembered_capacity(
    catalog: Catalog, path: Path | None, contacts: Mapping[str, Contact], now: datetime
) -> Capacity:
    """Return what is declared of every runtime, and what those told last that had to tell.

    `taken` is when that was, None where nobody told it.

    Raises:
        PlannerError: if the capacity file at `path` cannot be used.
    """
    declared = read_capacity(catalog, path, now)
    known = {}
    for name, capacity in declared.runtimes.items():
        contact = contacts.get(name)
        last = None if contact is None else _counts(contact, capacity)
        if last is not None:
            said = {key: getattr(last, key) for key in last.model_fields_set}
            known[name] = capacity.model_copy(update={"known": True, **said})
        else:
            known[name] = capacity.model_copy(update={"taken": None})
    return declared.model_copy(update={"runtimes": known})


def _counts(contact: Contact, declared: RuntimeCapacity) -> RuntimeCapacity | None:
    """Return what a runtime told last, if plans count with it."""
    asked = declared.source is not CapacitySource.STATIC or not declared.known
    answers = contact.failures == 0 and not contact.refused
    if declared.reported or not asked:
        return None
    return contact.last if answers or declared.unknown is UnknownCapacity.LAST_KNOWN else None


class AtSending:
    """Says why a run may not go where its plan puts it, by the time and the counts of the moment.

    `capacity` is what the plan counted with; what was sent since then is counted here.
    """

    def __init__(
        self, catalog: Catalog, capacity: Capacity, known: Rivals, clock: Callable[[], datetime]
    ) -> None:
        self._catalog, self._capacity = catalog, capacity
        self._known, self._clock = known, clock

    def __call__(self, order: Order) -> Reason | None:
        """Return the first thing that is against it, None if nothing is."""
        contract = terms(self._catalog, self._capacity, order.runtime, self._clock())
        if contract is not None:
            found = next(self._against(order, contract), None)
            if found is not None:
                return found
        told = self._capacity.runtimes.get(order.runtime)
        return no_room(order, self._catalog, told, self._known)

    def _against(self, order: Order, contract: Terms) -> Iterator[Reason]:
        refused = contract.refuse(order.job, order.tree, order.duration_s or 0)
        late = contract.too_late(order.start_s or 0)
        yield from (reason for reason in (refused, late) if reason is not None)
        for quota in contract.quotas:
            if not quota.counts(order.job, order.tree):
                continue
            tree, job = (order.tree, None) if quota.by == "tree" else (None, order.job)
            sent = self._known.rivals(order, Alike(order.intended, tree=tree, job=job)).total()
            if sent >= quota.limit:
                text = f"the contract of {order.runtime} admits {quota.limit} runs of {quota}"
                yield Reason.of(ReasonCode.QUOTA_FULL, f"{text}, and it got {sent} by now")
        if contract.share is not None:
            sent = self._known.rivals(order, Alike(self._since(order), there=True)).total()
            if sent >= contract.share:
                text = f"the contract of {order.runtime} left {contract.share} more runs"
                text += f" of its devices, and it got {sent} since then"
                yield Reason.of(ReasonCode.LAB_SHARE, text)

    def _since(self, order: Order) -> datetime:
        return self._capacity.runtimes[order.runtime].taken or order.intended
