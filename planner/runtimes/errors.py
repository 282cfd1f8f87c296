# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a runtime says of a run that it did not take, and what its silence means.

A runtime that gives no answer in time raises TimeoutError, one that cannot be reached
ConnectionError, one whose answer is of no use another OSError.
"""

from models import PlannerError


class NotSentError(OSError):
    """The run certainly did not arrive: nobody was there, or the runtime takes nothing now.

    It waits and is planned again, here or elsewhere.
    """


class UnreachableError(NotSentError, ConnectionError):
    """No connection was made, so nothing was asked or sent."""


class NoAccessError(NotSentError):
    """The runtime is there and does not let us in; the text says what to do about it."""


class DefinitionError(PlannerError):
    """There can be no definition of the run; `code` is KernelCI's word for why.

    One of `invalid_job_params` (the configuration is at fault) and `job_generation_error`.
    """

    def __init__(self, text: str, code: str = "job_generation_error") -> None:
        super().__init__(text)
        self.code = code
