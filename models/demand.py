# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is wanted: requests, where they may go, and why not elsewhere."""

from datetime import datetime
from typing import NamedTuple

from pydantic import Field

from models.base import Ours
from models.catalog import Mode, Runs
from models.event import EventError, Node
from models.pin import Pin
from models.reason import Reason


class Place(Ours):
    """A runtime and a platform there, with the lab's name for that kind of device.

    `context` is where in a runtime that has several places; None leaves it open. A run goes there
    only once its request has waited `after_s`: others are the first choice.
    """

    runtime: str
    platform: str
    device_type: str
    context: str | None = Field(default=None, exclude_if=lambda value: value is None)
    after_s: int = Field(default=0, exclude_if=lambda value: not value)


class Rejection(Ours):
    """A place that something forbids, by the names that are asked for, defined or not.

    Either is None where none is asked for: a runtime that is not defined means no platform, and
    what is wrong with a whole request is no matter of a place.
    """

    runtime: str | None
    platform: str | None
    reason: Reason


class Revision(Ours):
    """The kernel revision that a request tests; `seen` orders revisions of one branch."""

    tree: str
    branch: str
    commit: str
    patchset: bool
    seen: datetime


class UnderTest(NamedTuple):
    """A job, and what of a tree it tests."""

    job: str
    tree: str
    commit: str


class SentRun(Ours):
    """A run of a request that was sent in an earlier cycle, and the place that it took."""

    index: int
    runtime: str
    platform: str
    device_type: str


class Request(Ours):
    """One job wanted for one parent node.

    `key` identifies the request for good: the same wish out of a repeated event has the same
    key. `created` starts the clock of age and deadline. `sent` are its runs that earlier cycles
    sent; `runs.number` still counts them. `pin` is where alone they may go, if its node says
    so. `priority` is 0 to 100, before any lab rescales it. The filters are those of the event
    or its node, which the nodes of the runs inherit. Of a retry, `tried` are the places that
    spoiled the runs before it, the last one last, and `spare` all those that it leaves alone.
    """

    key: str
    entry: str
    job: str
    kind: str
    parent: str
    retry: int
    priority: int
    submitter: str | None
    runs: Runs
    candidates: tuple[Place, ...]
    rejections: tuple[Rejection, ...] = ()
    revision: Revision | None = None
    created: datetime
    deadline: datetime
    error: Reason | None = None
    pin: Pin | None = Field(default=None, exclude_if=lambda value: value is None)
    jobfilter: tuple[str, ...] = ()
    platform_filter: tuple[str, ...] = ()
    sent: tuple[SentRun, ...] = ()
    tried: tuple[SentRun, ...] = Field(default=(), exclude_if=lambda value: not value)
    spare: tuple[Place, ...] = Field(default=(), exclude_if=lambda value: not value)

    @property
    def under_test(self) -> UnderTest | None:
        """Return what it tests, None if nobody knows: a patchset is not told by its commit."""
        of = self.revision
        return None if of is None or of.patchset else UnderTest(self.job, of.tree, of.commit)

    @property
    def varies(self) -> bool:
        """Tell whether its runs differ as far as they can."""
        return self.runs.mode is Mode.PERMISSIVE and bool(self.runs.variant)

    def run(self, index: int) -> str:
        """Return the key of the run with that index, counted from 0."""
        return f"{self.key}-{index}"


class Demand(Ours):
    """The requests of a batch, in the order of its events, and the events that gave an error.

    `parents` are the nodes that the requests are for, by their ids. `merged` counts the wishes
    that another one had made already.
    """

    requests: tuple[Request, ...] = ()
    parents: dict[str, Node] = Field(default_factory=dict, repr=False)
    errors: tuple[EventError, ...] = ()
    merged: int = 0
