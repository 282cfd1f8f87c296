# SPDX-License-Identifier: LGPL-2.1-or-later
"""A past that is rolled up: histograms by day, and what keeps its runs from counting twice."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, String, false

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables of days, and have runs say for which tree they are."""
    op.create_table(
        "subject",
        Column("number", Integer, primary_key=True),
        Column("job", String, nullable=False),
        Column("kind", String, nullable=False),
        *(Column(name, String) for name in ("platform", "device_type", "runtime", "arch")),
    )
    op.create_table(
        "day",
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("document", LargeBinary, nullable=False),
    )
    number = BigInteger().with_variant(Integer, "sqlite")
    op.create_table(
        "counted",
        Column("execution", number, primary_key=True, autoincrement=False),
        Column("day", Integer, nullable=False),
    )
    op.create_table(
        "served",
        Column("request", String, primary_key=True),
        Column("day", Integer, nullable=False),
    )
    op.add_column("run", Column("tree", String))
    op.add_column("run", Column("waited_for", String(32)))
    op.add_column("run", Column("rolled", Boolean, nullable=False, server_default=false()))
    op.create_index("ix_run_rolled", "run", ["rolled", "closed"])
    op.execute(
        "UPDATE run SET tree = (SELECT request.tree FROM request WHERE request.key = run.request)"
    )
