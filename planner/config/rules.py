# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether rules, and the job params that act like rules, can be understood."""

import re
from typing import Any

from planner.config.findings import Findings
from planner.config.located import Mark, find
from planner.config.shapes import RulesShape

_FREQUENCY = re.compile(r"(?=\d)(\d+d)?(\d+h)?(\d+m)?")


def rules_understood(item: Any, mark: Mark, subject: str, findings: Findings) -> bool:
    """Tell whether the `rules` of an item are well formed; if not, say what is wrong.

    An item whose rules cannot be understood has to be left out: without them it would run where
    its author forbade it.
    """
    rules = item.get("rules") if isinstance(item, dict) else None
    if rules is None:
        return True
    place = find(item, ["rules"], mark)
    if not isinstance(rules, dict):
        text = f"{subject}: rules are no mapping of lists; it is left out"
        findings.lose(place, "bad_rules", subject, text)
        return False
    before = len(findings.malformed)
    findings.read(RulesShape, rules, rules, place, subject, code="bad_rules")
    return len(findings.malformed) == before


def check_frequency(job: Any, mark: Mark, subject: str, findings: Findings) -> None:
    """Say so where the job param `frequency` is no `[Nd][Nh][Nm]`."""
    params = job.get("params") if isinstance(job, dict) else None
    frequency = params.get("frequency") if isinstance(params, dict) else None
    if frequency is not None and not _FREQUENCY.fullmatch(str(frequency)):
        place = find(job, ["params", "frequency"], mark)
        text = f"{subject}: frequency {frequency!r} is no [Nd][Nh][Nm]"
        findings.note(place, "bad_frequency", subject, text)
