# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one more device of a type would bring."""

from models.base import Ours


class BoardWorth(Ours):
    """One more device of a type in a runtime, or one more job at a time (no `device_type`).

    `gains` is by how much each tier of the plan would change (after minus before, in the tier's
    unit), in the policy's order; `placed` how many more runs would have a place. `solved` is False
    where the prices of the plan prove that no tier would change, so that nothing had to be solved.
    """

    runtime: str
    device_type: str | None
    placed: int
    gains: dict[str, int]
    solved: bool

    @property
    def place(self) -> str:
        """Return the name of the place."""
        return f"{self.runtime}/{self.device_type}" if self.device_type else self.runtime
