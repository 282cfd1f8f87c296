# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nouns as text, and text as nouns."""

import json
import zlib
from typing import Any, TypeVar

from pydantic import BaseModel

Noun = TypeVar("Noun", bound=BaseModel)


def text_of(value: Any) -> str:
    """Return `value`, a noun or what JSON can hold, as ASCII text."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return json.dumps(value, separators=(",", ":"))


def noun_of(kind: type[Noun], text: str) -> Noun:
    """Return the noun that `text_of` wrote."""
    return kind.model_validate(json.loads(text))


def deflated(noun: BaseModel) -> bytes:
    """Return a noun that is large, and seldom read again, in few bytes."""
    return zlib.compress(text_of(noun).encode())


def inflated(kind: type[Noun], content: bytes) -> Noun:
    """Return the noun that `deflated` wrote."""
    return noun_of(kind, zlib.decompress(content).decode())
