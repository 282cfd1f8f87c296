# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes as users write them: `lab=lava-x:offline`, `devices=lava-x/rk3399:+2`."""

from collections.abc import Callable

from models import Mode, Pin
from planner.whatif.changes.amounts import Amount
from planner.whatif.changes.capacity import Devices, Offline, Slots
from planner.whatif.changes.ceilings import RuntimeTotal, SlotCeiling
from planner.whatif.changes.contracts import NoContract
from planner.whatif.changes.pins import Pinned
from planner.whatif.changes.wishes import Number, UseMode, UsePolicy
from planner.whatif.scenario import Change, impossible, unknown


def _lab(runtime: str, state: str) -> Change:
    if state != "offline":
        raise unknown("state of a lab called", state, ["offline"])
    return Offline(runtime)


def _contract(runtime: str, terms: str) -> Change:
    if terms != "none":
        raise unknown("contract called", terms, ["none"])
    return NoContract(runtime)


def _devices(slot: str, amount: str) -> Change:
    runtime, dash, device_type = slot.partition("/")
    if not (runtime and dash and device_type):
        raise impossible(f"{slot!r} is no RUNTIME/DEVICE-TYPE")
    return Devices(runtime, device_type, Amount.read(amount))


def _slots(runtime: str, amount: str) -> Change:
    return Slots(runtime, Amount.read(amount))


def _ceiling(place: str, amount: str) -> Change:
    runtime, dash, device_type = place.partition("/")
    if not dash:
        return RuntimeTotal(runtime, Amount.read(amount))
    return SlotCeiling(runtime, device_type, Amount.read(amount))


def _number(request: str, number: str) -> Change:
    if not (number.isascii() and number.isdigit()):
        raise impossible(f"{number!r} is no number of runs")
    return Number(request, int(number))


def _mode(request: str, mode: str) -> Change:
    if mode not in set(Mode):
        raise unknown("mode", mode, set(Mode))
    return UseMode(request, Mode(mode))


def _pin(name: str, place: str) -> Change:
    if place == "none":
        return Pinned(name, None)
    runtime, _, device_type = place.partition("/")
    if not (runtime or device_type):
        raise impossible(f"{place!r} is no RUNTIME, RUNTIME/DEVICE-TYPE or /DEVICE-TYPE")
    return Pinned(name, Pin(runtime=runtime or None, device_type=device_type or None))


# How each kind of change is written after its `=`, and what reads the two parts of it.
_KINDS: dict[str, tuple[str, Callable[[str, str], Change]]] = {
    "lab": ("RUNTIME:offline", _lab),
    "devices": ("RUNTIME/DEVICE-TYPE:+2", _devices),
    "slots": ("RUNTIME:+2", _slots),
    "ceiling": ("RUNTIME/DEVICE-TYPE:+2, or RUNTIME:+2", _ceiling),
    "contract": ("RUNTIME:none", _contract),
    "number": ("JOB-OR-REQUEST:2", _number),
    "pin": ("JOB-OR-REQUEST-OR-RUN:RUNTIME/DEVICE-TYPE, or :none", _pin),
    "mode": ("JOB-OR-REQUEST:permissive", _mode),
}


def read_change(text: str) -> Change:
    """Return the change that `text` spells.

    Raises:
        PlannerError: if it spells none; the text says how it is written.
    """
    kind, _, rest = text.partition("=")
    if kind == "policy" and rest:
        return UsePolicy(rest)
    if kind not in _KINDS:
        raise unknown("kind of change", kind, [*_KINDS, "policy"])
    form, read = _KINDS[kind]
    subject, colon, value = rest.rpartition(":")
    if not (colon and subject and value):
        raise impossible(f"{text!r} is not written {kind}={form}")
    return read(subject, value)
