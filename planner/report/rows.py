# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each run of a plan and its why, as the data that the page's script shows.

There can be thousands of runs with dozens of candidates each: every text stands once in `texts`
and is an index everywhere else, and rows are lists in the order that is written here.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from models import Explanation, PlanDocument, PlannerError, Rejection, Verdict
from planner.plan import explain_all
from planner.plan.verdicts import verdict_text
from planner.report.actual import Actual
from planner.report.jobs import Asked

PLACED, WAITING, IN_ERROR = range(3)


class Texts:
    """Texts by number, each once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str | None) -> int:
        """Return the number of a text, -1 for none."""
        return -1 if text is None else self._numbers.setdefault(text, len(self._numbers))

    def all(self) -> list[str]:
        """Return the texts in the order of their numbers."""
        return list(self._numbers)


def page_data(document: PlanDocument, asked: Asked, known: Mapping[str, Actual]) -> dict[str, Any]:
    """Return all that the script needs, as JSON can hold it."""
    texts = Texts()
    rows = [*_rows(document, known, texts)]
    whys, refusals = _whys(document, texts)
    return {
        "rows": rows,
        "whys": whys,
        "refusals": refusals,
        "matrix": _matrix(asked, texts),
        "texts": texts.all(),
    }


def _rows(
    document: PlanDocument, known: Mapping[str, Actual], texts: Texts
) -> Iterable[list[int | None]]:
    """Yield: run, job, parent, what became of it; then its place or reason, and its outcome.

    Placed: runtime, platform, device type, priority, start, duration, cost; then state, result,
    seconds that it waited and ran, where that is known. Others: tier, code, text of the reason.
    """
    number = texts.number
    for one in document.assignments:
        row: list[int | None] = [number(one.run), number(one.job), number(one.parent), PLACED]
        row += map(number, (one.runtime, one.platform, one.device_type))
        row += (one.priority, one.start_s, one.duration_s, one.cost)
        actual = known.get(one.run)
        if actual:
            row += (number(actual.state), number(actual.result), actual.wait_s, actual.duration_s)
        yield row
    for waiting in document.deferrals:
        subject = map(number, (waiting.run, waiting.job, waiting.parent))
        reason = waiting.reason
        yield [*subject, WAITING, *map(number, (reason.tier, reason.code, reason.text))]
    for error in document.errors:
        subject = map(number, (error.request, error.job, error.parent))
        reason = error.reason
        yield [*subject, IN_ERROR, *map(number, (reason.tier, reason.code, reason.text))]


def _whys(document: PlanDocument, texts: Texts) -> tuple[list[Any], list[Any]]:
    """Return the candidates of each run, in the order of the rows, and refused places.

    A why is the number of its refusals (those of its request), then its candidates. There are
    none at all where the plan does not say enough to explain its runs.
    """
    refusals: list[list[list[int]]] = []
    of_request: dict[str, int] = {}
    whys: list[Any] = []
    try:
        for explanation in explain_all(document):
            if explanation.request not in of_request:
                of_request[explanation.request] = len(refusals)
                refusals.append([_refusal(one, texts) for one in explanation.rejections])
            whys.append([of_request[explanation.request], *_candidates(explanation, texts)])
    except PlannerError:
        return [], []
    return whys, refusals


def _candidates(explanation: Explanation, texts: Texts) -> Iterable[list[int]]:
    """Yield runtime, platform, device type, wait, duration, cost, verdict and its sentence."""
    number = texts.number
    chosen = next((c for c in explanation.candidates if c.verdict is Verdict.CHOSEN), None)
    for one in explanation.candidates:
        yield [
            *map(number, (one.runtime, one.platform, one.device_type)),
            one.wait_s,
            one.duration_s,
            one.cost,
            number(one.verdict),
            number(verdict_text(one, chosen)),
        ]


def _refusal(one: Rejection, texts: Texts) -> list[int]:
    """Return runtime, platform, code and text of a place that is no candidate."""
    reason = one.reason
    return [*map(texts.number, (one.runtime, one.platform, reason.code, reason.text))]


def _matrix(asked: Asked, texts: Texts) -> dict[str, Any]:
    """Return device types, jobs, and job by job the cells: [device type, runs placed there]."""
    kinds = {name: position for position, name in enumerate(asked.device_types)}
    cells = [
        [*([kinds[kind], count] for kind, count in job.kinds.items())]
        + [[kinds[kind], 0] for kind in sorted(job.open)]
        for job in asked.jobs
    ]
    return {
        "kinds": [texts.number(kind) for kind in kinds],
        "jobs": [texts.number(job.name) for job in asked.jobs],
        "cells": cells,
    }
