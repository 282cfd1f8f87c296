# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of text without lines around them, the same widths in every part of a page."""

from collections.abc import Iterable, Sequence
from textwrap import fill

from rich.console import Console
from rich.table import Table
from rich.text import Text

from models import printable

GAP = 2
_LEAST = 8  # what is left of a column that gives way

Row = Sequence[str]


class Grid:
    """Columns that fit all of `rows` into the width of a console.

    The first `left` columns are names, the others numbers. Where a console is too narrow, the
    names in the columns `giving` are folded.
    """

    def __init__(self, rows: Sequence[Row], width: int, left: int, giving: Sequence[int]) -> None:
        self._left = left
        columns = zip(*rows, strict=True)
        self._widths = [max(len(printable(cell)) for cell in column) for column in columns]
        over = sum(self._widths) + GAP * (len(self._widths) - 1) - width
        if over > 0:
            self._give(over, giving)

    def _give(self, over: int, giving: Sequence[int]) -> None:
        wide = sum(self._widths[column] for column in giving)
        for column in giving:
            share = (wide - over) * self._widths[column] // wide
            self._widths[column] = max(_LEAST, share)

    def show(self, rows: Iterable[Row], console: Console, style: str = "") -> None:
        """Print `rows` in these columns."""
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, GAP, 0, 0))
        for position, width in enumerate(self._widths):
            left = position < self._left
            table.add_column(justify="left" if left else "right", overflow="fold", width=width)
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row), style=style)
        console.print(table)


def title(console: Console, name: str, rest: str = "", style: str = "bold") -> None:
    """Print the heading of one part."""
    rest = printable(f"  {rest}") if rest else ""
    console.print(Text.assemble((printable(name), style), rest))


def note(console: Console, text: str, indent: int, style: str = "") -> None:
    """Print a sentence under what it is about; names stay whole where a line ends."""
    margin = " " * indent
    folded = fill(
        printable(text),
        max(console.width, indent + _LEAST),
        initial_indent=margin,
        subsequent_indent=margin,
        break_on_hyphens=False,
        break_long_words=False,
    )
    console.print(Text(folded, style=style), soft_wrap=True)
