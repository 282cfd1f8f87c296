# SPDX-License-Identifier: LGPL-2.1-or-later
"""Problems as files: one `.npz` of the columns, with the names and the policy as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from models import PlannerError, Policy
from planner.problem.names import Names
from planner.problem.problem import Problem
from planner.problem.validity import validate

FORMAT = 1


def save(problem: Problem, path: Path) -> None:
    """Write `problem` to `path`; what admission refused is not part of it.

    Raises:
        PlannerError: if the file cannot be written.
    """
    meta = {
        "format": FORMAT,
        "policy": problem.policy.model_dump(mode="json"),
        "seed_time": problem.seed_time,
        "labels": {name: tuple(values) for name, values in problem.labels.items()},
    }
    columns = {name: getattr(problem, name) for name in Problem.columns()}
    try:
        with path.open("wb") as file:
            np.savez_compressed(file, meta=np.array(json.dumps(meta)), **columns)
    except OSError as error:
        raise PlannerError(f"{path}: cannot write the problem: {error.strerror}") from error


def load(path: Path) -> Problem:
    """Return the problem that `save` wrote.

    Raises:
        PlannerError: if there is no such file or it holds no problem of this format.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            problem = _read(archive)
        validate(problem)
    except OSError as error:
        raise PlannerError(f"{path}: cannot read the problem: {error.strerror}") from error
    except PlannerError as error:
        raise PlannerError(f"{path}: {error}") from error
    except (KeyError, ValueError, TypeError, AttributeError, EOFError, BadZipFile) as error:
        # numpy's own words for a file of another kind are advice that would be bad to follow.
        why = "it is no .npz file" if "pickle" in str(error) else str(error)
        raise PlannerError(f"{path}: no saved problem: {why}") from error
    return problem


def _read(archive: Mapping[str, Any]) -> Problem:
    meta = json.loads(str(archive["meta"]))
    if meta["format"] != FORMAT:
        raise PlannerError(f"problem format {meta['format']}, not {FORMAT}")
    wanted = [name for name in Problem.columns() if name in archive or not Problem.optional(name)]
    columns = {name: archive[name] for name in wanted}
    for name, array in columns.items():
        if array.dtype.kind not in "iu":
            raise PlannerError(f"{name} is {array.dtype}, not int64")
    return Problem(
        policy=Policy.model_validate(meta["policy"]),
        seed_time=meta["seed_time"],
        labels={name: Names(values) for name, values in meta["labels"].items()},
        **{name: array.astype(np.int64) for name, array in columns.items()},
    )
