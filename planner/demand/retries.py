# SPDX-License-Identifier: LGPL-2.1-or-later
"""A run that infrastructure spoiled is asked for again, elsewhere."""

import hashlib
from datetime import datetime, timedelta

from models import Place, Request, Runs, SentRun, Spoiled


def retry_of(spoiled: Spoiled, now: datetime, deadline_s: int) -> Request:
    """Return the request for one run in the place of the one that was spoiled.

    The first time it goes to another kind of device, from the second time on to another lab, as far
    as there are any that did not spoil it yet; where there are none, anywhere but to the last one.
    It counts as one retry more, and its age begins anew.
    """
    before = spoiled.request
    retry, tried = before.retry + 1, (*before.tried, spoiled.place)
    everywhere = (*before.candidates, *before.spare)
    chosen = _elsewhere(everywhere, tried, other_lab=retry > 1)
    told = f"{spoiled.run} retry {retry}"
    return before.model_copy(
        update={
            "key": hashlib.sha256(told.encode()).hexdigest()[:20],
            "retry": retry,
            "runs": Runs(),
            "candidates": chosen,
            "created": now,
            "deadline": now + timedelta(seconds=deadline_s),
            "sent": (),
            "tried": tried,
            "spare": tuple(place for place in everywhere if place not in chosen),
        }
    )


def _elsewhere(
    places: tuple[Place, ...], tried: tuple[SentRun, ...], *, other_lab: bool
) -> tuple[Place, ...]:
    """Return the places that are most unlike those that were tried."""
    labs = {one.runtime for one in tried}
    slots = {(one.runtime, one.device_type) for one in tried}
    last = tried[-1]
    new = tuple(place for place in places if (place.runtime, place.device_type) not in slots)
    in_new_labs = tuple(place for place in new if place.runtime not in labs)
    in_other_labs = tuple(place for place in new if place.runtime != last.runtime)
    if other_lab and (in_new_labs or in_other_labs):
        return in_new_labs or in_other_labs
    back = (last.runtime, last.device_type)
    not_back = tuple(place for place in places if (place.runtime, place.device_type) != back)
    return new or not_back or places
