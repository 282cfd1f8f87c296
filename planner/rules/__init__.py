# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every rule and every goal, one file each.

To add one: write its file, add one line here, its page in `docs/rules/` and its tests.
"""

from models import Tier
from planner.rules.columns import Columns
from planner.rules.completion import Completion, wait_behind, waits
from planner.rules.cost import Cost
from planner.rules.coverage import covered
from planner.rules.deadline import Deadline
from planner.rules.diversity import Diversity
from planner.rules.lab_hours import LabHours
from planner.rules.lab_quota import LabQuota
from planner.rules.lab_share import LabShare
from planner.rules.nested import slot_name
from planner.rules.once import once
from planner.rules.pinned import Pinned
from planner.rules.placed import placed
from planner.rules.placed_once import PlacedOnce
from planner.rules.protocol import Goal, Rule, Violation
from planner.rules.reserve import KeptFree
from planner.rules.resources import Resources
from planner.rules.rows import NO_LIMIT, Rows
from planner.rules.runtime_total import RuntimeTotal
from planner.rules.slot_ceiling import SlotCeiling
from planner.rules.stability import Stability
from planner.rules.staleness import Staleness
from planner.rules.value import Value
from planner.rules.variant_strict import VariantStrict

RULES: tuple[Rule, ...] = (
    PlacedOnce(),
    SlotCeiling(),
    RuntimeTotal(),
    VariantStrict(),
    Deadline(),
    LabShare(),
    LabHours(),
    LabQuota(),
    Resources(),
    KeptFree(),
    Pinned(),
)

GOALS: dict[Tier, Goal] = {
    Tier.VALUE: Value(),
    Tier.DIVERSITY: Diversity(),
    Tier.STALENESS: Staleness(),
    Tier.COMPLETION: Completion(),
    Tier.COST: Cost(),
    Tier.STABILITY: Stability(),
}

__all__ = [
    "GOALS",
    "NO_LIMIT",
    "RULES",
    "Columns",
    "Goal",
    "Rows",
    "Rule",
    "Violation",
    "covered",
    "once",
    "placed",
    "slot_name",
    "wait_behind",
    "waits",
]
