# SPDX-License-Identifier: LGPL-2.1-or-later
"""How far sources were read: kept with what was read, or not at all."""

import pytest

from models import Cursor
from planner.ledger import Ledger
from tests.ledger.nouns import MINUTE, NOW, record, request


def test_a_source_that_was_never_read(ledger: Ledger) -> None:
    """Nothing is known of it, whatever is known of others."""
    record(ledger, cursor=Cursor(source="one", position=NOW))
    assert ledger.cursor("other") is None


def test_the_last_position_counts(url: str) -> None:
    """Each source has its own position, which another process finds as the last batch left it."""
    with Ledger.open(url) as ledger:
        record(ledger, cursor=Cursor(source="one", position=NOW))
        record(ledger, cursor=Cursor(source="other", position=NOW))
        record(ledger, cursor=Cursor(source="one", position=NOW + MINUTE))
        record(ledger)
    with Ledger.open(url) as ledger:
        assert ledger.cursor("one") == NOW + MINUTE
        assert ledger.cursor("other") == NOW


def test_a_position_is_kept_with_its_events_or_not_at_all(ledger: Ledger) -> None:
    """A batch that cannot be recorded leaves the position where it was."""
    record(ledger, cursor=Cursor(source="one", position=NOW))
    with pytest.raises(ValueError, match="no node"):
        record(ledger, request("a"), nodes={}, cursor=Cursor(source="one", position=NOW + MINUTE))
    assert ledger.cursor("one") == NOW
