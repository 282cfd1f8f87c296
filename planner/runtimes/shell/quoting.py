# SPDX-License-Identifier: LGPL-2.1-or-later
"""Values become shell words, and only where a word can stand.

Quotes protect a value only if the shell reads them as quotes. Inside "...", in a heredoc, in a
comment or after a backslash it does not, and `"{{ name }}"` would run a `$(...)` that came with
an event. So a template is rendered with a mark in place of each value, the script is read as a
shell would read it, and a mark that stands anywhere but in plain text is refused.
"""

import re
from enum import Enum
from typing import NoReturn

# What stands for value number N until the script is known; no script may contain a NUL itself.
MARK = "\0{}\0"
_MARK = re.compile("\0([0-9]+)\0")


class MisplacedError(ValueError):
    """A value, or a piece of shell, that cannot be told to be safe; the text names the line."""


def quote(text: str) -> str:
    """Return the shell word that is exactly `text`.

    It is always quoted, unlike what `shlex.quote` returns: a bare `if`, `A=b` or `2` means
    something else than itself in some places.

    Raises:
        ValueError: if no word can be that text: it has a NUL or a lone surrogate.
    """
    if "\0" in text:
        raise ValueError(
            "a value holds a NUL byte, which no shell word can; or it is made of what a macro or"
            " a {% set %} block printed, which can only be printed on its own"
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{text!r} is no valid Unicode") from error
    return "'" + text.replace("'", "'\"'\"'") + "'"


def fill(marked: str, words: list[str]) -> str:
    """Return the script with its marks replaced by `words`, which are quoted already.

    Raises:
        MisplacedError: if a mark stands where quotes are not read as quotes.
    """
    _Reader(marked).read()
    return _MARK.sub(lambda mark: words[int(mark[1])], marked)


class _Inside(Enum):
    """What the reader is inside of."""

    QUOTES = "inside double quotes"
    BRACES = "inside ${...}"
    COMMAND = "inside $(...)"
    PARENTHESES = "inside (...)"


# Text in one line with parentheses that pair, three deep, and nothing that could hide one.
_BALANCED = _FLAT = r"[^()'\"`\\\n]*"
for _ in range(3):
    _BALANCED = rf"{_FLAT}(?:\({_BALANCED}\){_FLAT})*"

# Tried in this order, where the text is plain or the inside of a command substitution.
_PLAIN = re.compile(
    rf"""
    (?P<mark>    \0[0-9]+\0 )
  | (?P<escape>  \\. )
  | (?P<single>  '[^']*' )
  | (?P<ansi>    \$' )
  | (?P<dollar>  \$(?=\0) )
  | (?P<comment> (?<![^\s;&|()]) \# [^\n]* )
  | (?P<herestring> <<< )
  | (?P<heredoc> <<(?P<dash>-?)[ \t]*
                 (?P<delimiter>(?:\\.|'[^']*'|"[^"]*"|[^\s;&|<>()'"\\])*) )
  | (?P<newline> \n )
  | (?P<case>    \bcase\b )
  | (?P<open>    \( )
  | (?P<close>   \) )
  | (?P<quotes>  " )
  | (?P<backquote>  `(?:\\.|[^`\\])*` )
  | (?P<arithmetic> \$\(\({_BALANCED}\)\) )
  | (?P<unreadable> \$\(\( )
  | (?P<command> \$\( )
  | (?P<braces>  \$\{{ )
  | (?P<stray>   ['`] )
    """,
    re.VERBOSE | re.DOTALL,
)
# And inside of double quotes, or of ${...}.
_QUOTED = re.compile(
    rf"""
    (?P<mark>    \0[0-9]+\0 )
  | (?P<escape>  \\. )
  | (?P<quotes>  " )
  | (?P<backquote>  `(?:\\.|[^`\\])*` )
  | (?P<arithmetic> \$\(\({_BALANCED}\)\) )
  | (?P<unreadable> \$\(\( )
  | (?P<command> \$\( )
  | (?P<braces>  \$\{{ )
  | (?P<end>     \}} )
  | (?P<apostrophe> ' )
  | (?P<stray>   ` )
    """,
    re.VERBOSE | re.DOTALL,
)
# Tokens that are read whole; a mark anywhere in one is misplaced.
_WHOLE = {
    "escape": "after a backslash",
    "single": "inside single quotes",
    "comment": "in a comment",
    "heredoc": "in a heredoc's delimiter",
    "backquote": "inside `...`",
    "arithmetic": "inside $((...))",
}
_REFUSED = {
    "dollar": "a value stands right after a $, which can change what its quotes mean",
    "ansi": "$'...' does not mean the same to every shell; use '...'",
    "unreadable": "the end of $((...)) cannot be told: it has quotes, or is no arithmetic",
    "stray": "a quote is never closed",
    # Inside of ${...} only: shells differ in what it means there.
    "apostrophe": "a ' inside ${...} cannot be read",
    # Inside of "$(...)" only: its `a)` is not the end of the command substitution.
    "case": 'a `case` inside "$(...)" cannot be read; set a variable outside of quotes',
}
_OPENS = {
    "open": _Inside.PARENTHESES,
    "command": _Inside.COMMAND,
    "braces": _Inside.BRACES,
}


class _Reader:
    """Reads a script once, keeping account of what it is inside of.

    Where a shell is harder to read than this reader can, it refuses: being wrong must never mean
    that a misplaced value passes.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._inside: list[_Inside] = []
        self._heredocs: list[str] = []  # patterns that end the bodies after the next newline

    def read(self) -> None:
        while True:
            top = self._inside[-1] if self._inside else None
            quoted = top in (_Inside.QUOTES, _Inside.BRACES)
            token = (_QUOTED if quoted else _PLAIN).search(self._text, self._at)
            if token is None:
                break
            self._at = token.start()
            self._take(token, top)
        if self._inside:
            self._refuse(f"the script ends {self._inside[-1].value}")
        if self._heredocs:
            self._refuse("a heredoc has no text")

    def _take(self, token: re.Match[str], top: _Inside | None) -> None:
        kind = str(token.lastgroup)
        if kind in _WHOLE and "\0" in token[0]:
            self._misplaced(_WHOLE[kind])
        if kind == "mark" and top in (_Inside.QUOTES, _Inside.BRACES):
            self._misplaced(top.value)
        applies = {
            "apostrophe": top is _Inside.BRACES,
            "case": _Inside.QUOTES in self._inside,
        }
        if kind in _REFUSED and applies.get(kind, True):
            self._refuse(_REFUSED[kind])
        if kind == "heredoc":
            delimiter = re.sub(r"""['"\\]""", "", token["delimiter"])
            self._heredocs.append(("\t*" if token["dash"] else "") + re.escape(delimiter))
        self._nest(kind, top)
        self._at = token.end()
        if kind == "newline" and self._heredocs:
            self._skip_heredocs()

    def _nest(self, kind: str, top: _Inside | None) -> None:
        if kind in _OPENS:
            self._inside.append(_OPENS[kind])
        elif kind == "quotes":
            if top is _Inside.QUOTES:
                self._inside.pop()
            else:
                self._inside.append(_Inside.QUOTES)
        elif (kind == "end" and top is _Inside.BRACES) or (
            kind == "close" and top in (_Inside.COMMAND, _Inside.PARENTHESES)
        ):
            self._inside.pop()

    def _skip_heredocs(self) -> None:
        for delimiter in self._heredocs:
            found = re.compile(rf"^{delimiter}$", re.MULTILINE).search(self._text, self._at)
            body = self._text[self._at : found.end() if found else len(self._text)]
            if "\0" in body:
                self._at += body.index("\0")
                self._misplaced("in a heredoc")
            if found is None:
                self._refuse("a heredoc has no end")
            if body[: body.rfind("\n")].endswith("\\"):
                # Then the next line is part of this one, and no end; but not in every heredoc.
                self._refuse("the last line of a heredoc ends with a backslash")
            self._at += len(body)
        self._heredocs.clear()

    def _misplaced(self, place: str) -> NoReturn:
        self._refuse(f"a value stands {place}, where quotes do not protect it; write it on its own")

    def _refuse(self, text: str) -> NoReturn:
        number = self._text.count("\n", 0, self._at)
        line = _MARK.sub("{{...}}", self._text.split("\n")[number]).strip()
        raise MisplacedError(f"{text}, in line {number + 1} of the script: {line}")
