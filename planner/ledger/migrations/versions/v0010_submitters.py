# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several processes send what one intends."""

from alembic import op
from sqlalchemy import Column, DateTime, String

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table of submitters; what is intended already is in the planner's hands."""
    op.create_table(
        "submitter",
        Column("name", String, primary_key=True),
        Column("expires", DateTime(timezone=True), nullable=False),
        Column("runtimes", String, nullable=False),
    )
    op.add_column("run", Column("send_by", DateTime(timezone=True)))
    op.add_column("run", Column("claimed_by", String))
    op.execute("UPDATE run SET claimed_by = 'planner' WHERE state = 'intended'")
