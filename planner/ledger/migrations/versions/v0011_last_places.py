# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs that were not sent go on to know where they were to go."""

from alembic import op
from sqlalchemy import Column, String

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the place; what waits now has none."""
    for name in ("runtime", "platform", "device_type", "context"):
        op.add_column("run", Column(f"had_{name}", String))
