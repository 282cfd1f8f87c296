# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plans as files: what `plan -o json` wrote reads back; anything else is a clear error."""

import json
from pathlib import Path

import pytest

from models import PlannerError
from planner.plan import read_plan
from tests.plan.plans import written
from tests.rules.facts import Wish, facts

PLAN = written(facts(Wish(("lab/a",))), "lab/a")


def test_reads_back(tmp_path: Path) -> None:
    """The file gives the plan that was written."""
    path = tmp_path / "plan.json"
    path.write_text(PLAN.model_dump_json(indent=2))
    assert read_plan(path) == PLAN


def test_explanations_may_be_left_out(tmp_path: Path) -> None:
    """A plan that somebody made smaller is still a plan."""
    path = tmp_path / "plan.json"
    path.write_text(PLAN.model_dump_json(exclude={"explanations"}))
    assert read_plan(path).assignments == PLAN.assignments


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "invalid JSON"),
        (b"\xff\xfe", "invalid"),
        (b"[]", "object"),
        (b"{}", "plan: field required"),
        (json.dumps({**json.loads(PLAN.model_dump_json()), "more": 1}).encode(), "more: "),
        (b'{"plan": {"id": 1}}', r"and \d+ more"),
    ],
)
def test_what_is_no_plan(tmp_path: Path, content: bytes, word: str) -> None:
    """The error names the file, what is wrong and where in the file."""
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    with pytest.raises(PlannerError, match=word) as caught:
        read_plan(path)
    assert str(caught.value).startswith(f"{path}: no plan: ")


def test_no_such_file(tmp_path: Path) -> None:
    """A missing file and a folder are errors with the path."""
    for path in (tmp_path / "nowhere.json", tmp_path):
        with pytest.raises(PlannerError, match=f"{path}: cannot read the plan"):
            read_plan(path)
