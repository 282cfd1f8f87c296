# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the health of labs and device types lets through."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from models import HealthSettings, Place, Reason, ReasonCode
from planner.estimates import Condition, Health, State


@dataclass(frozen=True)
class Gate:
    """Lets places of bad health have few runs or none; `under_way` counts by runtime and type."""

    health: Health
    settings: HealthSettings
    under_way: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def most(self, runtime: str, device_type: str | None = None) -> int | None:
        """Return how many more runs a lab, or a device type there, gets; None: no limit."""
        sent = sum(
            count
            for (lab, device), count in self.under_way.items()
            if lab == runtime and device_type in (None, device)
        )
        # What is past was counted back from now.
        return self.health.of(runtime, device_type).admits(self.settings, 0.0, sent)

    def refuse(self, place: Place) -> Reason | None:
        """Return why the place gets no run now, None if it may."""
        for name, device_type, condition in self._bad(place):
            if self.most(place.runtime, device_type) == 0:
                return Reason.of(ReasonCode.UNHEALTHY, condition.text(name))
        return None

    def risk(self, place: Place) -> int:
        """Return how many of a thousand runs the place spoils at least, by its bad health."""
        return max((bad.share_permille for _, _, bad in self._bad(place)), default=0)

    def told(self, place: Place) -> str | None:
        """Return what is wrong with the health of the place, None if nothing is."""
        found = [condition.text(name) for name, _, condition in self._bad(place)]
        return "; ".join(found) or None

    def _bad(self, place: Place) -> Iterator[tuple[str, str | None, Condition]]:
        slot = f"{place.runtime}/{place.device_type}"
        for name, device_type in ((place.runtime, None), (slot, place.device_type)):
            condition = self.health.of(place.runtime, device_type)
            if condition.state is not State.SOUND:
                yield name, device_type, condition
