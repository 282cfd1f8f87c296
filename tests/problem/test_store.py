# SPDX-License-Identifier: LGPL-2.1-or-later
"""Problems as files: what is saved comes back, and what does not fit is refused with its place."""

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from models import PlannerError
from planner.plan import check
from planner.problem import Problem, load, save
from planner.solvers import solve
from tests.conftest import ROOT
from tests.instances import instance, medium


@settings(max_examples=10, deadline=None)
@given(problem=medium)
def test_a_saved_problem_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, problem: Problem
) -> None:
    """Same digest, hence the same plan; what is not part of the problem does not matter."""
    path = tmp_path_factory.mktemp("problem") / "problem.npz"
    save(problem, path)
    assert load(path).digest == problem.digest


def test_the_writer_in_the_docs_writes_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's own example, run as it stands, can be loaded and solved."""
    text = (ROOT / "docs" / "problem-file.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(code, {})  # noqa: S102 - the example is ours
    problem = load(tmp_path / "problem.npz")
    plan = solve(problem)
    assert check(problem, plan) == []
    assert plan.placed == 2


def test_the_page_names_every_column() -> None:
    """Other programs can write a file from the page alone."""
    text = (ROOT / "docs" / "problem-file.md").read_text()
    assert [name for name in Problem.columns() if f"`{name}`" not in text] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"request_number": np.array([0, 1, 1, 1])}, "request_number"),
        ({"request_number": np.array([[1], [1], [1], [1]])}, "differ in length"),
        ({"request_mode": np.array([3, 0, 0, 0])}, "request_mode"),
        ({"request_variant": np.array([0, 0, 0, 99])}, "request_variant"),
        ({"candidate_slot": np.array([-1])}, "differ in length"),
        ({"candidate_menu": None}, "candidate_menu is not sorted"),
        ({"candidate_attribute": np.zeros((4, 2))}, "float64"),
        ({"candidate_attribute": np.zeros((4, 2), dtype=np.int64)}, "candidate_attribute"),
        ({"step_wait": None}, "step_wait"),
        ({"step_slot": None}, "step_slot"),
        ({"step_width": None}, "step_width"),
        ({"run_index": np.array([0])}, "run_index"),
        ({"ceiling_limit": None}, "ceiling_limit"),
    ],
)
def test_columns_that_do_not_fit_are_refused_by_name(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    """Whatever is wrong with a column, the message names the file and the column."""
    problem = instance(3, requests=4, slots=3)
    spoil: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "candidate_menu": lambda column: column[::-1],
        "step_wait": lambda column: np.arange(len(column))[::-1],
        "step_slot": lambda column: np.zeros_like(column),
        "step_width": lambda column: np.ones_like(column),
        "ceiling_limit": lambda column: column - 100,
    }
    spoilt: dict[str, Any] = {
        name: spoil[name](getattr(problem, name)) if column is None else column
        for name, column in change.items()
    }
    path = tmp_path / "spoilt.npz"
    save(dataclasses.replace(problem, **spoilt), path)
    with pytest.raises(PlannerError, match=said) as error:
        load(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("label", "names", "said"),
    [
        ("request", ("a", "a", "b", "c"), "two requests"),
        ("request", ("a",), "1 names"),
        ("device_type", (), "device_type"),
    ],
)
def test_labels_that_do_not_fit_are_refused(
    tmp_path: Path, label: str, names: tuple[str, ...], said: str
) -> None:
    """Every code must have a name and every request its own."""
    problem = instance(3, requests=4, slots=3)
    path = tmp_path / "spoilt.npz"
    save(dataclasses.replace(problem, labels={**problem.labels, label: names}), path)
    with pytest.raises(PlannerError, match=said):
        load(path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 broken", b"\x80\x04."])
def test_a_file_that_is_no_problem_is_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever bytes are in the file: a message with its name, no traceback."""
    path = tmp_path / "junk.npz"
    path.write_bytes(content)
    with pytest.raises(PlannerError, match=r"junk\.npz"):
        load(path)


def test_a_lone_array_is_no_problem(tmp_path: Path) -> None:
    """A `.npy` is NumPy's too, and still not a problem."""
    path = tmp_path / "lone.npy"
    np.save(path, np.zeros(3))
    with pytest.raises(PlannerError, match=r"lone\.npy"):
        load(path)


@pytest.mark.parametrize(
    "meta", ["{}", "[]", '"x"', '{"format": 2}', '{"format": 1, "policy": {"tiers": ["luck"]}}']
)
def test_a_file_with_other_meta_is_refused(tmp_path: Path, meta: str) -> None:
    """Another format, a policy that does not exist, or no JSON object at all."""
    path = tmp_path / "meta.npz"
    save(instance(1), path)
    with np.load(path) as archive:
        columns = {name: archive[name] for name in archive.files if name != "meta"}
    np.savez(path, meta=np.array(json.dumps(json.loads(meta))), **columns)
    with pytest.raises(PlannerError, match=r"meta\.npz"):
        load(path)


def test_paths_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    """A missing file and a directory that does not exist are errors of the user's."""
    with pytest.raises(PlannerError, match="cannot read"):
        load(tmp_path / "none.npz")
    with pytest.raises(PlannerError, match="cannot write"):
        save(instance(1), tmp_path / "no" / "where.npz")
