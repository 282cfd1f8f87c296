# SPDX-License-Identifier: LGPL-2.1-or-later
"""The planner beside another scheduler: what each made of the same parents."""

from models.base import Ours


class Twice(Ours):
    """One job for one parent, and the places (runtime, platform) that each chose for it.

    `ours` are the places of our plans, `waiting` is how many of our runs have none yet, and why.
    """

    parent: str
    job: str
    theirs: tuple[tuple[str, str], ...]
    ours: tuple[tuple[str, str], ...]
    waiting: int = 0
    why: str | None = None


class Shadow(Ours):
    """How two schedulers compare: `alike` counts the jobs for which both chose the same places.

    The others are listed: `elsewhere` where both chose and not the same, or where one did not.
    """

    alike: int
    elsewhere: tuple[Twice, ...] = ()
    only_theirs: tuple[Twice, ...] = ()
    only_ours: tuple[Twice, ...] = ()
