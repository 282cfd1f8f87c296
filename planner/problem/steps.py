# SPDX-License-Identifier: LGPL-2.1-or-later
"""Expected waits in a slot as a few convex steps."""

from planner.candidates import UNLIMITED, Queue
from planner.estimates import Pace

MAX_STEPS = 12


def wait_steps(slot: int, queue: Queue, pace: Pace, demand: int) -> list[tuple[int, int, int]]:
    """Return the steps (slot, width, wait) of the first `demand` runs sent to `queue`.

    The first step is what idle devices take at once, then a step is a round of all devices; from
    the eighth on the widths double, so that a long queue stays a few columns. The wait of a step
    is that of its middle run; waits grow from step to step, which makes their sum convex. The
    last step is unlimited.
    """
    if queue.devices is None:
        return [(slot, UNLIMITED, queue.wait(1, pace))]
    steps: list[tuple[int, int, int]] = []
    done = max(0, queue.devices - queue.running - queue.queued)
    if done:
        steps.append((slot, done, queue.wait(1, pace)))
    width = queue.devices
    while done < demand and len(steps) < MAX_STEPS:
        last = len(steps) == MAX_STEPS - 1
        middle = done + (width + 1) // 2
        steps.append((slot, UNLIMITED if last else width, queue.wait(middle, pace)))
        done += width
        if len(steps) >= MAX_STEPS - 4:
            width *= 2
    if not steps:
        return [(slot, UNLIMITED, queue.wait(1, pace))]
    slot_, _, wait = steps[-1]
    return [*steps[:-1], (slot_, UNLIMITED, wait)]
