# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which runs were asked for again."""

from alembic import op
from sqlalchemy import Boolean, Column, false

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add it to the runs."""
    op.add_column("run", Column("retried", Boolean, nullable=False, server_default=false()))
