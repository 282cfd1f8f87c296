# SPDX-License-Identifier: LGPL-2.1-or-later
"""How each runtime answered last."""

from alembic import op
from sqlalchemy import Column, String

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table of contacts."""
    op.create_table(
        "contact",
        Column("runtime", String, primary_key=True),
        Column("document", String, nullable=False),
    )
