# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the runs of each request could have had, as a plan leaves the problem's places."""

from collections.abc import Iterable
from dataclasses import asdict

import numpy as np

from models import Assignment, Mode, Obstacle, Option, RequestOptions
from planner.estimates import NOTHING, Estimate, Needs
from planner.plan.plan import Plan
from planner.plan.takers import Takers, quota_name
from planner.plan.wording import lasting
from planner.problem import ATTRIBUTES, CPU, MEMORY, PERMISSIVE, STRICT, Limit, Problem, Room
from planner.problem.problem import Ints
from planner.rules import covered, placed, wait_behind

Indices = tuple[int, ...]

_MODES = {PERMISSIVE: Mode.PERMISSIVE, STRICT: Mode.STRICT}


class OptionTable:
    """The options of every request of `problem` after `plan`, ready to be picked one by one."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._problem = problem
        here = placed(problem, plan.choice)
        self._room = Room(problem)
        self._room.take_all(zip(here.request.tolist(), here.candidate.tolist(), strict=True))
        self._wait = wait_behind(problem, np.arange(problem.slots), here.on_slot).tolist()
        self._obstacles: dict[tuple[int, ...], tuple[Obstacle, ...]] = {}
        self._earlier: dict[int, list[tuple[int, int]]] = {}
        taken = (problem.used_request, problem.used_attribute, problem.used_value)
        for row, attribute, value in zip(*(t.tolist() for t in taken), strict=True):
            self._earlier.setdefault(row, []).append((attribute, value))
        self._stale = problem.stale_days.tolist()
        _, rows = covered(problem, problem.subject[here.request], here.candidate)
        self._stale_runs = np.bincount(rows, minlength=len(self._stale)).tolist()
        stale = zip(problem.stale_subject.tolist(), problem.stale_device_type.tolist(), strict=True)
        self._stale_row = {pair: row for row, pair in enumerate(stale)}
        self._subject = problem.subject.tolist()
        self._last = _indices(problem, problem.last_run, problem.last_candidate)
        self._barred = _indices(problem, problem.barred_run, problem.barred_candidate)
        # Columns as lists: single items of an array are an order of magnitude slower to reach.
        self._slot = problem.candidate_slot.tolist()
        self._runtime = problem.slot_runtime.tolist()
        self._device_type = problem.slot_device_type.tolist()
        self._platform = problem.candidate_platform.tolist()
        self._duration = problem.candidate_duration.tolist()
        self._cost = problem.candidate_cost.tolist()
        self._attribute = problem.candidate_attribute.tolist()
        self._value = problem.request_value.tolist()
        self._priority = problem.request_priority.tolist()
        self._slack = problem.request_slack.tolist()
        self._group = problem.group.tolist()
        self._quotas = _quotas(problem)
        self._ordinary = problem.ordinary.tolist()
        self._uses = tuple(uses.tolist() for uses in problem.uses)
        self._mode = problem.request_mode.tolist()
        self._variant = problem.request_variant.tolist()

    def of(self, request: int) -> RequestOptions:
        """Return the options of the request at that position."""
        labels, bits = self._problem.labels, self._variant[request]
        attributes = [a for a in range(len(ATTRIBUTES)) if bits >> a & 1]
        earlier = self._earlier.get(request, [])
        admission = self._problem.admission
        return RequestOptions(
            request=labels["request"][request],
            value=self._value[request],
            priority=self._priority[request],
            slack_s=self._slack[request],
            reserved=not self._ordinary[request],
            quotas=self._quotas.get(self._group[request], ()),
            mode=_MODES.get(self._mode[request]),
            variant=tuple(ATTRIBUTES[a] for a in attributes),
            earlier=tuple(
                tuple(labels[ATTRIBUTES[a]][value] for b, value in earlier if b == a)
                for a in attributes
            ),
            options=tuple(
                self._option(request, candidate, attributes)
                for candidate in self._problem.candidates(request)
            ),
            rejections=admission.rejections[request] if admission else (),
        )

    def takers(self, placed: Iterable[Assignment]) -> Takers:
        """Return who took what, given the placed runs."""
        requests = self._problem.labels["request"]
        quotas = (self._quotas.get(group, ()) for group in self._group)
        return Takers(
            placed,
            dict(zip(requests, self._slack, strict=True)),
            dict(zip(requests, quotas, strict=True)),
            dict(zip(requests, (not one for one in self._ordinary), strict=True)),
        )

    def _option(self, request: int, candidate: int, attributes: list[int]) -> Option:
        labels, slot = self._problem.labels, self._slot[candidate]
        obstacles = self._obstacles_at(request, candidate)
        stale = self._stale_row.get((self._subject[request], self._device_type[slot]))
        return Option(
            runtime=labels["runtime"][self._runtime[slot]],
            platform=labels["platform"][self._platform[candidate]],
            device_type=labels["device_type"][self._device_type[slot]],
            values=tuple(labels[ATTRIBUTES[a]][self._attribute[a][candidate]] for a in attributes),
            wait_s=self._wait[slot],
            duration_s=self._duration[candidate],
            cost=self._cost[candidate],
            context=self._problem.context(slot),
            cpu=self._uses[CPU][candidate],
            memory=self._uses[MEMORY][candidate],
            obstacle=next(iter(obstacles), None),
            further=obstacles[1:],
            basis=self._basis(request, candidate),
            stale_days=0 if stale is None else self._stale[stale],
            stale_runs=0 if stale is None else self._stale_runs[stale],
            last=self._last.get((request, candidate), ()),
            barred=self._barred.get((request, candidate), ()),
        )

    def _basis(self, request: int, candidate: int) -> str | None:
        admission = self._problem.admission
        if admission is None:
            return None
        option = candidate - self._problem.candidates(request).start
        found = admission.candidates[request][option]
        return basis_text(found.estimate, found.needs, admission.gate.told(found.place))

    def _obstacles_at(self, request: int, candidate: int) -> tuple[Obstacle, ...]:
        # Requests of one priority, slack and group that need the same meet the same limits there.
        _, cpu, memory = self._uses
        key = (
            self._slot[candidate],
            self._priority[request],
            self._slack[request],
            self._group[request],
            cpu[candidate],
            memory[candidate],
        )
        if key not in self._obstacles:
            limits = self._room.all_blocking(request, candidate)
            self._obstacles[key] = tuple(_obstacle(limit) for limit in limits)
        return self._obstacles[key]


def basis_text(estimate: Estimate, needs: Needs, health: str | None) -> str:
    """Return who says what a run takes, how sure that is, its load, and what is wrong there."""
    by = estimate.rung
    if estimate.samples:
        by += f" ({estimate.samples} runs, by age worth {estimate.weight:.1f})"
    text = f"{lasting(estimate.duration_s)} by {by}, p90 {lasting(estimate.p90_s)}"
    if estimate.risk_permille:
        text += f", {estimate.risk_permille / 10:.1f} % spoiled"
    text += f", load {_load(estimate.result_s, needs)}"
    return f"{text}; {health}" if health else text


def _load(seconds: int, needs: Needs) -> str:
    """Return what a run takes of a place until it has a result."""
    if needs == NOTHING:
        return f"{seconds} device-seconds"
    return f"{seconds * needs.cpu / 1000:.0f} CPU-seconds, {needs.memory} MiB for {seconds} s"


def _obstacle(limit: Limit) -> Obstacle:
    # A rule that is no obstacle to one more run is a mistake here, which the noun refuses.
    fields = asdict(limit)
    del fields["row"]
    return Obstacle.model_validate(fields)


def _indices(problem: Problem, run: Ints, candidate: Ints) -> dict[tuple[int, int], Indices]:
    """Return the indices of runs by their request and the candidate that they are paired with."""
    found: dict[tuple[int, int], Indices] = {}
    columns = (problem.run_request[run], candidate, problem.run_index[run])
    for request, at, index in zip(*(column.tolist() for column in columns), strict=True):
        found[request, at] = (*found.get((request, at), ()), index)
    return found


def _quotas(problem: Problem) -> dict[int, tuple[str, ...]]:
    """Return the names of the quotas that each group of requests counts against."""
    counted: dict[int, tuple[str, ...]] = {}
    pairs = zip(problem.counted_group.tolist(), problem.counted_quota.tolist(), strict=True)
    for group, quota in pairs:
        runtime = problem.labels["runtime"][problem.quota_runtime[quota]]
        name = quota_name(runtime, problem.labels["quota"][quota])
        counted[group] = (*counted.get(group, ()), name)
    return counted
