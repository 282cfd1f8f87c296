# SPDX-License-Identifier: LGPL-2.1-or-later
"""Records become executions, or are left out with what is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from models import Execution, Unusable, utc
from planner.history.records import Record

SKEW = timedelta(minutes=5)  # so far may two clocks be apart
_NAMES = ("job", "platform", "runtime")
_MAY_BE = ("kind", "device_type", "arch", "tree", "result", "job_id")
_TIMES = ("submitted", "started", "ended")
_YES, _NO = ("true", "1", "yes"), ("false", "0", "no", "")


class OddError(ValueError):
    """What is wrong with a record."""


def sieved(
    records: Iterable[Record | Unusable], now: datetime, *, timed: bool = True
) -> Iterator[Execution | Unusable]:
    """Yield what each record says, or why that cannot be.

    What was told before is left out, too. With `timed` a record has to say when its run began.
    """
    seen: set[object] = set()
    for record in records:
        if isinstance(record, Unusable):
            yield record
            continue
        try:
            execution = execution_of(record.told, now, timed=timed)
        except OddError as error:
            yield Unusable(record.where, str(error))
            continue
        key = (execution.runtime, execution.name, execution.ended.date())
        if key in seen:
            yield Unusable(record.where, "it was told before")
            continue
        seen.add(key)
        yield execution


def execution_of(told: Mapping[str, Any], now: datetime, *, timed: bool) -> Execution:
    """Return the run that a record tells of.

    Raises:
        OddError: if it cannot be.
    """
    if unknown := sorted(set(told) - {*_NAMES, *_MAY_BE, *_TIMES, "infrastructure"}):
        raise OddError(f"nobody knows {', '.join(map(repr, unknown))}")
    names = {name: _name(told, name) for name in (*_NAMES, *_MAY_BE)}
    if missing := [name for name in _NAMES if not names[name]]:
        raise OddError(f"it has no {' and no '.join(missing)}")
    times = {name: _time(told, name) for name in _TIMES}
    _see_to_it_that_it_can_be(times, now, timed=timed)
    return Execution.model_validate(
        {
            **names,
            **times,
            "kind": names["kind"] or "job",
            "device_type": names["device_type"] or names["platform"],
            "infrastructure": _flag(told.get("infrastructure")),
        }
    )


def _see_to_it_that_it_can_be(
    times: Mapping[str, datetime | None], now: datetime, *, timed: bool
) -> None:
    submitted, started, ended = (times[name] for name in _TIMES)
    if ended is None:
        raise OddError("it does not say when it ended")
    if ended > now + SKEW:
        raise OddError("it ended in the future")
    if started is None:
        if timed:
            raise OddError("it does not say when it started")
        return
    if ended < started:
        raise OddError("it ended before it started")
    if ended == started:
        raise OddError("it took no time at all")
    if submitted is not None and started < submitted - SKEW:
        raise OddError("it started before it was submitted")


def _name(told: Mapping[str, Any], name: str) -> str | None:
    value = told.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool | dict | list):
        raise OddError(f"{name}: {value!r} is no name")
    return str(value)


def _time(told: Mapping[str, Any], name: str) -> datetime | None:
    value = told.get(name)
    if value is None or value == "":
        return None
    moment = utc(value)
    if moment is None:
        raise OddError(f"{name}: {value!r} is no ISO 8601 time")
    return moment


def _flag(value: Any) -> bool:
    word = "" if value is None else str(value).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise OddError(f"infrastructure: {value!r} is neither true nor false")
