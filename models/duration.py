# SPDX-License-Identifier: LGPL-2.1-or-later
"""Durations as people write them."""

from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(value: Any) -> int:
    """Return a duration in whole seconds from 90, "90s", "3m", "2h" or "1d12h".

    Raises:
        ValueError: if the text is not such a duration.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    total, digits = 0, ""
    for character in text:
        if character.isdigit():
            digits += character
        elif character in _UNITS and digits:
            total += int(digits) * _UNITS[character]
            digits = ""
        else:
            raise ValueError(f"{value!r} is no duration such as 90s, 3m or 1d12h")
    if digits and digits != text:
        raise ValueError(f"{value!r} is no duration such as 90s, 3m or 1d12h")
    if not text:
        raise ValueError("an empty text is no duration")
    return total + (int(digits) if digits else 0)


Seconds = Annotated[
    int, BeforeValidator(seconds, json_schema_input_type=int | str), PlainSerializer(int)
]
