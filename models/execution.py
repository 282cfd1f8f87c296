# SPDX-License-Identifier: LGPL-2.1-or-later
"""What somebody else executed, as far as statistics care."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from models.base import Ours


class Execution(Ours):
    """One run that is over. Times are UTC, and make sense: it ended after it began.

    `job_id` is the runtime's own name of it, by which it is known again; None leaves it to all of
    the rest. `started` is None where the teller does not know it: then the run counts, and nothing
    is learned of durations.
    """

    job: str
    kind: str
    platform: str
    device_type: str
    runtime: str
    arch: str | None = None
    tree: str | None = None
    result: str | None = None
    infrastructure: bool = False
    job_id: str | None = None
    submitted: datetime | None = None
    started: datetime | None = None
    ended: datetime

    @property
    def name(self) -> str:
        """By what the runtime, or else whoever tells of it, knows it again."""
        return self.job_id or hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Unusable(NamedTuple):
    """A record that nothing can be made of: where it stood, and what is wrong with it."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"
