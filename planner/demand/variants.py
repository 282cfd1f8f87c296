# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether the runs of a request can differ as they must, however empty the labs were."""

from collections.abc import Sequence
from itertools import combinations

from models import Catalog, Job, Mode, Reason, ReasonCode, Runs
from planner.config import variant_value
from planner.demand.wishes import Target


def too_few(catalog: Catalog, job: Job, runs: Runs, targets: Sequence[Target]) -> Reason | None:
    """Return why a strict request can never have all its runs on `targets`, None if it may.

    Each attribute must have as many values as there are runs. For several attributes at once it
    must also be possible to pair that many values of any two; for three and more that is not
    always enough, and what slips through here waits.
    """
    if runs.mode is not Mode.STRICT or not runs.variant:
        return None
    values = {
        attribute: [variant_value(attribute, job, t.runtime, t.platform, catalog) for t in targets]
        for attribute in runs.variant
    }
    for attribute, column in values.items():
        different = sorted(set(column))
        if len(different) < runs.number:
            return _reason(runs.number, f"in {attribute}", f"there are {len(different)}", different)
    for first, second in combinations(values, 2):
        pairs = set(zip(values[first], values[second], strict=True))
        most = _most_pairs(pairs)
        if most < runs.number:
            text = f"in {first} and {second} at once"
            return _reason(runs.number, text, f"at most {most} can", ())
    return None


def _reason(number: int, where: str, found: str, values: Sequence[str]) -> Reason:
    listed = f": {', '.join(values)}" if values else ""
    text = f"{number} runs must differ {where}, and {found}{listed}"
    return Reason.of(ReasonCode.TOO_FEW_VARIANTS, text)


def _most_pairs(pairs: set[tuple[str, str]]) -> int:
    """Return how many pairs can be chosen that share neither side: a maximum matching."""
    beside: dict[str, list[str]] = {}
    for left, right in sorted(pairs):
        beside.setdefault(left, []).append(right)
    taken: dict[str, str] = {}

    def give(left: str, asked: set[str]) -> bool:
        for right in beside[left]:
            if right in asked:
                continue
            asked.add(right)
            if right not in taken or give(taken[right], asked):
                taken[right] = left
                return True
        return False

    return sum(give(left, set()) for left in beside)
