# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which planner leads, and until when it does without a sign of life."""

from alembic import op
from sqlalchemy import Boolean, Column, DateTime, Integer

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table of the leader, which has one row at the most."""
    op.create_table(
        "leader",
        Column("epoch", Integer, primary_key=True),
        Column("locked", Boolean, nullable=False),
        Column("expires", DateTime(timezone=True), nullable=False),
    )
