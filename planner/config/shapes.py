# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the YAML of a scheduler entry and of rules must look like.

These are the shapes of the text, where the catalog's nouns are the shapes of the meaning. Both
the reading and the JSON Schema are made from them, so the two cannot drift apart.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt

from models import LabType, Ours, Runs
from models.catalog import Names
from models.duration import Seconds

Scalar = str | int | float | bool


def as_text(value: Any) -> str:
    """Return a scalar as YAML writes it, so that `true` and "true" are the same criterion.

    Raises:
        ValueError: if the value is no scalar.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError("a criterion is a text or number, or a list of these")


def _as_texts(value: Any) -> tuple[str, ...]:
    return tuple(as_text(item) for item in (value if isinstance(value, list | tuple) else [value]))


Criterion = Annotated[
    tuple[str, ...], BeforeValidator(_as_texts, json_schema_input_type=Scalar | list[Scalar])
]
Criteria = dict[str, Criterion]


class VersionRule(Ours):
    """A kernel version that a rule compares with."""

    version: StrictInt
    patchlevel: StrictInt


class RulesShape(BaseModel):
    """Rules: by attribute, the values that are allowed, or with `!` before them denied."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, list[str]] = Field(init=False)

    min_version: VersionRule | None = None
    max_version: VersionRule | None = None


class RuntimeShape(Ours):
    """Which runtimes an entry is for: one by name, several by name, or any of a type.

    With `after`, names are choices in their order: each later one counts once a request has waited
    that much longer.
    """

    type: LabType | None = None
    name: str | None = None
    names: Names | None = None
    after: Annotated[Seconds, Field(ge=0)] | None = None
    criteria: Criteria | None = None


class EntryShape(Ours):
    """One item of `scheduler:`."""

    job: str
    event: dict[str, Any]
    runtime: RuntimeShape
    platforms: Names | None = None
    criteria: Criteria | None = None
    runs: Runs | None = None
    rules: RulesShape | None = None
