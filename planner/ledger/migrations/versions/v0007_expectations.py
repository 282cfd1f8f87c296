# SPDX-License-Identifier: LGPL-2.1-or-later
"""What plans expect of the queue and of the longest runs, to be held against what came."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; of earlier runs nobody knows."""
    op.add_column("run", Column("expected_queue_s", Integer))
    op.add_column("run", Column("expected_p90_s", Integer))
