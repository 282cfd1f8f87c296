# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one more device of each type would bring."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from models import BoardWorth, Tier
from planner.rules import GOALS
from planner.whatif.certain import Certainty
from planner.whatif.changes.amounts import Amount
from planner.whatif.changes.capacity import Devices, Slots
from planner.whatif.scenario import Scenario

More = Devices | Slots
# What goes along with the places that are tried, such as a progress bar.
Along = Callable[[Sequence[More]], Iterable[More]]

ONE_MORE = Amount("+", 1)


def worth(scenario: Scenario, along: Along = iter) -> tuple[BoardWorth, ...]:
    """Return what one more device of each type would bring, the best first.

    Every type is tried that a lab lists and that a run of the batch could use; where a runtime
    counts jobs at a time instead of devices, that is one more. Each is solved, but for those of
    which the prices of the plan prove that nothing would be better.
    """
    certainty = Certainty(scenario.problem, scenario.plan)
    found = [_worth(scenario, certainty, more) for more in along(tuple(one_more_each(scenario)))]
    return tuple(sorted(found, key=lambda one: _order(one, scenario.policy.tiers)))


def one_more_each(scenario: Scenario) -> Iterator[More]:
    """Yield one more device of each type, by runtime and type."""
    wanted = {
        (place.runtime, place.device_type)
        for request in scenario.requests
        for place in request.candidates
    }
    for name, capacity in sorted(scenario.capacity.runtimes.items()):
        if not capacity.known:
            continue
        if capacity.devices is not None:
            for device_type in sorted(capacity.devices):
                if (name, device_type) in wanted:
                    yield Devices(name, device_type, ONE_MORE)
        elif capacity.slots is not None and any(runtime == name for runtime, _ in wanted):
            yield Slots(name, ONE_MORE)


def _worth(scenario: Scenario, certainty: Certainty, more: More) -> BoardWorth:
    changed = more.apply(scenario)
    solved = not certainty.still_best(changed.problem)
    return BoardWorth(
        runtime=more.runtime,
        device_type=more.device_type if isinstance(more, Devices) else None,
        placed=changed.plan.placed - scenario.plan.placed if solved else 0,
        gains=scenario.gains(changed if solved else scenario),
        solved=solved,
    )


def _order(one: BoardWorth, tiers: Iterable[Tier]) -> tuple[tuple[int, ...], str]:
    """Return what sorts the best to the top, tier by tier."""
    gains = ((GOALS[tier], one.gains.get(tier, 0)) for tier in tiers)
    better = [-gain if goal.maximise else gain for goal, gain in gains]
    return tuple(better), one.place
