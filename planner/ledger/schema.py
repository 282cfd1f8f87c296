# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tables of the ledger, as they are at the newest migration.

Types are those that SQLite and PostgreSQL share: documents are JSON in text, states are text.
What statistics learn from (place, job, times of a run) are plain columns.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    false,
)

from models import ReasonCode, ReasonTier, RunState

VERSION_TABLE = "ledger_version"


class UtcTime(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: nobody could tell what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return UTC, also where the database keeps no zones."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def storable(text: str) -> str:
    """Return a text with lone surrogates and NUL escaped, which databases refuse."""
    if text.isascii() and "\0" not in text:  # nearly always, and quick to tell
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


class Words(TypeDecorator[str]):
    """Text that others may have written, so that one odd name does not cost a whole batch."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape what a database refuses."""
        return None if value is None else storable(value)


def _closed_list(values: type[StrEnum]) -> Enum:
    """Return the type of a closed list, stored by value, which code alone keeps closed."""

    def texts(members: Iterable[Any]) -> list[str]:
        return [str(member) for member in members]

    return Enum(
        values, native_enum=False, create_constraint=False, length=32, values_callable=texts
    )


# SQLite keeps rows by such a number, and needs no index besides.
Number = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

cycle = Table(
    "cycle",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("started", UtcTime, nullable=False),
    Column("finished", UtcTime),
    Column("degraded", Boolean, nullable=False),
    Column("events", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("plan", Words),
    Column("placed", Integer),
    Column("deferred", Integer),
    Column("seconds", Words, nullable=False),  # JSON, as are the next two
    Column("counts", Words, nullable=False),
    Column("problems", Words, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("fingerprint", Words, primary_key=True),
    Column("recorded", UtcTime, nullable=False, index=True),
)

# How far the events of a source were read, by the source's clock.
cursor = Table(
    "cursor",
    metadata,
    Column("source", Words, primary_key=True),
    Column("position", UtcTime, nullable=False),
)

# One row: who leads, whether that process has the lock, and until when it leads without a word.
leader = Table(
    "leader",
    metadata,
    Column("epoch", Integer, primary_key=True),
    Column("locked", Boolean, nullable=False),
    Column("expires", UtcTime, nullable=False),
)

# Processes that send what the leader intends, until when they live without a word, and where to.
submitter = Table(
    "submitter",
    metadata,
    Column("name", Words, primary_key=True),
    Column("expires", UtcTime, nullable=False),
    Column("runtimes", Words, nullable=False),  # JSON
)

node = Table(
    "node",
    metadata,
    Column("id", Words, primary_key=True),
    Column("document", Words, nullable=False),
    Column("recorded", UtcTime, nullable=False),
)

# The newest revision seen of each branch; patchsets are no revisions of it.
revision = Table(
    "revision",
    metadata,
    Column("tree", Words, primary_key=True),
    Column("branch", Words, primary_key=True),
    Column("commit", Words, nullable=False),
    Column("seen", UtcTime, nullable=False),
)

request = Table(
    "request",
    metadata,
    Column("key", Words, primary_key=True),
    Column("entry", Words, nullable=False),
    Column("job", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("parent", Words, nullable=False),
    Column("retry", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("tree", Words),
    Column("branch", Words),
    Column("commit", Words, index=True),
    Column("patchset", Boolean),
    Column("seen", UtcTime),
    Column("created", UtcTime, nullable=False),
    Column("deadline", UtcTime, nullable=False),
)

# The whole of a request, as long as it may have to be planned: most of a ledger would be these.
document = Table(
    "document",
    metadata,
    Column("request", ForeignKey(request.c.key), primary_key=True),
    Column("text", Words, nullable=False),  # JSON
    Column("recorded", UtcTime, nullable=False, index=True),
)

run = Table(
    "run",
    metadata,
    Column("key", Words, primary_key=True),
    Column("request", ForeignKey(request.c.key), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("job", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("arch", Words),  # of the kernel under test, as the parent node says
    Column("tree", Words),
    Column("state", _closed_list(RunState), nullable=False),
    Column("planned", ForeignKey(cycle.c.number)),  # the last cycle whose plan speaks of it
    Column("reason_tier", _closed_list(ReasonTier)),
    Column("reason_code", _closed_list(ReasonCode)),
    Column("reason_text", Words),
    Column("waits_since", ForeignKey(cycle.c.number)),
    Column("waited_for", _closed_list(ReasonCode)),  # before it got its place
    Column("plan", Words),
    Column("runtime", Words),
    Column("platform", Words),
    Column("device_type", Words),
    Column("context", Words),  # where in the runtime, if it has several places
    Column("priority", Integer),
    Column("expected_start_s", Integer),
    Column("expected_queue_s", Integer),  # what of it the queue's length alone gave
    Column("expected_duration_s", Integer),
    Column("expected_p90_s", Integer),
    Column("expected_cost", Integer),
    Column("intended", UtcTime),
    # Where it was to go, and was not sent; as long as it waits for that.
    Column("had_runtime", Words),
    Column("had_platform", Words),
    Column("had_device_type", Words),
    Column("had_context", Words),
    Column("send_by", UtcTime),  # after that it is not begun any more
    Column("claimed_by", Words),  # who has it in hand: the planner, or a submitter
    Column("node_id", Words),  # of the run's own node at the API
    Column("job_id", Words),
    Column("submitted", UtcTime),
    Column("started", UtcTime),
    Column("ended", UtcTime),
    Column("closed", UtcTime, index=True),
    Column("result", Words),
    Column("exit_status", Integer),
    Column("infrastructure", Boolean, nullable=False),
    Column("detail", Words),
    Column("error_code", Words),  # KernelCI's word for why it could not be submitted
    Column("sought", UtcTime),  # since when it is looked for, as nobody knows whether it arrived
    Column("retried", Boolean, nullable=False, server_default=false()),  # it was asked for again
    Column("untold", Boolean, nullable=False, server_default=false()),  # the API has to hear of it
    Column("rolled", Boolean, nullable=False, server_default=false()),  # it counts in its day
    Index("ix_run_rolled", "rolled", "closed"),
    Index("ix_run_state", "state", "runtime"),
    Index("ix_run_job", "job", "platform", "intended"),
    Index("ix_run_node", "node_id"),
    Index("ix_run_untold", "untold"),
    Index("ix_run_slot", "runtime", "device_type", "submitted"),
)

plan = Table(
    "plan",
    metadata,
    Column("cycle", ForeignKey(cycle.c.number), primary_key=True),
    Column("id", Words, nullable=False),
    Column("recorded", UtcTime, nullable=False),
    Column("document", LargeBinary, nullable=False),  # JSON, deflated
)

# How each runtime answered last.
contact = Table(
    "contact",
    metadata,
    Column("runtime", Words, primary_key=True),
    Column("document", Words, nullable=False),  # JSON
)

# What ran, and where; days name it by its number.
subject = Table(
    "subject",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("job", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("platform", Words),
    Column("device_type", Words),
    Column("runtime", Words),
    Column("arch", Words),
)

# The histograms of a day, by the days since 1970.
day = Table(
    "day",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("document", LargeBinary, nullable=False),  # columns of numbers, deflated
)

# What counts in a day, by a number made of the runtime's name for it: so that nothing that is told
# again counts twice.
counted = Table(
    "counted",
    metadata,
    Column("execution", Number, primary_key=True, autoincrement=False),
    Column("day", Integer, nullable=False),
)

# Requests whose rows are gone: so that nothing that is asked for again is executed twice.
served = Table(
    "served",
    metadata,
    Column("request", Words, primary_key=True),
    Column("day", Integer, nullable=False),
)
