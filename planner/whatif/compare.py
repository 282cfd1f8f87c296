# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plan as things are and the plan as they might be, side by side."""

from collections.abc import Iterable

from models import Side, WhatIf
from planner.plan import diff
from planner.whatif.changes import read_change
from planner.whatif.scenario import Change, Scenario


def what_if(scenario: Scenario, changes: Iterable[Change | str]) -> WhatIf:
    """Return what would be decided otherwise with all `changes`, made one after the other.

    Raises:
        PlannerError: if a change is not spelled as one, or speaks of something that is not there.
    """
    read = [read_change(one) if isinstance(one, str) else one for one in changes]
    before, after = scenario.document, scenario.changed(read).document
    return WhatIf(
        changes=tuple(map(str, read)),
        before=Side.of(before),
        after=Side.of(after),
        difference=diff(before, after),
    )
