# SPDX-License-Identifier: LGPL-2.1-or-later
"""Problems as files: one `.npz` of the columns, with the names and the policy as JSON."""

import json
import zipfile
from pathlib import Path

import numpy as np

from models import PlannerError, Policy
from planner.problem.problem import Problem

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
        "labels": problem.labels,
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
        with np.load(path, allow_pickle=False) as archive:
            meta = json.loads(str(archive["meta"]))
            if meta.get("format") != FORMAT:
                raise PlannerError(f"{path}: problem format {meta.get('format')}, not {FORMAT}")
            columns = {n: archive[n].astype(np.int64) for n in Problem.columns()}
    except OSError as error:
        raise PlannerError(f"{path}: cannot read the problem: {error.strerror}") from error
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise PlannerError(f"{path}: no saved problem: {error}") from error
    return Problem(
        policy=Policy.model_validate(meta["policy"]),
        seed_time=meta["seed_time"],
        labels={name: tuple(values) for name, values in meta["labels"].items()},
        **columns,
    )
