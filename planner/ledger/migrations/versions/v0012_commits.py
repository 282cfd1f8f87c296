# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ran for a revision before is asked for in every cycle."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Find requests by the commit that they test."""
    op.create_index("ix_request_commit", "request", ["commit"])
