# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is remembered of how a runtime answers."""

from datetime import datetime

from models.base import Ours
from models.capacity import RuntimeCapacity


class Contact(Ours):
    """How a runtime answered last.

    `last` is the capacity that it told last. `failures` counts how often in a row it gave no
    answer since, and `why` says what was wrong; until `until` it is left alone. `refused` means
    that it is there and does not let us in.
    """

    runtime: str
    last: RuntimeCapacity | None = None
    failures: int = 0
    refused: bool = False
    why: str | None = None
    until: datetime | None = None
