# SPDX-License-Identifier: LGPL-2.1-or-later
"""A planner is well as long as it does its work, and says what is wrong when it does not."""

from planner.monitor.health import GRACE_S, PATIENCE, Health

PERIOD = 180.0


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_cycles_that_stop_turn_it_red() -> None:
    """It is well until several cycles are missing, and again after the next one."""
    clock = Clock()
    health = Health(clock)
    health.leads(PERIOD)
    health.ended()
    clock.now += PATIENCE * PERIOD + GRACE_S
    assert health.state()["well"]
    clock.now += 1
    assert not health.state()["well"]
    health.ended()
    assert health.state()["well"]


def test_cycles_that_fail_turn_it_red() -> None:
    """A cycle that fails is no sign of life; the last failure is shown until one goes well."""
    clock = Clock()
    health = Health(clock)
    for _ in range(5):
        health.leads(PERIOD)
        health.failed("no disk")
        clock.now += PERIOD
    state = health.state()
    assert (state["well"], state["failure"], state["role"]) == (False, "no disk", "leading")
    health.ended()
    assert health.state()["failure"] is None


def test_a_standby_is_well() -> None:
    """It has no cycles to do; one that stopped looking is not well."""
    clock = Clock()
    health = Health(clock)
    for _ in range(100):
        health.waits()
        clock.now += 30
    assert health.state() | {"silent_s": 0} == {
        "well": True,
        "role": "standby",
        "silent_s": 0,
        "limit_s": GRACE_S,
        "failure": None,
    }
    clock.now += GRACE_S
    assert not health.state()["well"]


def test_taking_over_begins_anew() -> None:
    """A standby that leads now gets the time of its first cycles."""
    clock = Clock()
    health = Health(clock)
    health.waits()
    clock.now += 10 * PERIOD
    health.leads(PERIOD)
    assert health.state()["well"]
