# SPDX-License-Identifier: LGPL-2.1-or-later
"""One request with all labs to itself, and the rules that stand in its way, each by its name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models import NamedRule, Place, Reason, Rejection, Request, RequestPin, Tier
from planner.candidates import Admission, Candidate, Queue
from planner.estimates import Estimate, Pace, Paces
from planner.problem import Problem, barred_by, barring, build
from planner.solvers import solve
from planner.whatif.demands import Wish, wishes
from planner.whatif.scenario import Scenario

# A place that was refused is a candidate of which nothing but the place is known.
_UNKNOWN = Estimate.of(duration_s=1, cost=0, rung="none", p90_s=1, risk_permille=0)

_AT_ONCE = Pace(delay_s=0, service_s=1)

# A refusal, and the position of the candidate that stands for the place.
_Refused = tuple[int, Reason]


@dataclass(frozen=True)
class Alone:
    """The problem of placing all runs of one request and nothing else, under `wishes`."""

    problem: Problem
    wishes: tuple[Wish, ...]

    @classmethod
    def of(cls, scenario: Scenario, request: Request) -> "Alone":
        """Return that problem for `request`; refused places are among its candidates."""
        admission, refused = _admission(scenario, request)
        problem = build(admission)
        # What a run is worth among others (priority, age, its tree's turn) forbids it nothing.
        policy = problem.policy.model_copy(update={"tiers": (Tier.VALUE,)})
        problem = replace(problem, policy=policy, request_value=np.ones(1, dtype=np.int64))
        pins = tuple(_pins(problem, scenario.catalog.planner.pins))
        return cls(barring(problem, ()), (*wishes(problem), *_refusals(refused), *pins))

    def feasible(self, kept: Iterable[int]) -> bool:
        """Tell whether all runs can be placed under the wishes at the positions `kept`."""
        keep, problem = set(kept), self.problem
        shut: set[int] = set()
        bars: set[tuple[int, int]] = set()
        for position, wish in enumerate(self.wishes):
            if position in keep:
                shut.update(wish.shuts)
                bars.update(wish.bars)
            else:
                problem = wish.drop(problem)
        # Runs that are no longer wanted are pinned nowhere.
        problem = barring(problem, {pair for pair in bars if pair[0] < problem.runs})
        problem = _without(problem, shut)
        return len(problem.candidate_menu) > 0 and bool(
            (solve(problem, solver="exact").choice >= 0).all()
        )

    def named(self, positions: Iterable[int]) -> tuple[NamedRule, ...]:
        """Return the names of the wishes at `positions`."""
        return tuple(self.wishes[position].named for position in sorted(positions))


def _admission(scenario: Scenario, request: Request) -> tuple[Admission, list[_Refused]]:
    """Return the admission of `request` alone, refused places among its candidates."""
    admission = scenario.admission
    if request.key not in {one.key for one in admission.requests}:
        asked = request.model_copy(update={"error": None})
        admission = replace(scenario, requests=(asked,), adjustments=()).admission
    keys = [one.key for one in admission.requests]
    if request.key not in keys:
        raise LookupError(request.key)
    row = keys.index(request.key)
    candidates, queues = list(admission.candidates[row]), list(admission.queues)
    refused = []
    for rejection in admission.rejections[row]:
        place = _place(scenario, request, rejection)
        if place is not None:
            refused.append((len(candidates), rejection.reason))
            candidates.append(Candidate(place, len(queues), _UNKNOWN))
            queues.append(Queue(place.runtime, place.device_type, devices=None, queueing=False))
    restricted = replace(
        admission,
        requests=(admission.requests[row],),
        candidates=(tuple(candidates),),
        rejections=((),),
        queues=tuple(queues),
        paces=(*admission.paces, *(Paces(1, _AT_ONCE, _AT_ONCE, _AT_ONCE) for _ in refused)),
        due=(*admission.due, *(_AT_ONCE for _ in refused)),
    )
    return restricted, refused


def _place(scenario: Scenario, request: Request, rejection: Rejection) -> Place | None:
    """Return the place that was refused; None where the configuration does not define it."""
    catalog = scenario.catalog
    platform = catalog.platforms.get(rejection.platform or "")
    job = catalog.jobs.get(request.job)
    if rejection.runtime not in catalog.runtimes or platform is None or job is None:
        return None
    return Place(
        runtime=rejection.runtime,
        platform=platform.name,
        device_type=catalog.device_type(job, platform),
    )


def _refusals(refused: Iterable[_Refused]) -> Iterator[Wish]:
    """Yield one wish for each sentence that refuses places."""
    places: dict[tuple[str, str], list[int]] = {}
    for position, reason in refused:
        places.setdefault((reason.code, reason.text), []).append(position)
    for (code, text), positions in places.items():
        yield Wish(NamedRule(rule=code, text=text), shuts=tuple(positions))


def _pins(problem: Problem, pins: Iterable[RequestPin]) -> Iterator[Wish]:
    """Yield one wish for each pin of a single run."""
    for pin in pins:
        bars = tuple(barred_by(problem, pin))
        if bars:
            text = f"run {pin.run} is pinned to {pin}"
            yield Wish(NamedRule(rule="pinned", text=text), bars=bars)


def _without(problem: Problem, shut: set[int]) -> Problem:
    """Return the problem without the candidates at the positions `shut`."""
    if not shut:
        return problem
    keep = np.array([row not in shut for row in range(len(problem.candidate_menu))], dtype=bool)
    position = np.cumsum(keep) - 1
    barred = keep[problem.barred_candidate]
    columns: dict[str, Any] = {
        "barred_run": problem.barred_run[barred],
        "barred_candidate": position[problem.barred_candidate[barred]],
    }
    columns |= {
        name: getattr(problem, name)[..., keep]
        for name in Problem.columns()
        # Columns that no problem needs may be empty.
        if name.startswith("candidate_") and getattr(problem, name).size
    }
    return replace(problem, **columns)
