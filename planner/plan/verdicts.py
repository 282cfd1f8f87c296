# SPDX-License-Identifier: LGPL-2.1-or-later
"""Verdicts on candidates as sentences."""

from models import Judgement, Verdict
from planner.plan.takers import limit_text
from planner.plan.wording import amount, named, worth_text

LISTED = 6  # how many runs or places are named before they are only counted


def verdict_text(candidate: Judgement, chosen: Judgement | None) -> str:
    """Return the verdict on a candidate as a sentence."""
    if candidate.obstacle is not None:
        text = limit_text(candidate.runtime, candidate.device_type, candidate.obstacle)
        took = f"; taken by {named(candidate.takers, LISTED)}" if candidate.takers else ""
        price = candidate.price
        worth = f"; one more place there is worth {worth_text(price)}" if price else ""
        return f"no room: {text}{took}{worth}"
    if candidate.tier is not None and chosen is not None:
        difference = abs(candidate.adds[candidate.tier] - chosen.adds[candidate.tier])
        text = f"{candidate.tier} by {amount(candidate.tier, difference)}"
        return f"had room, but is {candidate.verdict} in {text}"
    return {
        Verdict.EQUAL: "had room, and is just as good in every tier",
        Verdict.FREE: "has room that the plan does not use",
        Verdict.PINNED: "pinned: an operator pinned the run elsewhere",
        Verdict.REPEATED: "variant_strict: another run of the request has its "
        + " and ".join(candidate.repeats),
    }.get(candidate.verdict, str(candidate.verdict))
