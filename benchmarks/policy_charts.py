# SPDX-License-Identifier: LGPL-2.1-or-later
"""Charts of what policies make of workloads, as web pages and as pictures."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.policies import Result
from benchmarks.policy_tables import HEADLINE, rows
from models import PlannerError


def write_charts(results: Sequence[Result], folder: Path) -> list[Path]:
    """Write a chart for each workload (HTML that needs no network, and SVG); return the files.

    Raises:
        PlannerError: if the extra for charts is missing.
    """
    try:
        import altair  # noqa: F401
    except ModuleNotFoundError as error:
        text = "charts need an extra: pip install 'kci-planner[notebooks]'"
        raise PlannerError(text) from error
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for workload in dict.fromkeys(result.cell.workload for result in results):
        drawn = chart([result for result in results if result.cell.workload == workload])
        for suffix, options in ((".html", {"inline": True}), (".svg", {})):
            path = folder / f"{workload}{suffix}"
            drawn.save(str(path), **options)
            written.append(path)
    return written


def chart(results: Sequence[Result], names: Sequence[str] = HEADLINE[1:]) -> Any:
    """Return a chart of one workload: a panel for each measure, means with their intervals."""
    import altair as alt

    listed = [row for row in rows(results) if row.measure in names]
    panels = []
    for name in names:
        data = [
            {
                "policy": row.policy,
                "mean": row.value.mean,
                "low": row.value.mean - _known(row.value.half),
                "high": row.value.mean + _known(row.value.half),
                "verdict": row.verdict or "no difference told",
                "interval": str(row.value),
            }
            for row in listed
            if row.measure == name and not math.isnan(row.value.mean)
        ]
        unit = next((row.unit for row in listed if row.measure == name), "")
        base = alt.Chart(alt.InlineData(values=data)).encode(
            y=alt.Y("policy:N", sort=None, title=None),
            tooltip=["policy:N", "interval:N", "verdict:N"],
        )
        line = base.mark_rule().encode(
            x=alt.X("low:Q", title=unit, scale=alt.Scale(zero=False)), x2="high:Q"
        )
        point = base.mark_point(filled=True, size=60).encode(
            x="mean:Q",
            color=alt.Color("verdict:N", legend=None).scale(
                domain=["better", "worse", "no difference told"],
                range=["#1b7837", "#b2182b", "#4d4d4d"],
            ),
        )
        panels.append((line + point).properties(title=name, width=240))
    return alt.concat(*panels, columns=2)


def _known(half: float) -> float:
    return 0.0 if math.isnan(half) else half
