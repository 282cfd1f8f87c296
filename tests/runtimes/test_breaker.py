# SPDX-License-Identifier: LGPL-2.1-or-later
"""When a runtime is left alone, with the time as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models import Contact
from planner.runtimes import breaker
from planner.runtimes.breaker import BREAKS, LONGEST, NO_ACCESS, PAUSE, State, state

After = Callable[[Contact, datetime, str], Contact]

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FRESH = Contact(runtime="lab")
SECOND = timedelta(seconds=1)


def test_silence_opens_it_at_once_and_for_longer_each_time() -> None:
    """The pause doubles, and stays below its limit however long a runtime is dead."""
    contact, pauses = FRESH, []
    for _ in range(2000):
        contact = breaker.silent(contact, NOW, "no answer")
        assert contact.until is not None
        pauses.append(contact.until - NOW)
    assert pauses[:3] == [PAUSE, 2 * PAUSE, 4 * PAUSE]
    assert pauses[-1] == LONGEST


def test_a_broken_connection_opens_it_only_when_it_repeats() -> None:
    """One reset is an accident, several in a row are a state."""
    contact = FRESH
    for _ in range(BREAKS - 1):
        contact = breaker.broken(contact, NOW, "reset")
        assert state(contact, NOW) is State.CLOSED
    contact = breaker.broken(contact, NOW, "reset")
    assert state(contact, NOW) is State.OPEN


def test_after_its_pause_one_question_probes_it() -> None:
    """Open until the pause is over, half open from then on."""
    contact = breaker.silent(FRESH, NOW, "no answer")
    assert state(contact, NOW + PAUSE - SECOND) is State.OPEN
    assert state(contact, NOW + PAUSE) is State.HALF_OPEN


def test_an_answer_closes_it_and_keeps_what_was_told() -> None:
    """All that was wrong is forgotten."""
    contact = breaker.answered(breaker.silent(FRESH, NOW, "no answer"))
    assert contact == FRESH
    assert state(contact, NOW) is State.CLOSED


def test_a_refusal_is_remembered() -> None:
    """It is left alone for a moment, and is known to refuse us until it answers again."""
    contact = breaker.refused(FRESH, NOW, "403")
    assert (contact.refused, contact.why, contact.until) == (True, "403", NOW + NO_ACCESS)
    assert not breaker.answered(contact).refused


@given(st.lists(st.sampled_from([breaker.silent, breaker.broken, breaker.refused]), max_size=30))
def test_no_history_leaves_it_alone_for_ever(
    events: list[Callable[[Contact, datetime, str], Contact]],
) -> None:
    """Whatever went wrong, after the longest pause it is asked again."""
    contact = FRESH
    for event in events:
        contact = event(contact, NOW, "why")
    assert state(contact, NOW + LONGEST) is not State.OPEN
