# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner bench`."""

import re

from tests.cli.conftest import Kci


def test_engine_as_json(kci: Kci) -> None:
    """One seeded problem, solved and verified; the figures are for programs to read."""
    done = kci("bench", "engine", "--runs", "60", "--slots", "6", "--seed", "3", "-o", "json")
    assert done.code == 0
    assert done.json["verified"]
    assert done.json["runs"] == 60


def test_engine_as_a_table(kci: Kci) -> None:
    """Phases and tiers for people, and one line that says what the plan is worth."""
    done = kci("bench", "engine", "--runs", "60", "--slots", "6", "--distinct")
    assert done.code == 0
    assert re.search(r"exact, optimal, gap 0, verified", done.out)


def test_an_unknown_solver_is_said(kci: Kci) -> None:
    """A typing mistake ends with a message and no traceback."""
    done = kci("bench", "engine", "--runs", "9", "--slots", "3", "--solver", "exakt")
    assert done.code == 1
    assert "exakt" in done.err
