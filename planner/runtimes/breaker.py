# SPDX-License-Identifier: LGPL-2.1-or-later
"""When a runtime is left alone, and for how long: so that a dead one costs nobody its deadline.

A runtime that is silent is left alone at once, one whose connections break after the third time in
a row; each time for twice as long, up to a limit. After that a single question probes it, and the
answer decides. Pure: the time is an argument.
"""

from datetime import datetime, timedelta
from enum import Enum

from models import Contact

PAUSE = timedelta(seconds=60)
LONGEST = timedelta(minutes=15)
NO_ACCESS = timedelta(seconds=10)  # in which not every run is tried
BREAKS = 3  # broken connections in a row


class State(Enum):
    """What a runtime may be asked now."""

    CLOSED = "anything"
    HALF_OPEN = "one question"
    OPEN = "nothing"


def state(contact: Contact, now: datetime) -> State:
    """Return what the runtime may be asked now."""
    if contact.until is None:
        return State.CLOSED
    return State.OPEN if now < contact.until else State.HALF_OPEN


def answered(contact: Contact) -> Contact:
    """Return the contact after an answer, of whatever content."""
    if contact.failures == 0 and contact.until is None:
        return contact
    return Contact(runtime=contact.runtime, last=contact.last)


def silent(contact: Contact, now: datetime, why: str) -> Contact:
    """Return the contact after no answer came in time."""
    return _left_alone(contact, now, why, max(contact.failures, BREAKS - 1) + 1)


def broken(contact: Contact, now: datetime, why: str) -> Contact:
    """Return the contact after a connection broke or was not made."""
    return _left_alone(contact, now, why, contact.failures + 1)


def refused(contact: Contact, now: datetime, why: str) -> Contact:
    """Return the contact after the runtime did not let us in."""
    told = {"refused": True, "why": why, "until": now + NO_ACCESS}
    return contact.model_copy(update=told)


def _left_alone(contact: Contact, now: datetime, why: str, failures: int) -> Contact:
    until = None
    if failures >= BREAKS:
        # Shifted only as far as it matters: a runtime may be dead for years.
        until = now + min(PAUSE * 2 ** min(failures - BREAKS, 10), LONGEST)
    return contact.model_copy(
        update={"failures": failures, "why": why, "until": until, "refused": False}
    )
