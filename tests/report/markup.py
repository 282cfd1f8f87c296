# SPDX-License-Identifier: LGPL-2.1-or-later
"""A page taken apart as a browser does it."""

import json
from html.parser import HTMLParser
from typing import Any

_VOID = {"meta", "input", "br", "img", "link", "hr"}


class Page(HTMLParser):
    """The tags, attributes and texts of a page; `data` is what its script is given."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag and its attributes."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element of that name, and what was left open in it."""
        assert tag in self._open, f"</{tag}> closes nothing"
        while self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Keep a text by the element that it is in."""
        self.texts.setdefault(self._open[-1] if self._open else "", []).append(data)

    @property
    def text(self) -> str:
        """Return all that people read, scripts and styles aside."""
        read = (
            t for tag, texts in self.texts.items() if tag not in ("script", "style") for t in texts
        )
        return " ".join(read)

    @property
    def data(self) -> Any:
        """Return the embedded data."""
        return json.loads(self.texts["script"][0])

    def rows(self) -> list[list[Any]]:
        """Return the data's rows with texts in the place of the first four numbers."""
        texts = self.data["texts"]
        return [[texts[n] for n in row[:3]] + row[3:] for row in self.data["rows"]]
