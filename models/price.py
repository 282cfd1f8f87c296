# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one more place would be worth, as the proof of a plan prices it."""

from models.base import Ours


class Price(Ours):
    """One more place under `rule`, at a slot or, without a `device_type`, in a whole runtime.

    `label` says for which runs it would be, where not for all ("tree android").
    `worth` is by how much it could better `tier` at most, in the tier's own unit; `tier` is the
    first one that it could better at all.
    """

    rule: str
    runtime: str
    device_type: str | None
    label: str | None = None
    tier: str
    worth: float

    @property
    def place(self) -> str:
        """Return the name of the place."""
        name = f"{self.runtime}/{self.device_type}" if self.device_type else self.runtime
        return f"{name} ({self.label})" if self.label else name
