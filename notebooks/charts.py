# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the notebooks show charts and tables: live where that can be, and as a picture elsewhere."""

import html
from collections.abc import Sequence
from typing import Any

import altair as alt
import vl_convert as vlc


def _both(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return a chart with tooltips, and a picture of it for whoever only reads the file."""
    version = alt.SCHEMA_VERSION.split(".")[0]
    return {
        f"application/vnd.vegalite.{version}+json": spec,
        "image/svg+xml": vlc.vegalite_to_svg(spec),
    }


alt.renderers.register("both", _both)
alt.renderers.enable("both")


class Table:
    """Rows of dictionaries as a table."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = list(rows)

    def _repr_html_(self) -> str:
        if not self.rows:
            return "<p>nothing</p>"
        head = "".join(f"<th>{html.escape(str(name))}</th>" for name in self.rows[0])
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(str(v))}</td>" for v in row.values()) + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __repr__(self) -> str:
        return "\n".join("  ".join(str(value) for value in row.values()) for row in self.rows)


def data(rows: Sequence[dict[str, Any]]) -> alt.InlineData:
    """Return rows as the data of a chart."""
    return alt.InlineData(values=list(rows))
