# SPDX-License-Identifier: LGPL-2.1-or-later
"""The error that a user can mend, and what the process exits with."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit status of a command means."""

    DONE = 0
    ERROR = 1
    USAGE = 2
    DEGRADED = 3
    LOCKED = 4
    SOMETHING_TO_SUBMIT = 5


class PlannerError(Exception):
    """Something that a user can mend; its text names the place and what to do."""

    exit_code: ExitCode = ExitCode.ERROR

    def __init__(self, text: str, exit_code: ExitCode = ExitCode.ERROR) -> None:
        super().__init__(text)
        self.exit_code = exit_code
