# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the labs of a scenario have, and what befalls them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

HOUR = 3600.0


@dataclass(frozen=True)
class Window:
    """Seconds since the beginning, the end not included."""

    start: float
    end: float

    def __contains__(self, moment: float) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True)
class Machine:
    """A Kubernetes node: what pods can ask of it."""

    cpu: int
    memory_gb: int


@dataclass(frozen=True)
class LabSpec:
    """One simulated lab.

    `devices` are boards by device type (LAVA), `machines` nodes by context (Kubernetes), `slots`
    how many runs go on at a time (everything else). `others` is the share of all boards that other
    users keep busy. `risk` is how often a run is spoiled by the place, from `fails_at` on it is
    `fail_risk`. `pace` multiplies how long runs last, and from `slows_at` on `slow_pace` does too.
    A request to its API takes `delay_s` seconds. In an `outage` nothing answers and what runs is
    lost; in `maintenance` the lab answers and starts nothing. A board breaks every `board_life_s`
    seconds in the mean. LAVA looks every `poll_s` seconds for boards that became free.
    """

    runtime: str
    devices: Mapping[str, int] = field(default_factory=dict)
    machines: Mapping[str, tuple[Machine, ...]] = field(default_factory=dict)
    slots: int = 0
    others: float = 0.0
    risk: float = 0.02
    fails_at: float = float("inf")
    fail_risk: float = 0.02
    pace: float = 1.0
    slows_at: float = float("inf")
    slow_pace: float = 1.0
    delay_s: float = 0.4
    outages: tuple[Window, ...] = ()
    maintenance: tuple[Window, ...] = ()
    board_life_s: float = 30 * 24 * HOUR
    repair_s: float = 10 * HOUR
    health_check_s: float = 240.0
    health_every_s: float = 24 * HOUR
    poll_s: float = 20.0

    def risk_at(self, moment: float) -> float:
        """Return how often a run that begins at `moment` is spoiled by the place."""
        return self.fail_risk if moment >= self.fails_at else self.risk

    def pace_at(self, moment: float) -> float:
        """Return by what runs that begin at `moment` last longer than elsewhere."""
        return self.pace * (self.slow_pace if moment >= self.slows_at else 1.0)


@dataclass(frozen=True)
class Fleet:
    """All labs of a scenario, by the name of their runtime."""

    labs: Mapping[str, LabSpec]

    def __iter__(self) -> Iterator[LabSpec]:
        return iter(self.labs[name] for name in sorted(self.labs))

    def having(self, *specs: LabSpec) -> "Fleet":
        """Return the fleet with these labs instead of those of their names."""
        return Fleet({**self.labs, **{spec.runtime: spec for spec in specs}})
