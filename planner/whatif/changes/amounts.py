# SPDX-License-Identifier: LGPL-2.1-or-later
"""How a number changes: `+2`, `-1` or `=3`."""

import re
from dataclasses import dataclass

from planner.whatif.scenario import impossible

_SPELLED = re.compile(r"([+\-=])(\d{1,6})", re.ASCII)


@dataclass(frozen=True)
class Amount:
    """More (`+`), less (`-`) or exactly (`=`) `number`."""

    sign: str
    number: int

    @classmethod
    def read(cls, text: str) -> "Amount":
        """Return the amount that `text` spells.

        Raises:
            PlannerError: if it spells none.
        """
        found = _SPELLED.fullmatch(text)
        if not found:
            raise impossible(f"{text!r} is no amount; write +2, -1 or =3")
        return cls(found[1], int(found[2]))

    def of(self, what: str, number: int) -> int:
        """Return what `number` becomes; `what` names it in the error.

        Raises:
            PlannerError: if it would be less than nothing.
        """
        changed = {"+": number + self.number, "-": number - self.number, "=": self.number}
        if changed[self.sign] < 0:
            raise impossible(f"{what} is {number}, which cannot be {self.number} less")
        return changed[self.sign]

    def __str__(self) -> str:
        return f"{self.sign}{self.number}"
