# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tree that a search grows, part by part, and that becomes the proof."""

from dataclasses import dataclass

from planner.plan.proof import Proof, Side, Split
from planner.solvers.certify import Certifier
from planner.solvers.corner import Corner
from planner.solvers.messages import Floats


@dataclass
class Node:
    """A part of the problem: its box, the nearest corner known, and its parts once it is split.

    `own` tells whether the corner is of this box and not of the one around it.
    """

    box: tuple[Side, ...]
    corner: Corner
    own: bool
    ray: Floats | None = None
    columns: tuple[int, ...] = ()
    at: int = 0
    parts: tuple["Node", "Node"] | None = None

    def proof(self, certifier: Certifier) -> Proof:
        """Return the proof for this part."""
        if self.parts is None:
            return certifier.leaf(self.box, self.corner, self.ray)
        below, above = (part.proof(certifier) for part in self.parts)
        return Split(self.columns, self.at, below, above)
