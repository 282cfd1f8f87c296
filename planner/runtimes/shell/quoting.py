# SPDX-License-Identifier: LGPL-2.1-or-later
"""Values reach a script as variables: no byte of one stands in what the shell reads as code.

A template is rendered with a mark in place of each value. The values are assigned at the top of
the script, in single quotes, and each mark becomes `"$kci_1"`: the shell expands a variable and
never reads again what comes out, wherever it stands. That holds for any template.

What a template can still get wrong is the value's shape: between quotes, or where quotes mean
nothing, `"$kci_1"` is not exactly one word; and it may be code after all to a second shell, as in
`sh -c "echo {{ name }}"`. So a mark that does not stand on its own is refused.
"""

import re

# What stands for value number N until the script is known; no script may contain a NUL itself.
MARK = "\0{}\0"
_MARK = re.compile("\0([0-9]+)\0")


class MisplacedError(ValueError):
    """A value does not stand on its own; the text names the line."""


def quote(text: str) -> str:
    """Return the shell word that is exactly `text`.

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
    """Return the script whose marks stand for `words`, which are quoted already."""
    assigned = "".join(f"kci_{number}={word}\n" for number, word in enumerate(words))
    return assigned + _MARK.sub(r'"$kci_\1"', marked)


# A command substitution with quotes of its own, as it may stand inside of double quotes.
_COMMAND = r"""\$\( (?: \\. | '[^']*' | "(?:\\.|[^"\\])*" | [^()'"\\] )*+ \)"""

_TOKEN = re.compile(
    rf"""
    (?P<mark>       \0[0-9]+\0 )
  | (?P<dollar>     \$\0[0-9]+\0 )
  | (?P<escape>     \\(?:\0[0-9]+\0|.) )
  | (?P<single>     '[^']*' )
  | (?P<double>     "(?: \\. | {_COMMAND} | [^"\\] )*+" )
  | (?P<backquotes> `(?: \\. | [^`\\] )*+` )
  | (?P<braces>     \$\{{[^}}]*\}} )
  | (?P<arithmetic> \$\(\(.*?\)\) | \$\[.*?\] )
  | (?P<comment>    (?<![^\s;&|()])\#[^\n]* )
  | (?P<heredoc>    (?<!<)<<(?!<)(?P<dash>-)?[ \t]*['"\\]?(?P<end>[^\s'"\\;&|<>()]+)
                    .*? ^(?(dash)\t*)(?P=end)$ )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_PLACES = {
    "dollar": "right after a $",
    "escape": "after a backslash",
    "single": "inside single quotes",
    "double": "inside double quotes",
    "backquotes": "inside `...`",
    "braces": "inside ${...}",
    "arithmetic": "inside $((...))",
    "comment": "in a comment",
    "heredoc": "in a heredoc",
}


def check_places(marked: str) -> None:
    """Make sure that every mark stands on its own.

    Raises:
        MisplacedError: if one does not.
    """
    for token in _TOKEN.finditer(marked):
        if token.lastgroup == "mark" or (mark := _MARK.search(token[0])) is None:
            continue
        number = marked.count("\n", 0, token.start() + mark.start())
        line = _MARK.sub("{{...}}", marked.split("\n")[number]).strip()
        raise MisplacedError(
            f"a value stands {_PLACES[str(token.lastgroup)]}, where it would not be one word;"
            f" write it on its own, as in x={{{{...}}}}, in line {number + 1} of the script: {line}"
        )
