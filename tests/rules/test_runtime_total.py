# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rule `runtime_total`, alone."""

from hypothesis import given

from planner.rules.runtime_total import RuntimeTotal
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import agree, columns_of, drawn, seeds

RULE = RuntimeTotal()
SHARED = facts(
    Wish(("shell/x86", "shell/arm64", "lab/juno"), number=3), totals={"shell": 1, "idle": 0}
)


def test_all_device_types_of_a_runtime_count_together() -> None:
    """One run on each of two device types exceeds a total of one."""
    (violation,) = RULE.check(SHARED, choose(SHARED, "shell/x86", "shell/arm64", None))
    assert violation.text == "shell gets 2 runs and takes 1"


def test_other_runtimes_do_not_count() -> None:
    """Runs elsewhere leave the total alone."""
    assert RULE.check(SHARED, choose(SHARED, "shell/x86", "lab/juno", "lab/juno")) == []


def test_there_is_one_row_for_the_whole_runtime() -> None:
    """The row of the total has the columns of every device type there."""
    columns = columns_of(SHARED)
    (rows,) = RULE.rows(columns)
    shell = rows.row == list(rows.about).index(SHARED.labels["runtime"].index("shell"))
    assert sorted(columns.slot[rows.column[shell]]) == [0, 1]


@given(seeds)
def test_the_rows_say_what_the_check_says(seeds: tuple[int, int]) -> None:
    """A choice is within the rows exactly if the check finds nothing."""
    assert agree(RULE, *drawn(seeds))
