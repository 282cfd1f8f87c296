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


def test_peers_are_compared_with_the_engine(kci: Kci) -> None:
    """The engine comes first with ratio one, and nobody's plan is worth more."""
    done = kci("bench", "peers", "--runs", "40", "--slots", "6", "--seed", "3", "-o", "json")
    engine, *others = done.json
    assert (engine["name"], engine["of_time"], engine["of_value"]) == ("engine", 1, 1)
    assert engine["status"] == "optimal"
    assert all(other["of_value"] <= 1 for other in others)
    assert not any(other["status"].startswith("breaks") for other in others)


def test_peers_as_a_table(kci: Kci) -> None:
    """A line for each way to solve the problem."""
    done = kci("bench", "peers", "--runs", "20", "--slots", "4")
    assert done.code == 0
    assert "least-loaded" in done.out


def test_networks_are_also_solved_by_networkx(kci: Kci) -> None:
    """Where a problem is a pure network, an algorithm for networks finds the same worth."""
    sizes = ("--runs", "60", "--slots", "6", "--load", "1.2", "--network", "-o", "json")
    done = kci("bench", "peers", *sizes)
    found = {row["name"]: row for row in done.json}
    assert found["NetworkX"]["of_value"] == 1
    assert found["NetworkX"]["status"] == "first tier proven"
