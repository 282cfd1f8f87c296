# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whole simulations, as small as they can be."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from models import Catalog
from planner.ledger import Ledger
from planner.simulate import Story, find_workload, load_approach, measure, simulate, tally
from planner.simulate.ends import End
from planner.simulate.measures import TIMED

TIMES = 0.1
SCRIPT = """
import json, sys, planner
from planner.simulate import find_workload, load_approach, measure, simulate
from planner.simulate.measures import TIMED
scenario = find_workload(sys.argv[2]).draw(planner.load_catalog(sys.argv[1]), 7, 0.1)
found = measure(simulate(scenario, load_approach(sys.argv[3])))
print(json.dumps({name: value for name, value in found.items() if name not in TIMED}))
"""


_STORIES: dict[tuple[str, str], Story] = {}


def story(site: Catalog, workload: str, policy: str) -> Story:
    """Return what a policy makes of a small workload; each is simulated once."""
    if (workload, policy) not in _STORIES:
        scenario = find_workload(workload).draw(site, 7, TIMES)
        _STORIES[workload, policy] = simulate(scenario, load_approach(policy))
    return _STORIES[workload, policy]


# Whoever changes plans, labs or the site that ships on purpose writes these down anew. What was
# only to be faster has to leave them alone.
DIGESTS = {"default": "df8875887aef", "today": "ba9c9c902917"}


@pytest.mark.parametrize("policy", DIGESTS)
def test_the_story_is_the_one_that_was_written_down(site: Catalog, policy: str) -> None:
    """Where and when each run of a small workload ran changes only on purpose."""
    told = [
        f"{one.run} {one.runtime} {one.platform} {one.started:.3f} {one.ended:.3f} {one.good}"
        for one in story(site, "quiet-night", policy).attempts
    ]
    assert told
    found = hashlib.blake2b("\n".join(told).encode(), digest_size=6).hexdigest()
    assert found == DIGESTS[policy], f"if that was meant, write down {found}"


@pytest.mark.parametrize("policy", ["default", "today"])
def test_the_same_seed_gives_the_same_numbers_in_another_process(policy: str) -> None:
    """Not even the order of hashes may count."""
    config = Path(__file__).parents[2] / "config"
    found = []
    for hashing in ("1", "2"):
        command = [sys.executable, "-c", SCRIPT, str(config), "quiet-night", policy]
        env = {**os.environ, "PYTHONHASHSEED": hashing}
        done = subprocess.run(command, env=env, capture_output=True, check=True, text=True)
        found.append(json.loads(done.stdout.replace("NaN", "null")))
    assert found[0] == found[1]
    assert found[0]["in time"] > 0


def test_the_memory_ledger_keeps_what_the_real_one_keeps(site: Catalog, tmp_path: Path) -> None:
    """The same simulation has the same story with a ledger on disk."""
    scenario = find_workload("flaky-lab").draw(site, 3, 0.05)
    approach = load_approach("default")
    quick = simulate(scenario, approach)
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        real = simulate(scenario, approach, ledger)
    assert quick.attempts == real.attempts
    assert quick.ends == real.ends
    assert quick.gaps == real.gaps


@pytest.mark.parametrize(
    ("workload", "policy"),
    [
        ("quiet-night", "default"),
        ("lab-down", "every-revision"),
        ("flaky-lab", "every-revision"),
        ("scarce-board", "no-backlog"),
        ("quiet-night", "today"),
    ],
)
def test_each_wanted_run_ends_in_one_way(site: Catalog, workload: str, policy: str) -> None:
    """Nothing is lost: what is wanted is the sum of how it ended."""
    told = story(site, workload, policy)
    measured = measure(told)
    ends = ("in time", "late", "dropped", "superseded", "expired", "spoiled", "never asked for")
    assert sum(measured[end] for end in ends) == measured["wanted"] == len(told.wanted)
    assert all((t.attempt is not None) == (t.end in (End.IN_TIME, End.LATE)) for t in tally(told))


def test_all_policies_are_asked_for_the_same_runs(site: Catalog) -> None:
    """Entries as lists or as criteria, the measure is what the site wants."""
    wanted = [list(story(site, "quiet-night", p).wanted) for p in ("default", "today", "random")]
    assert wanted[0] == wanted[1] == wanted[2]


def test_without_a_backlog_a_full_queue_drops_runs(site: Catalog) -> None:
    """What does not fit at once is dropped, and with a backlog it is not."""
    assert measure(story(site, "scarce-board", "no-backlog"))["dropped"] > 0
    assert measure(story(site, "scarce-board", "every-revision"))["dropped"] == 0


def test_who_drops_what_would_wait_does_not_look_fast(site: Catalog) -> None:
    """A run without a result counts as one that came at its deadline, in minutes."""
    kept, dropped = (measure(story(site, "day", p)) for p in ("every-revision", "no-backlog"))
    assert dropped["completion, mean"] < kept["completion, mean"]
    assert dropped["to result, mean"] > kept["to result, mean"]
    assert 0 < kept["to result, p50"] <= kept["to result, p75"] <= 360


def test_a_spoiled_run_is_repeated_three_times_at_the_most(site: Catalog) -> None:
    """Each attempt counts for the run that was wanted first."""
    told = story(site, "flaky-lab", "every-revision")
    attempts: dict[str, int] = {}
    for attempt in told.attempts:
        attempts[attempt.root] = attempts.get(attempt.root, 0) + 1
    assert max(attempts.values()) > 1
    assert max(attempts.values()) <= 4


def test_nothing_begins_in_a_lab_that_is_away(site: Catalog) -> None:
    """Runs that would have gone there go elsewhere, or wait."""
    told = story(site, "lab-down", "every-revision")
    for spec in told.scenario.fleet:
        for window in spec.outages:
            starts = [i.started for i in told.items[spec.runtime] if i.dispatch is not None]
            assert starts
            assert not any(s is not None and s in window for s in starts)


def test_measures_are_the_same_but_for_time(site: Catalog) -> None:
    """Only the cycle time is the machine's."""
    scenario = find_workload("quiet-night").draw(site, 7, TIMES)
    one, other = (measure(simulate(scenario, load_approach("default"))) for _ in range(2))
    assert {n: v for n, v in one.items() if n not in TIMED} == {
        n: v for n, v in other.items() if n not in TIMED
    }
