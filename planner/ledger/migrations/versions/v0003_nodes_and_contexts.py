# SPDX-License-Identifier: LGPL-2.1-or-later
"""The node of a run at the API, and where in a runtime it went."""

from alembic import op
from sqlalchemy import Column, String

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add both to the runs."""
    op.add_column("run", Column("context", String))
    op.add_column("run", Column("node_id", String))
