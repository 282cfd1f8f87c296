# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the marks of a time axis stand."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
    *(_DAY * n for n in (1, 2, 7, 14, 30)),
)
_MOST = 6


def ticks(horizon: int) -> tuple[int, ...]:
    """Return at most six round times, in seconds, from 0 up to `horizon`, evenly spaced."""
    for step in _STEPS:
        if horizon // step < _MOST:
            break
    else:
        step = -(-horizon // (_MOST - 1) // _DAY) * _DAY + _DAY
    return tuple(range(0, horizon + 1, step))
