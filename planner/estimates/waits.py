# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long runs wait for their start: what a queue's length promises, and what came of that."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from models import Learning, Names
from planner.estimates.drains import SHORT_S, Drains
from planner.estimates.nests import Nest, looked_up
from planner.estimates.past import Past
from planner.estimates.quantiles import Flags, Floats, Ints
from planner.estimates.shrinkage import Rungs, Shrunk
from planner.estimates.signatures import numbered

# Runs come in bursts and wait for each other: what comes counts as much as so many that ran.
_COMING = 40
_RANKS = 20  # priorities make a rank, whose runs wait alike


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

    Half of the runs wait no longer than `usual` says, nine in ten no longer than `slow`. All of
    them together wait as `mean` says, which is longer where a few wait very long.
    """

    service_s: int
    usual: Pace
    slow: Pace
    mean: Pace


class Waits:
    """What runs of the past say of the waits of others, by runtime and device type.

    A wait is a delay, which also a run has that finds a device idle, and a share of what the
    queue's length promised, by the rank of their priority more or less: who is urgent overtakes
    others. Where a runtime does not tell its queue, all of it is delay.
    """

    def __init__(self, past: Past, weights: Floats, learning: Learning) -> None:
        self._prior = float(learning.prior_runs)
        self._spread = float(np.log(learning.declared_p90 / 100))
        self._runtimes = numbered(past.runtime.different)
        self._types = numbered(past.device_type.different)
        keys = self._keys_of_names(past.runtime, past.device_type)
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
        behind = np.where(busy, past.wait - delay, 0.0)
        self._drains = Drains(promised, behind, weights, nest, busy, self._prior)
        # What a rank adds to that is much alike in all slots.
        ranked = busy & ~np.isnan(past.priority)
        ranks = Nest.of_keys(_ranks(np.where(ranked, past.priority, 0), keys[1]))
        usual = self._drains.usual(slots)[of] * promised
        self._drains_of_rank = Drains(usual, behind, weights, ranks, ranked, self._prior)
        counted = (weights, weights * past.duration)
        self._served = [
            np.bincount(of, one, minlength=len(self._slots)).astype(np.float64) for one in counted
        ]

    def of(self, slots: Sequence[Slot]) -> list[Paces]:
        """Return what is expected of each slot."""
        keys = self._keys(slots)
        service, usual, slow = self._service(slots, keys), *self._delays(slots, keys)
        drain = self._drains.of(keys, self._spread)
        paces = (
            _paces(usual, service * drain.usual),
            _paces(slow, service * (drain.usual + drain.beyond), drain.beyond * SHORT_S),
            _paces(usual, service * drain.mean),
        )
        return [Paces(*one) for one in zip(_whole(service), *paces, strict=True)]

    def of_ranks(self, slots: Sequence[Slot], priorities: Sequence[int]) -> list[Pace]:
        """Return how long nine in ten runs of a priority wait in a slot, as far as was learned.

        Of a rank that never waited nothing is said but what is usual there.
        """
        keys = self._keys(slots)
        ranks = _ranks(np.array(priorities, dtype=np.float64), keys[1])
        service, usual, _ = self._service(slots, keys), *self._delays(slots, keys)
        service *= self._drains.of(keys, self._spread).usual
        drain = self._drains_of_rank.of(ranks, 0.0)
        return _paces(usual, service * (drain.usual + drain.beyond), drain.beyond * SHORT_S)

    def _service(self, slots: Sequence[Slot], keys: tuple[Ints, ...]) -> Floats:
        """Return the mean duration of runs in each slot: of those that may come, and came."""
        runs, seconds = looked_up(self._slots, self._served, keys[-1])
        coming = np.array([one.service_s for one in slots], dtype=np.float64)
        mean: Floats = np.maximum(1, (_COMING * coming + seconds) / (_COMING + runs))
        return mean

    def _delays(self, slots: Sequence[Slot], keys: tuple[Ints, ...]) -> tuple[Floats, Floats]:
        """Return the delays of half and of nine in ten runs."""
        told = np.array([one.told for one in slots], dtype=np.bool_)
        idle, blind = self._delay(self._idle, keys), self._delay(self._blind, keys)
        usual = np.expm1(np.where(told, idle.middle, blind.middle))
        slow = np.expm1(np.where(told, idle.middle + idle.spread, blind.middle + blind.spread))
        return usual, slow

    def _delay(self, rungs: Rungs, keys: tuple[Ints, ...]) -> Shrunk:
        """Return delays from what all runs have; that nobody waits is the word of one run."""
        none = np.zeros(len(keys[0]))
        middle, spread, runs = rungs.overall()
        return rungs.descend(
            keys, none + middle * runs / (runs + 1), none + spread * runs / (runs + 1)
        )

    def _keys(self, slots: Sequence[Slot]) -> tuple[Ints, ...]:
        """Return the groups of each slot: all, the runtime, the device type there; -1 if new."""
        return self._keys_of_names(
            [one.runtime for one in slots], [one.device_type for one in slots]
        )

    def _keys_of_names(self, runtimes: Sequence[str], types: Sequence[str]) -> tuple[Ints, ...]:
        runtime = Names.of(runtimes).numbers(lambda name: self._runtimes.get(name, -1))
        device_type = Names.of(types).numbers(lambda name: self._types.get(name, -1))
        known = (runtime >= 0) & (device_type >= 0)
        slot = np.where(known, runtime * len(self._types) + device_type, -1)
        return self._keys_of(runtime, slot)

    @staticmethod
    def _keys_of(runtime: Ints, slot: Ints) -> tuple[Ints, ...]:
        return np.zeros_like(runtime), runtime, slot


def _ranks(priority: Floats, runtime: Ints) -> tuple[Ints, ...]:
    """Return the groups of each priority: its rank anywhere, and in the runtime."""
    rank = (priority // _RANKS).astype(np.int64)
    return rank, (rank << 32) + runtime


def _paces(delay: Floats, service: Floats, busy: Floats | None = None) -> list[Pace]:
    columns = (delay, service) if busy is None else (delay, service, busy)
    return [Pace(*one) for one in zip(*map(_whole, columns), strict=True)]


def _rungs(values: Floats, weights: Floats, nest: Nest, these: Flags, prior: float) -> Rungs:
    return Rungs(values[these], weights[these], nest.where(these), prior=prior)


def _whole(seconds: Floats) -> list[int]:
    whole: list[int] = np.rint(seconds).astype(np.int64).tolist()
    return whole
