# SPDX-License-Identifier: LGPL-2.1-or-later
"""Why a run is not placed now: the least final of all that stands in its way."""

from collections.abc import Iterable

from models import (
    Mode,
    Obstacle,
    Option,
    Reason,
    ReasonCode,
    Rejection,
    RequestOptions,
)
from planner.plan.takers import Takers, limit_text
from planner.plan.wording import counted, named

# The policy of today sends each run to one drawn place, and drops it if that one is full.
DROPPING_SOLVER = "today"
NAMED = 3  # how many of the runs that took the room a reason names

_FINALITY = {code: position for position, code in enumerate(ReasonCode)}
_USED_UP = {
    "slot_ceiling": ReasonCode.QUEUE_FULL,
    "runtime_total": ReasonCode.RUNTIME_FULL,
    "deadline": ReasonCode.DEADLINE,
    "lab_share": ReasonCode.LAB_SHARE,
    "lab_hours": ReasonCode.LAB_HOURS,
    "lab_quota": ReasonCode.QUOTA_FULL,
    "resources": ReasonCode.RESOURCES,
    "reserve": ReasonCode.RESERVED,
}


def _pinned(request: RequestOptions, index: int) -> bool:
    """Tell whether the run of that index may not go wherever others of its request may."""
    return any(index in option.barred for option in request.options)


def why_waiting(
    request: RequestOptions, index: int, missing: int, takers: Takers, solver: str
) -> Reason:
    """Return why `missing` runs of `request`, that of `index` among them, are not placed."""
    if not request.options:
        return _nowhere(request.rejections)
    if _pinned(request, index):
        open_to_it = tuple(o for o in request.options if index not in o.barred)
        if not open_to_it:
            text = f"run {index} is pinned, and to none of the places that could take it now"
            return Reason.of(ReasonCode.PINNED, text)
        request = request.model_copy(update={"options": open_to_it})
    if solver == DROPPING_SOLVER:
        return _dropped(request.options)
    open_ = [option for option in request.options if option.obstacle is None]
    if request.mode is Mode.STRICT:
        apart = _apart(request, missing, open_)
        if apart is not None:
            return apart
    elif open_:
        return _unused(open_[0])
    return _no_room(request.options, takers)


def _nowhere(rejections: Iterable[Rejection]) -> Reason:
    """Return the least final of the reasons for which no place at all is a candidate."""
    refused = sorted(rejections, key=lambda r: _FINALITY[r.reason.code], reverse=True)
    if not refused:
        text = "no place admits it; a problem that was loaded from a file does not know why"
        return Reason.of(ReasonCode.NO_DEVICE, text)
    reason = refused[0].reason
    others = len(refused) - 1
    if not others:
        return reason
    text = f"{reason.text}; refused as well: {counted(others, 'other place')}"
    return Reason.of(reason.code, text)


def _dropped(options: tuple[Option, ...]) -> Reason:
    full = [option for option in options if option.obstacle is not None]
    text = f"dropped: the place that was drawn had no room; {len(full)} of {len(options)} are full"
    if full and full[0].obstacle:
        text += f" ({limit_text(full[0].runtime, full[0].device_type, full[0].obstacle)})"
    return Reason.of(ReasonCode.DROPPED, text)


def _apart(request: RequestOptions, missing: int, open_: list[Option]) -> Reason | None:
    """Return why a strict request cannot have different values for all its runs, if that is it.

    None where each place is full: then what filled them is the reason.
    """
    to_have = _different(request, open_)
    at_most = _different(request, list(request.options))
    if not open_ and at_most >= missing:
        return None
    what = " and ".join(request.variant)
    text = (
        f"variant_strict: {counted(missing, 'more run')} with a different {what} each, or none;"
        f" {to_have} can be had now, of {at_most} that are free of earlier runs"
    )
    return Reason.of(ReasonCode.VARIANT, text)


def _different(request: RequestOptions, options: list[Option]) -> int:
    """Return in how many values `options` differ at most, in the attribute where it is least."""
    return min(
        len({option.values[position] for option in options} - set(earlier))
        for position, earlier in enumerate(request.earlier)
    )


def _unused(option: Option) -> Reason:
    text = f"{option.runtime}/{option.device_type} has room that this plan does not use"
    return Reason.of(ReasonCode.OUTBID, text)


def _no_room(options: tuple[Option, ...], takers: Takers) -> Reason:
    """Return what fills the most hopeful place: one that others got before one that was full."""
    full = [(_code(option.obstacle), option) for option in options if option.obstacle is not None]
    code, best = min(
        full, key=lambda f: (-_FINALITY[f[0]], f[1].wait_s + f[1].duration_s, f[1].cost)
    )
    assert best.obstacle is not None
    text = limit_text(best.runtime, best.device_type, best.obstacle)
    if code is ReasonCode.OUTBID:
        got = takers.of(best.runtime, best.device_type, best.obstacle)
        text += f", and {named(got, NAMED)} got that"
    if len(full) > 1:
        text += f"; full as well: {counted(len(full) - 1, 'other place')}"
    return Reason.of(code, text)


def _code(obstacle: Obstacle) -> ReasonCode:
    return ReasonCode.OUTBID if obstacle.limit >= obstacle.need else _USED_UP[obstacle.rule]
