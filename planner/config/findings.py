# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is found wrong while the configuration is read, and the reading of one item."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models import Defect
from planner.config.located import Mark, find

Noun = TypeVar("Noun", bound=BaseModel)

_CODES = {"extra_forbidden": "unknown_key", "missing": "missing_key"}


@dataclass
class Findings:
    """The defects found so far; `malformed` are those for which an item was left out."""

    defects: list[Defect] = field(default_factory=list)
    malformed: list[Defect] = field(default_factory=list)

    def note(self, mark: Mark, code: str, subject: str, text: str) -> None:
        """Record a defect of an item that is kept."""
        self.defects.append(Defect(where=mark.where, code=code, subject=subject, text=text))

    def lose(self, mark: Mark, code: str, subject: str, text: str) -> None:
        """Record a defect for which an item is left out."""
        self.note(mark, code, subject, text)
        self.malformed.append(self.defects[-1])

    def read(
        self,
        noun: type[Noun],
        data: Mapping[str, Any],
        source: Any,
        mark: Mark,
        subject: str,
        *,
        code: str | None = None,
    ) -> Noun | None:
        """Return the noun that `data` says, or None with one defect for each thing wrong.

        `source` is the located data behind `data` and stands at `mark`; `subject` is the item's
        name. With `code` all defects have that code.
        """
        try:
            return noun.model_validate(data)
        except ValidationError as wrong:
            for error in wrong.errors(include_url=False, include_context=False):
                found, text = describe(error, source, mark)
                kind = code or _CODES.get(error["type"], "bad_value")
                self.lose(found, kind, subject, f"{subject}: {text}; it is left out")
            return None


def describe(error: ErrorDetails, source: Any, mark: Mark) -> tuple[Mark, str]:
    """Return the place of one of pydantic's errors, and a sentence that says what is wrong."""
    path = _dotted(error["loc"])
    if error["type"] == "extra_forbidden":
        return find(source, error["loc"], mark, key=True), f"unknown key {path!r}"
    if error["type"] == "missing":
        return find(source, error["loc"], mark, key=True), f"key {path!r} is missing"
    found = find(source, error["loc"], mark)
    message = error["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return found, f"{path}: {message}" if path else message


def _dotted(loc: Iterable[int | str]) -> str:
    """Return the path of an error as a reader of the YAML would write it."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path
