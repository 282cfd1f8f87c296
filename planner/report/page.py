# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plan as one page of HTML: everything in it, nothing fetched, nothing of a name executed."""

import base64
import hashlib
from collections.abc import Iterable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from models import PlanDocument, RunRecord, TierResult
from planner.plan.bound import relative_gap
from planner.plan.wording import amount, counted, difference, lasting, money, named, worth_text
from planner.report.actual import actuals, slot_outcomes
from planner.report.axis import ticks
from planner.report.jobs import asked
from planner.report.labs import labs
from planner.report.rows import page_data
from planner.report.waiting import causes

# The parts of the page's one script, in the order in which they build on each other.
_SCRIPT = ("data.js", "table.js", "why.js", "runs.js", "matrix.js", "timelines.js", "begin.js")


def report_page(
    document: PlanDocument, *, cycle: int | None = None, records: Iterable[RunRecord] = ()
) -> str:
    """Return the page for `document`, of the cycle with that number if it is one of the ledger's.

    `records` are the placed runs as the ledger knows them; with outcomes among them the page sets
    estimates against what really happened. The same arguments give the same page.
    """
    environment, script = _environment(), _script()
    known = actuals(document, records)
    what, where = asked(document), labs(document)
    horizon = max((lab.end_s for lab in where), default=0)
    return environment.get_template("report.html").render(
        document=document,
        cycle=cycle,
        asked=what,
        labs=where,
        horizon=horizon,
        ticks=ticks(horizon),
        causes=causes(document),
        outcomes=slot_outcomes(document, known),
        data=page_data(document, what, known),
        style=_source("style.css"),
        script=script,
        script_digest=_digest(script),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("planner.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    environment.filters |= {
        "amount": lambda tier: amount(tier.name, tier.value),
        "bound": lambda tier: amount(tier.name, tier.bound),
        "counted": counted,
        "difference": difference,
        "gap": _gap,
        "lasting": lasting,
        "money": money,
        "named": named,
        "worth": worth_text,
    }
    return environment


def _script() -> str:
    """Return the page's script: all its parts in one scope of their own."""
    parts = "\n".join(map(_source, _SCRIPT))
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def _source(name: str) -> str:
    """Return one of the files beside the template."""
    loader = _environment().loader
    assert loader is not None
    text, *_ = loader.get_source(_environment(), name)
    return text


def _digest(script: str) -> str:
    """Return what a Content-Security-Policy calls a script, so that no other can run."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _gap(tier: TierResult) -> str:
    gap = relative_gap(tier.value, tier.bound)
    return f"{gap:.2%}" if gap else "none"
