# SPDX-License-Identifier: LGPL-2.1-or-later
"""How far the events of each source were read."""

from alembic import op
from sqlalchemy import Column, DateTime, String

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of cursors."""
    op.create_table(
        "cursor",
        Column("source", String, primary_key=True),
        Column("position", DateTime(timezone=True), nullable=False),
    )
