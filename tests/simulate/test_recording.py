# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recorded events, told again."""

import pytest

from models import Batch, Catalog, PlannerError
from planner.events import read_events, read_nodes
from planner.simulate import load_approach, measure, simulate
from planner.simulate.recording import recording_of
from planner.simulate.scenario import replay
from tests.simulate.conftest import CONFIG


def test_what_recorded_events_want_is_run(site: Catalog) -> None:
    """Nothing but that: builds are told of once, as they were recorded."""
    batch = read_events(str(CONFIG / "events.jsonl"))
    recording = recording_of(batch, read_nodes(CONFIG / "nodes.jsonl"))
    story = simulate(replay(site, recording, 1, 1.0), load_approach("every-revision"))
    measured = measure(story)
    assert measured["wanted"] > 100
    assert measured["in time"] > measured["wanted"] / 2
    assert {attempt.root for attempt in story.attempts} <= set(story.wanted)


def test_events_without_times_cannot_be_replayed() -> None:
    """Nobody knows when they would come."""
    with pytest.raises(PlannerError, match="when they happened"):
        recording_of(Batch(), None)
