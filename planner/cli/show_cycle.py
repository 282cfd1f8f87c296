# SPDX-License-Identifier: LGPL-2.1-or-later
"""A cycle for people, and for programs."""

from typing import TYPE_CHECKING, Any

from models import FINAL_STATES, RunRecord
from planner.cli import output
from planner.cli.show_runs import ended_table
from planner.cycle import CycleReport
from planner.ledger import Ledger
from planner.plan.show import show

if TYPE_CHECKING:
    from rich.console import Console


def write_cycle(report: CycleReport, ledger: Ledger, output_format: str) -> None:
    """Write the plan of a cycle, the runs that ended in it and what it counted to stdout."""
    ended = _ended(report, ledger)
    output.write_data(
        lambda: _data(report, ended), output_format, lambda page: _show(report, ended, page)
    )


def _data(report: CycleReport, ended: tuple[RunRecord, ...]) -> dict[str, Any]:
    return {
        "cycle": report.number,
        "events": len(report.intake.events),
        "requests": len(report.intake.new),
        "excluded": dict(report.intake.excluded),
        "plan": report.document.model_dump(mode="json"),
        "ended_unsent": [end.model_dump(mode="json") for end in report.intake.ends],
        "runs": [run.model_dump(mode="json") for run in ended],
        "seconds": dict(report.seconds),
    }


def _ended(report: CycleReport, ledger: Ledger) -> tuple[RunRecord, ...]:
    """Return the runs that ended in the cycle, as the ledger has them."""
    over = {outcome.run for outcome in report.outcomes if outcome.state in FINAL_STATES}
    over |= set(report.submission.failed)
    return ledger.runs(sorted(over))


def _show(report: CycleReport, ended: tuple[RunRecord, ...], page: "Console") -> None:
    show(report.document, page)
    if ended:
        page.print()
        page.print(ended_table(ended, page.width))
    page.print()
    page.print(_summary(report), soft_wrap=True)


def _summary(report: CycleReport) -> str:
    sent = report.submission
    name = "preview" if report.number is None else f"cycle {report.number}"
    parts = [
        f"{name}: {len(report.intake.events)} new events, {len(report.intake.new)} new requests",
        f"{len(sent.submitted)} runs sent",
        f"{len(sent.dry_run)} planned where nothing is sent",
    ]
    counted = {
        "left to submitters": report.left,
        "could not be sent": len(sent.failed),
        "go back to wait": len(sent.given_back),
        "not known to have arrived": len(sent.unknown) + len(report.recovered.unknown),
        "taken up from a cycle that died": len(report.recovered.found)
        + len(report.recovered.given_back),
        "requests ended unsent": len(report.intake.ends),
        "requests wanted nowhere by KernelCI's filters": sum(report.intake.excluded.values()),
    }
    return "; ".join(parts + [f"{count} {text}" for text, count in counted.items() if count])
