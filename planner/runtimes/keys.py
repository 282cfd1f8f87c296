# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an item of `runtimes:` says beside KernelCI's keys."""

from typing import TypeVar

from pydantic import ValidationError

from models import PlannerError, Runtime
from models.base import Theirs

Keys = TypeVar("Keys", bound=Theirs)


def read_keys(runtime: Runtime, kind: type[Keys]) -> Keys:
    """Return the keys of a runtime that `kind` knows.

    Raises:
        PlannerError: if a value cannot be used; the text names its place.
    """
    try:
        return kind.model_validate(runtime.params)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(map(str, wrong["loc"]))
        text = f"{runtime.where}: runtimes.{runtime.name}.{place}: {wrong['msg']}"
        raise PlannerError(text) from error
