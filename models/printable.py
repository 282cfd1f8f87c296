# SPDX-License-Identifier: LGPL-2.1-or-later
"""Texts of others among ours: in the log, on stderr, in tables, in JSON."""

import re

_DIRECTIONS = "\u202a-\u202e\u2066-\u2069"
# What begins a line, commands a terminal, or turns the direction of what follows.
_NO_TEXT = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_DIRECTIONS}]")
# The same in JSON, which escapes the first of them itself, and what YAML does not take as it is.
_NO_JSON = re.compile(f"[\x7f-\xa0\u2028\u2029{_DIRECTIONS}\ud800-\udfff\ufeff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return `text` on one line, as it is but for what is no text: that is escaped."""
    return _NO_TEXT.sub(lambda found: ascii(found[0])[1:-1], text)


def printable_json(text: str) -> str:
    """Return JSON, written with letters as they are, that is YAML as well and harms no terminal.

    JSON with all letters escaped is no YAML: what it writes as two halves is none there.
    """
    return _NO_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
