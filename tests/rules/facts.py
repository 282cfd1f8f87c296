# SPDX-License-Identifier: LGPL-2.1-or-later
"""Problems told as facts: wishes, places written as "lab/board", and where each run went."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models import Policy
from planner.problem import ATTRIBUTES, FREE, UNLIMITED, Problem
from planner.problem.problem import Ints


@dataclass(frozen=True)
class Wish:
    """A request: so many runs, on one of `places` each; `earlier` are places of runs sent before.

    `variant` names the attributes in which the runs must differ.
    """

    places: tuple[str, ...]
    number: int = 1
    mode: int = FREE
    variant: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    priority: int = 20
    value: int = 100
    slack: int = 3600
    duration: int = 600
    cost: int = 0
    tree: str = "mainline"


Levels = Mapping[str, Mapping[int, int]]


class _Names:
    def __init__(self) -> None:
        self.codes: dict[str, dict[str, int]] = {str(a): {} for a in ATTRIBUTES}

    def values(self, place: str) -> list[int]:
        """Return the code of each attribute of "lab/board"; a board's machine is its first two."""
        lab, board = place.split("/")
        named = dict(
            zip(map(str, ATTRIBUTES), (board, board, board[:2], "arm64", lab), strict=True)
        )
        return [self.codes[a].setdefault(v, len(self.codes[a])) for a, v in named.items()]

    def code(self, attribute: str, name: str) -> int:
        return self.codes[attribute].setdefault(name, len(self.codes[attribute]))


def facts(
    *wishes: Wish,
    ceilings: Levels | None = None,
    deadlines: Levels | None = None,
    totals: Mapping[str, int] | None = None,
    shares: Mapping[str, int] | None = None,
    hours: Mapping[str, int] | None = None,
    quotas: Mapping[tuple[str, str], int] | None = None,
    steps: Mapping[str, Sequence[tuple[int, int]]] | None = None,
) -> Problem:
    """Return the problem of `wishes`, named r0, r1, and so on.

    `ceilings` says for a place how many runs of at most a priority it admits, `deadlines` how
    many of at most a slack it can start, `hours` how many it can start before its lab closes,
    `steps` the (width, wait) of its queue. `totals` and `shares` limit a lab, `quotas` the runs
    of a (lab, tree).
    """
    names = _Names()
    places = list(dict.fromkeys(place for wish in wishes for place in wish.places))
    flat = [(r, place, w) for r, w in enumerate(wishes) for place in w.places]
    values = [names.values(place) for _, place, _ in flat]
    used = [
        (request, a, value)
        for request, wish in enumerate(wishes)
        for place in wish.earlier
        for a, value in enumerate(names.values(place))
        if str(ATTRIBUTES[a]) in wish.variant
    ]
    chains = {place: (steps or {}).get(place, [(UNLIMITED, 0)]) for place in places}
    waits = [(s, *step) for s, place in enumerate(places) for step in chains[place]]
    trees = list(dict.fromkeys(wish.tree for wish in wishes))
    limited = list((quotas or {}).items())
    counted = [(q, trees.index(tree)) for q, ((_, tree), _) in enumerate(limited) if tree in trees]
    closing = [(places.index(place), limit) for place, limit in (hours or {}).items()]
    # Before the names are listed: these may name labs that no place is in.
    of_labs = {
        **_table(("total_runtime", "total_limit"), _by_lab(names, totals)),
        **_table(("share_runtime", "share_limit"), _by_lab(names, shares)),
        **_table(
            ("quota_runtime", "quota_limit"),
            [(names.code("runtime", lab), limit) for (lab, _), limit in limited],
        ),
    }
    attribute = np.array(values, dtype=np.int64).reshape(-1, len(ATTRIBUTES)).T.copy()
    return Problem(
        policy=Policy(),
        seed_time="2026-08-01T00:00:00+00:00",
        request_number=_ints(w.number for w in wishes),
        request_value=_ints(w.value for w in wishes),
        request_priority=_ints(w.priority for w in wishes),
        request_slack=_ints(w.slack for w in wishes),
        request_mode=_ints(w.mode for w in wishes),
        request_variant=_ints(
            sum(1 << a for a, name in enumerate(ATTRIBUTES) if str(name) in w.variant)
            for w in wishes
        ),
        request_menu=np.arange(len(wishes)),
        candidate_menu=_ints(request for request, _, _ in flat),
        candidate_slot=_ints(places.index(place) for _, place, _ in flat),
        candidate_platform=attribute[1].copy(),
        candidate_duration=_ints(wish.duration for _, _, wish in flat),
        candidate_cost=_ints(wish.cost for _, _, wish in flat),
        candidate_attribute=attribute,
        slot_runtime=_ints(names.code("runtime", p.split("/")[0]) for p in places),
        slot_device_type=_ints(names.code("device_type", p.split("/")[1]) for p in places),
        run_index=_ints(len(w.earlier) + i for w in wishes for i in range(w.number)),
        labels={
            "request": tuple(f"r{i}" for i in range(len(wishes))),
            "job": tuple("job" for _ in wishes),
            "parent": tuple("parent" for _ in wishes),
            "quota": tuple(f"tree {tree}" for (_, tree), _ in limited),
            **{name: tuple(codes) for name, codes in names.codes.items()},
        },
        request_group=_ints(trees.index(w.tree) for w in wishes),
        admission=None,
        **of_labs,
        **_table(("hours_slot", "hours_limit"), closing),
        **_table(("counted_quota", "counted_group"), counted),
        **_table(("used_request", "used_attribute", "used_value"), used),
        **_table(("ceiling_slot", "ceiling_priority", "ceiling_limit"), _rows(places, ceilings)),
        **_table(("deadline_slot", "deadline_slack", "deadline_limit"), _rows(places, deadlines)),
        **_table(("step_slot", "step_width", "step_wait"), waits),
    )


def stale(problem: Problem, days: Mapping[tuple[int, str], int], *subjects: int) -> Problem:
    """Return `problem` with so many days since each (subject, board).

    All requests are of subject 1 unless `subjects` has one for each.
    """
    boards = problem.labels["device_type"]
    return replace(
        problem,
        request_subject=np.array(subjects or [1] * problem.requests, dtype=np.int64),
        stale_subject=np.array([subject for subject, _ in days], dtype=np.int64),
        stale_device_type=np.array([boards.index(b) for _, b in days], dtype=np.int64),
        stale_days=np.array(list(days.values()), dtype=np.int64),
    )


def choose(problem: Problem, *places: str | None) -> Ints:
    """Return the choice that sends the runs, in run order, to `places`; None leaves one out."""
    labels = problem.labels
    slots = {
        f"{labels['runtime'][runtime]}/{labels['device_type'][device_type]}": slot
        for slot, (runtime, device_type) in enumerate(
            zip(problem.slot_runtime, problem.slot_device_type, strict=True)
        )
    }
    choice = []
    for request, place in zip(problem.run_request, places, strict=True):
        if place is None:
            choice.append(-1)
            continue
        here = problem.candidates(request)
        choice.append(next(c for c in here if problem.candidate_slot[c] == slots[place]))
    return np.array(choice, dtype=np.int64)


def after(problem: Problem, *places: str | None) -> Problem:
    """Return the problem with the runs, in run order, at `places` in the last plan."""
    last = choose(problem, *places)
    here = np.flatnonzero(last >= 0)
    return replace(problem, last_run=here, last_candidate=last[here])


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _rows(places: list[str], levels: Levels | None) -> list[tuple[int, ...]]:
    return [
        (places.index(place), level, limit)
        for place, limits in (levels or {}).items()
        for level, limit in limits.items()
    ]


def _by_lab(names: _Names, limits: Mapping[str, int] | None) -> list[tuple[int, ...]]:
    return [(names.code("runtime", lab), limit) for lab, limit in (limits or {}).items()]


def _table(names: tuple[str, ...], rows: Sequence[tuple[int, ...]]) -> dict[str, Ints]:
    table = np.array(rows, dtype=np.int64).reshape(-1, len(names))
    return {name: table[:, i].copy() for i, name in enumerate(names)}
