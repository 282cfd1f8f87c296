# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long runs wait for their start: what a queue's length promises, and what came of that."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models import Learning, Names
from planner.estimates.nests import Nest, looked_up
from planner.estimates.past import Past
from planner.estimates.quantiles import Floats, Ints
from planner.estimates.shrinkage import Rungs, Shrunk
from planner.estimates.signatures import numbered

Flags = NDArray[np.bool_]

# Runs come in bursts and wait for each other: what comes counts as much as so many that ran.
_COMING = 40
# A wait is as uncertain as if its queue were longer by so much.
_SHORT_S = 1800
_MOST = np.log(20)  # so many times slower or faster than promised is an oddity


class Pace(NamedTuple):
    """A run waits `delay_s`, and `service_s` more for each that a device has to finish first.

    Where there is any such run, it waits `busy_s` more on top.
    """

    delay_s: int
    service_s: int
    busy_s: int = 0


class Slot(NamedTuple):
    """A queue to ask about: is its length told, and the mean duration of what may come there."""

    runtime: str
    device_type: str
    told: bool
    service_s: int


class Paces(NamedTuple):
    """What is expected of a slot: the mean duration of runs there, and how its queue moves.

    Half of the runs wait no longer than `usual` says, nine in ten no longer than `slow`.
    """

    service_s: int
    usual: Pace
    slow: Pace


class Waits:
    """What runs of the past say of the waits of others, by runtime and device type.

    A wait is a delay, which also a run has that finds a device idle, and a share of what the
    queue's length promised. Where a runtime does not tell its queue, all of it is delay.
    """

    def __init__(self, past: Past, weights: Floats, learning: Learning) -> None:
        self._prior = float(learning.prior_runs)
        self._spread = float(np.log(learning.declared_p90 / 100))
        self._runtimes = numbered(past.runtime.different)
        self._types = numbered(past.device_type.different)
        keys = self._keys(past.runtime, past.device_type)
        waited = ~np.isnan(past.wait)
        idle = waited & (past.queue == 0)
        busy = waited & (past.queue > 0)
        logs = np.log1p(np.where(waited, past.wait, 0))
        nest = Nest.of_keys(keys)
        # What holds of a slot is worked out once and not for each run there.
        of, self._slots = nest.of[-1] - nest.begin[-2], nest.key[nest.begin[-2] :]
        slots = self._keys_of(self._slots // max(1, len(self._types)), self._slots)
        self._idle = _rungs(logs, weights, nest, idle, self._prior)
        self._blind = _rungs(logs, weights, nest, waited, self._prior)
        delay = np.expm1(self._delay(self._idle, slots).middle)[of]
        promised = np.where(busy, np.maximum(1.0, past.queue), 1.0)
        ratio = np.log(np.maximum(1.0, np.where(busy, past.wait - delay, 1.0)) / promised)
        ratio = np.clip(ratio, -_MOST, _MOST)
        # A promise of a few seconds says little of how fast a queue drains.
        sure = weights * promised / (promised + _SHORT_S)
        self._drain = _rungs(ratio, sure, nest, busy, self._prior)
        none = np.zeros(len(self._slots))
        drain = np.exp(self._drain.descend(slots, none, none).middle)[of]
        late = (past.wait - delay - drain * promised) / (promised + _SHORT_S)
        self._late = _rungs(np.where(busy, late, 0), weights, nest, busy, self._prior)
        counted = (weights, weights * past.duration)
        self._served = [
            np.bincount(of, one, minlength=len(self._slots)).astype(np.float64) for one in counted
        ]

    def of(self, slots: Sequence[Slot]) -> list[Paces]:
        """Return what is expected of each slot."""
        keys = self._keys([one.runtime for one in slots], [one.device_type for one in slots])
        told = np.array([one.told for one in slots], dtype=np.bool_)
        idle, blind = self._delay(self._idle, keys), self._delay(self._blind, keys)
        none, spread = np.zeros(len(slots)), np.full(len(slots), self._spread)
        drain = np.exp(self._drain.descend(keys, none, none).middle)
        late = self._late.descend(keys, none, spread)
        beyond = np.maximum(0, late.middle + late.spread)
        runs, seconds = looked_up(self._slots, self._served, keys[-1])
        coming = np.array([one.service_s for one in slots], dtype=np.float64)
        service = np.maximum(1, (_COMING * coming + seconds) / (_COMING + runs))
        usual = np.expm1(np.where(told, idle.middle, blind.middle))
        slow = np.expm1(np.where(told, idle.middle + idle.spread, blind.middle + blind.spread))
        return [
            Paces(seconds, Pace(*one), Pace(*other))
            for seconds, one, other in zip(
                _whole(service),
                zip(_whole(usual), _whole(service * drain), strict=True),
                zip(
                    _whole(slow),
                    _whole(service * (drain + beyond)),
                    _whole(beyond * _SHORT_S),
                    strict=True,
                ),
                strict=True,
            )
        ]

    def _delay(self, rungs: Rungs, keys: tuple[Ints, ...]) -> Shrunk:
        """Return delays from what all runs have; that nobody waits is the word of one run."""
        none = np.zeros(len(keys[0]))
        middle, spread, runs = rungs.overall()
        return rungs.descend(
            keys, none + middle * runs / (runs + 1), none + spread * runs / (runs + 1)
        )

    def _keys(self, runtimes: Sequence[str], types: Sequence[str]) -> tuple[Ints, ...]:
        """Return the groups of each slot: all, the runtime, the device type there; -1 if new."""
        runtime = Names.of(runtimes).numbers(lambda name: self._runtimes.get(name, -1))
        device_type = Names.of(types).numbers(lambda name: self._types.get(name, -1))
        known = (runtime >= 0) & (device_type >= 0)
        slot = np.where(known, runtime * len(self._types) + device_type, -1)
        return self._keys_of(runtime, slot)

    @staticmethod
    def _keys_of(runtime: Ints, slot: Ints) -> tuple[Ints, ...]:
        return np.zeros_like(runtime), runtime, slot


def _rungs(values: Floats, weights: Floats, nest: Nest, these: Flags, prior: float) -> Rungs:
    return Rungs(values[these], weights[these], nest.where(these), prior=prior)


def _whole(seconds: Floats) -> list[int]:
    whole: list[int] = np.rint(seconds).astype(np.int64).tolist()
    return whole
