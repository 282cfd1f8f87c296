# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes of what is wanted, and of how plans are judged."""

from dataclasses import dataclass, replace
from typing import Any

from models import Mode, PlannerError, ReasonCode, Request
from planner.config import load_policy
from planner.whatif.scenario import Scenario, impossible, unknown


@dataclass(frozen=True)
class UsePolicy:
    """Another policy, by its name."""

    name: str

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the scenario judged by that policy."""
        try:
            policy = load_policy(self.name, scenario.catalog)
        except PlannerError as error:
            raise impossible(str(error)) from error
        return replace(scenario, policy=policy)

    def __str__(self) -> str:
        return f"policy={self.name}"


@dataclass(frozen=True)
class Number:
    """How many runs a request has, or all requests of a job."""

    name: str
    number: int

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the scenario where so many runs are wanted."""
        if self.number < 1:
            raise impossible(f"{self}: a request has at least one run")
        return _with_runs(scenario, self.name, {"number": self.number})

    def __str__(self) -> str:
        return f"number={self.name}:{self.number}"


@dataclass(frozen=True)
class UseMode:
    """Whether the runs of a request (or of all of a job) must differ, or should."""

    name: str
    mode: Mode

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the scenario with that mode."""
        return _with_runs(scenario, self.name, {"mode": self.mode})

    def __str__(self) -> str:
        return f"mode={self.name}:{self.mode}"


def _with_runs(scenario: Scenario, name: str, update: dict[str, Any]) -> Scenario:
    keys = meant(scenario, name)
    requests = tuple(
        _with(request, update) if request.key in keys else request for request in scenario.requests
    )
    return replace(scenario, requests=requests)


def _with(request: Request, update: dict[str, Any]) -> Request:
    changed: dict[str, Any] = {"runs": request.runs.model_copy(update=update)}
    # That values are too few for strict runs was said of the wish as it was.
    if request.error is not None and request.error.code is ReasonCode.TOO_FEW_VARIANTS:
        changed["error"] = None
    return request.model_copy(update=changed)


def meant(scenario: Scenario, name: str) -> set[str]:
    """Return the keys of the requests that `name` means: a job, a key, or its first letters."""
    of_job = {request.key for request in scenario.requests if request.job == name}
    if of_job:
        return of_job
    keys = {request.key for request in scenario.requests}
    if name in keys:
        return {name}
    longer = {key for key in keys if key.startswith(name)}
    if len(longer) > 1:
        raise impossible(f"{name!r} could be any of {', '.join(sorted(longer))}")
    if not longer:
        jobs = {request.job for request in scenario.requests}
        raise unknown("request or job", name, jobs)
    return longer
