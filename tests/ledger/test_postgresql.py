# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is special about PostgreSQL; with KCI_POSTGRES set, the whole room is tested on it."""

import pytest
from sqlalchemy import create_engine, text

from models import PlannerError
from planner.ledger import Ledger
from tests.ledger.conftest import POSTGRES

pytestmark = pytest.mark.skipif(
    POSTGRES is None,
    reason="set KCI_POSTGRES to the URL of a PostgreSQL database to test the ledger on it, too",
)


@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
def test_a_schema_where_nothing_may_be_made(empty: str) -> None:
    """Missing rights are an error to read, with the place and without the password."""
    engine = create_engine(empty)
    with engine.begin() as connection:
        schema = connection.execute(text("SELECT current_schema()")).scalar()
        connection.execute(text(f"REVOKE CREATE ON SCHEMA {schema} FROM current_user"))
    engine.dispose()
    with pytest.raises(PlannerError, match=r"^postgresql.*: permission denied for schema"):
        Ledger.open(empty)
