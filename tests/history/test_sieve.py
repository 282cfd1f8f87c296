# SPDX-License-Identifier: LGPL-2.1-or-later
"""Records of others: what can be true becomes an execution, the rest is said and left out."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models import Execution, PlannerError, Unusable
from planner.history import Record, read_records, sieved
from tests.ledger.nouns import NOW

BEGIN = "2026-03-01T10:00:00Z"
END = "2026-03-01T10:20:00+00:00"
SOUND = {"job": "boot", "platform": "rock", "runtime": "lab-a", "started": BEGIN, "ended": END}


def told(*records: dict[str, Any], timed: bool = True) -> list[Execution | Unusable]:
    """Return what becomes of records."""
    placed = (Record(f"past:{number}", one) for number, one in enumerate(records, start=1))
    return list(sieved(placed, NOW, timed=timed))


def test_a_record_with_the_least_there_is() -> None:
    """Job, platform, runtime and times are enough; the rest is what goes without saying."""
    (one,) = told(SOUND)
    assert isinstance(one, Execution)
    assert (one.kind, one.device_type, one.tree) == ("job", "rock", None)
    assert (one.infrastructure, one.result, one.submitted) == (False, None, None)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"job": ""}, "it has no job"),
        ({"platform": None, "runtime": None}, "it has no platform and no runtime"),
        ({"ended": None}, "it does not say when it ended"),
        ({"started": ""}, "it does not say when it started"),
        ({"ended": "2026-03-01T09:59:59Z"}, "it ended before it started"),
        ({"ended": BEGIN}, "it took no time at all"),
        ({"ended": (NOW + timedelta(hours=1)).isoformat()}, "it ended in the future"),
        ({"submitted": "2026-03-01T11:00:00Z"}, "it started before it was submitted"),
        ({"started": "ten"}, "started: 'ten' is no ISO 8601 time"),
        ({"infrastructure": "perhaps"}, "infrastructure: 'perhaps' is neither true nor false"),
        ({"job": ["boot"]}, "job: ['boot'] is no name"),
        ({"lab": "a"}, "nobody knows 'lab'"),
    ],
)
def test_what_cannot_be_is_left_out(wrong: dict[str, Any], text: str) -> None:
    """It is said with its place, and others count all the same."""
    first, second = told({**SOUND, **wrong}, SOUND)
    assert first == Unusable("past:1", text)
    assert isinstance(second, Execution)


def test_what_is_told_twice_counts_once() -> None:
    """By its number in the runtime, or else by all that is told of it."""
    numbered = {**SOUND, "job_id": 17}
    kinds = [type(one) for one in told(SOUND, SOUND, numbered, {**numbered, "job": "other"})]
    assert kinds == [Execution, Unusable, Execution, Unusable]
    elsewhere = told(numbered, {**numbered, "runtime": "lab-b"})
    assert [type(one) for one in elsewhere] == [Execution, Execution]


def test_a_source_that_never_tells_the_start() -> None:
    """Then a run without one is no odd one."""
    (one,) = told({**SOUND, "started": None}, timed=False)
    assert isinstance(one, Execution)


def test_csv_and_json_lines(tmp_path: Path) -> None:
    """The same records come from both, each with its line."""
    table, lines = tmp_path / "past.csv", tmp_path / "past.jsonl"
    table.write_text(
        "job,platform,runtime,started,ended,infrastructure\n"
        f"boot,rock,lab-a,{BEGIN},{END},true\n"
        "boot,rock\n"
    )
    lines.write_text(
        '{"job": "boot", "platform": "rock", "runtime": "lab-a", '
        f'"started": "{BEGIN}", "ended": "{END}", "infrastructure": true}}\n\n'
        "oops\n[1]\n"
    )
    from_table, short = sieved(read_records(table), NOW)
    from_lines, oops, no_object = sieved(read_records(lines), NOW)
    assert from_table == from_lines
    assert isinstance(from_table, Execution)
    assert from_table.infrastructure
    assert str(short) == f"{table}:3: it has not as many columns as the header"
    assert str(oops).startswith(f"{lines}:3: this is no JSON")
    assert str(no_object) == f"{lines}:4: it is no object"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """An error with its path."""
    with pytest.raises(PlannerError, match=r"past\.csv: No such file"):
        list(read_records(tmp_path / "past.csv"))
