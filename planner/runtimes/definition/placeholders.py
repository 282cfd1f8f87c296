# SPDX-License-Identifier: LGPL-2.1-or-later
"""`{name}` in the text of a param stands for another value."""

import re
from collections.abc import Mapping
from typing import Any

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ROUNDS = 5  # a value may hold placeholders itself; one that holds its own would never end


def fill(value: Any, names: Mapping[str, Any]) -> Any:
    """Return `value` with each `{name}` in its texts replaced, at any depth of lists and mappings.

    Names that are not known, or whose value is no text or number, stay as they are: braces have
    other meanings in shells and labs.
    """
    if isinstance(value, str):
        return _filled(value, names)
    if isinstance(value, Mapping):
        return {key: fill(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill(item, names) for item in value]
    return value


def _filled(text: str, names: Mapping[str, Any]) -> str:
    def known(match: re.Match[str]) -> str:
        value = names.get(match[1])
        return str(value) if isinstance(value, str | int | float) else match[0]

    for _ in range(_ROUNDS):
        before, text = text, _PLACEHOLDER.sub(known, text)
        if text == before:
            break
    return text
