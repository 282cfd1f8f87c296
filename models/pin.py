# SPDX-License-Identifier: LGPL-2.1-or-later
"""A place that somebody insists on."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from models.base import Ours


class Pin(Ours):
    """A runtime, a platform, or one in the other, where alone a request may go."""

    runtime: str | None = None
    platform: str | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.runtime is None and self.platform is None:
            raise ValueError("a pin names a runtime, a platform or both")
        return self

    def admits(self, runtime: str, platform: str) -> bool:
        """Tell whether a place is where the pin says."""
        return self.runtime in (None, runtime) and self.platform in (None, platform)

    def __str__(self) -> str:
        return "/".join(name for name in (self.runtime, self.platform) if name is not None)


class RequestPin(Pin):
    """An operator's pin of one request, by its key or at least seven first letters of it."""

    request: Annotated[str, Field(min_length=7)]
