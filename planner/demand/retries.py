# SPDX-License-Identifier: LGPL-2.1-or-later
"""A run that infrastructure spoiled is asked for again, elsewhere."""

import hashlib
from datetime import datetime, timedelta

from models import Request, Runs, Spoiled


def retry_of(spoiled: Spoiled, now: datetime, deadline_s: int) -> Request:
    """Return the request for one run in the place of the one that was spoiled.

    The first time it goes to another kind of device, from the second time on to another lab, as far
    as there are any. It counts as one retry more, and its age begins anew.
    """
    before, place = spoiled.request, spoiled.place
    retry = before.retry + 1
    elsewhere = tuple(
        one
        for one in before.candidates
        if (one.runtime, one.device_type) != (place.runtime, place.device_type)
    )
    other_labs = tuple(one for one in elsewhere if one.runtime != place.runtime)
    preferred = (other_labs or elsewhere) if retry > 1 else elsewhere
    told = f"{spoiled.run} retry {retry}"
    return before.model_copy(
        update={
            "key": hashlib.sha256(told.encode()).hexdigest()[:20],
            "retry": retry,
            "runs": Runs(),
            "candidates": preferred or before.candidates,
            "created": now,
            "deadline": now + timedelta(seconds=deadline_s),
            "sent": (),
        }
    )
