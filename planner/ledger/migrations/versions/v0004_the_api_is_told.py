# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the API was not told yet of a run, why one failed, and since when one is looked for."""

from alembic import op
from sqlalchemy import Boolean, Column, DateTime, String, false

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add all three to the runs."""
    op.add_column("run", Column("error_code", String))
    op.add_column("run", Column("sought", DateTime(timezone=True)))
    op.add_column("run", Column("untold", Boolean, nullable=False, server_default=false()))
    op.create_index("ix_run_node", "run", ["node_id"])
    op.create_index("ix_run_untold", "run", ["untold"])
