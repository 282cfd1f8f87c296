# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the API can fail, by what is known of the request afterwards."""

from models import PlannerError


class ApiError(PlannerError):
    """The API did not do what it was asked; `status` is what it answered, None if it did not."""

    def __init__(self, asked: str, text: str, status: int | None = None) -> None:
        super().__init__(f"{asked}: {text}")
        self.status = status


class RefusedError(ApiError):
    """The API understood and said no: nothing was done, and asking again is of no use."""


class UnreachableError(ApiError):
    """There was no usable answer: what was asked may be done or not."""


class AwayError(UnreachableError):
    """Nobody was there to hear it: nothing was done."""


class SilentError(UnreachableError):
    """The API was reached and said nothing for as long as it was given."""


class UnsureError(UnreachableError):
    """A node may have been created, and cannot be found yet: look again before creating it."""
