# SPDX-License-Identifier: LGPL-2.1-or-later
"""A place that somebody insists on."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from models.base import Ours


class Pin(Ours):
    """A runtime, a platform or a device type, or several of these, where alone a request may go."""

    runtime: str | None = None
    platform: str | None = None
    device_type: str | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not any(self._names):
            raise ValueError("a pin names a runtime, a platform or a device type")
        return self

    @property
    def _names(self) -> tuple[str | None, ...]:
        return self.runtime, self.platform, self.device_type

    def admits(self, runtime: str, platform: str, device_type: str) -> bool:
        """Tell whether a place is where the pin says."""
        here = (runtime, platform, device_type)
        return all(name in (None, at) for name, at in zip(self._names, here, strict=True))

    def __str__(self) -> str:
        return "/".join(name for name in self._names if name is not None)


class RequestPin(Pin):
    """An operator's pin of one request, by its key or at least seven first letters of it.

    With `run` it is of the request's run of that index only.
    """

    request: Annotated[str, Field(min_length=7)]
    run: Annotated[int, Field(ge=0)] | None = None

    def means(self, request: str) -> bool:
        """Tell whether the pin is of the request with that key, or of a run of it."""
        return request.startswith(self.request)
