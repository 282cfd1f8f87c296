# SPDX-License-Identifier: LGPL-2.1-or-later
"""One of several processes that send what the leader's plans intend."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from models import Catalog, Contact, LabType, Order, PlannerError, SubmitMode
from planner.cycle.memory import Rivals
from planner.cycle.sending import AtSending, remembered_capacity
from planner.kernelci import Api
from planner.runtimes import Guard, LabRuntime, OverApi
from planner.submission import Nodes, Sender, SubmitReport, post_telemetry, submit_modes
from planner.submission.journal import Journal

# The same from whichever machine they are asked; others start what they are sent on ours.
_ANYWHERE = (LabType.LAVA, LabType.LAVA_REST, LabType.LAVA_XMLRPC, LabType.KUBERNETES)

Claimant = TypeVar("Claimant", contravariant=True)


class Claims(Journal, Rivals, Protocol[Claimant]):
    """What a submitter needs of the ledger."""

    def claim(self, by: Claimant, runtime: str, most: int, now: datetime) -> tuple[Order, ...]:
        """Take runs in hand that are intended for a runtime, and that nobody has."""

    def contacts(self) -> dict[str, Contact]:
        """Return how each runtime answered last, by its name."""


def served(
    catalog: Catalog, runtimes: Mapping[str, LabRuntime], named: Collection[str]
) -> tuple[str, ...]:
    """Return the runtimes that a submitter sends to: those named, or all that it can share.

    Raises:
        PlannerError: if nothing is sent to one of those named, or there is none.
    """
    modes = submit_modes(catalog, runtimes)
    live = [name for name in runtimes if modes.get(name) is SubmitMode.LIVE]
    for name in named:
        if name not in live:
            raise PlannerError(f"there is no runtime '{name}' to which runs are sent")
    shared = [name for name in live if catalog.runtimes[name].lab_type in _ANYWHERE]
    if not (named or shared):
        text = "no runtime is the same from everywhere; name those whose runs may be started here"
        raise PlannerError(text)
    return tuple(named or shared)


class Submitting(Generic[Claimant]):
    """Sends portions of what is intended; runtimes may be served by a thread each.

    `hindered` says why nothing may be sent any more.
    """

    def __init__(
        self,
        catalog: Catalog,
        ledger: Claims[Claimant],
        by: Claimant,
        runtimes: Mapping[str, LabRuntime],
        api: Api | None,
        *,
        clock: Callable[[], datetime],
        hindered: Callable[[], str | None],
        capacity_file: Path | None = None,
    ) -> None:
        self._catalog, self._ledger, self._by, self._api = catalog, ledger, by, api
        self._clock, self._capacity_file = clock, capacity_file
        self._guards = {
            name: Guard(runtime, Contact(runtime=name), clock) for name, runtime in runtimes.items()
        }
        for runtime in runtimes.values():
            if isinstance(runtime, OverApi):
                runtime.connect(api)
        modes = submit_modes(catalog, runtimes)
        self._sender = Sender(catalog, self._guards, modes, clock, Nodes(api), hindered)

    def portion(self, runtime: str) -> SubmitReport:
        """Send a portion of what is intended for a runtime; the report is empty if there is none.

        One that is left alone, because it does not answer, is left to others, or to the next plan.
        """
        now = self._clock()
        until = self._guards[runtime].contact.until
        if until is not None and now < until:
            return SubmitReport()
        orders = self._ledger.claim(self._by, runtime, self._sender.in_flight, now)
        if not orders:
            return SubmitReport()
        contacts = self._ledger.contacts()
        known = remembered_capacity(self._catalog, self._capacity_file, contacts, now)
        refused = AtSending(self._catalog, known, self._ledger, self._clock)
        report = replace(self._sender, refused=refused).submit(self._ledger, orders)
        post_telemetry(self._api, orders, report.submitted, report.failed)
        return report
