# SPDX-License-Identifier: LGPL-2.1-or-later
"""The first ledger: cycles, events, nodes, revisions, requests, runs and plans."""

from datetime import datetime

from alembic import op
from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, LargeBinary, String

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    _cycles()
    _seen()
    _wanted()
    _runs()


def _time(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _cycles() -> None:
    op.create_table(
        "cycle",
        Column("number", Integer, primary_key=True),
        _time("started"),
        _time("finished", nullable=True),
        Column("degraded", Boolean, nullable=False),
        Column("events", Integer, nullable=False),
        Column("requests", Integer, nullable=False),
        Column("plan", String),
        Column("placed", Integer),
        Column("deferred", Integer),
        Column("seconds", String, nullable=False),
        Column("counts", String, nullable=False),
        Column("problems", String, nullable=False),
    )
    op.create_table(
        "plan",
        Column("cycle", Integer, ForeignKey("cycle.number"), primary_key=True),
        Column("id", String, nullable=False),
        _time("recorded"),
        Column("document", LargeBinary, nullable=False),
    )


def _seen() -> None:
    op.create_table("event", Column("fingerprint", String, primary_key=True), _time("recorded"))
    op.create_index("ix_event_recorded", "event", ["recorded"])
    op.create_table(
        "node",
        Column("id", String, primary_key=True),
        Column("document", String, nullable=False),
        _time("recorded"),
    )
    op.create_table(
        "revision",
        Column("tree", String, primary_key=True),
        Column("branch", String, primary_key=True),
        Column("commit", String, nullable=False),
        _time("seen"),
    )


def _wanted() -> None:
    op.create_table(
        "request",
        Column("key", String, primary_key=True),
        Column("entry", String, nullable=False),
        Column("job", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("parent", String, nullable=False),
        Column("retry", Integer, nullable=False),
        Column("priority", Integer, nullable=False),
        Column("tree", String),
        Column("branch", String),
        Column("commit", String),
        Column("patchset", Boolean),
        _time("seen", nullable=True),
        _time("created"),
        _time("deadline"),
    )
    op.create_table(
        "document",
        Column("request", String, ForeignKey("request.key"), primary_key=True),
        Column("text", String, nullable=False),
        _time("recorded"),
    )
    op.create_index("ix_document_recorded", "document", ["recorded"])


def _runs() -> None:
    op.create_table(
        "run",
        Column("key", String, primary_key=True),
        Column("request", String, ForeignKey("request.key"), nullable=False),
        Column("position", Integer, nullable=False),
        Column("job", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("arch", String),
        Column("state", String(32), nullable=False),
        Column("planned", Integer, ForeignKey("cycle.number")),
        Column("reason_tier", String(32)),
        Column("reason_code", String(32)),
        Column("reason_text", String),
        Column("waits_since", Integer, ForeignKey("cycle.number")),
        Column("plan", String),
        Column("runtime", String),
        Column("platform", String),
        Column("device_type", String),
        Column("priority", Integer),
        Column("expected_start_s", Integer),
        Column("expected_duration_s", Integer),
        Column("expected_cost", Integer),
        _time("intended", nullable=True),
        Column("job_id", String),
        _time("submitted", nullable=True),
        _time("started", nullable=True),
        _time("ended", nullable=True),
        _time("closed", nullable=True),
        Column("result", String),
        Column("exit_status", Integer),
        Column("infrastructure", Boolean, nullable=False),
        Column("detail", String),
    )
    op.create_index("ix_run_request", "run", ["request"])
    op.create_index("ix_run_state", "run", ["state", "runtime"])
    op.create_index("ix_run_closed", "run", ["closed"])
    op.create_index("ix_run_job", "run", ["job", "platform", "intended"])
    op.create_index("ix_run_slot", "run", ["runtime", "device_type", "submitted"])
