# SPDX-License-Identifier: LGPL-2.1-or-later
"""Approaches: the ways of scheduling that are compared, each a file in `policies/`."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field

from models import Catalog, LabType, PlannerError, Policy, UnknownCapacity
from models.base import Ours
from planner.config import load_policy
from planner.config.findings import Findings
from planner.config.located import LocatedMap, Mark, plain
from planner.config.yaml_file import read_yaml

FOLDER = Path(__file__).resolve().parent / "policies"


class Loop(StrEnum):
    """When decisions are made: for all that came in a while, or for each event by itself."""

    CYCLE = "cycle"
    EVENT = "event"


class Intent(StrEnum):
    """How entries say what they want: as they stand, or as lists of labs and platforms."""

    CRITERIA = "criteria"
    LISTS = "lists"


class Approach(Ours):
    """One way of scheduling.

    `policy` is the planner's policy with `changes` over it, `solver` the one that decides.
    Without a `backlog` a run that is not placed at once is dropped. `asks` are the types of lab
    whose capacity is looked at (None: all), `unknown` what it means that one does not answer.
    """

    name: str
    summary: str
    policy: str = "default"
    changes: dict[str, Any] = Field(default_factory=dict)
    solver: str | None = None
    entries: Intent = Intent.CRITERIA
    loop: Loop = Loop.CYCLE
    backlog: bool = True
    asks: tuple[LabType, ...] | None = None
    unknown: UnknownCapacity = UnknownCapacity.CLOSED

    def planner_policy(self, catalog: Catalog) -> Policy:
        """Return how plans are judged.

        Raises:
            PlannerError: if there is no such policy, or a change makes no sense.
        """
        policy = load_policy(self.policy, catalog)
        try:
            return Policy.model_validate({**policy.model_dump(), **self.changes})
        except ValueError as error:
            raise PlannerError(f"policy {self.name}: {error}") from error


def approaches() -> Mapping[str, Path]:
    """Return the files of the approaches that ship, by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}


def load_approach(name: str) -> Approach:
    """Return the approach of that name, or the one in the YAML file of that path.

    Raises:
        PlannerError: if there is none, or its file is wrong, with file and line.
    """
    path = approaches().get(name, Path(name))
    if not path.is_file():
        known = ", ".join(approaches())
        raise PlannerError(f"there is no policy {name!r} to simulate; there are: {known}")
    content, _ = read_yaml(path)
    mark, findings = Mark(str(path), 1), Findings()
    if not isinstance(content, LocatedMap):
        raise PlannerError(f"{path}:1: a policy to simulate is a mapping")
    data = {**plain(content), "name": path.stem}
    approach = findings.read(Approach, data, content, mark, f"policy {path.stem}")
    if approach is None:
        raise PlannerError("\n".join(f"{d.where}: {d.text}" for d in findings.defects))
    return approach
