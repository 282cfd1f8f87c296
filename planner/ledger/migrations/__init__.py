# SPDX-License-Identifier: LGPL-2.1-or-later
"""Brings a ledger to the newest schema; each step there is a file in `versions/`.

A step spells out its tables and types and imports nothing of ours: it has to mean the same when
`planner.ledger.schema` has long moved on.
"""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from models import PlannerError
from planner.ledger.schema import VERSION_TABLE


def configuration() -> Config:
    """Return what alembic has to know, which finds the steps wherever the package is."""
    config = Config()
    config.set_main_option("script_location", "planner.ledger:migrations")
    return config


def is_behind(connection: Connection, place: object) -> bool:
    """Tell whether the ledger lacks steps; a database without any table lacks all.

    Raises:
        PlannerError: if the database is not a ledger, or one of a newer program.
    """
    steps = ScriptDirectory.from_config(configuration())
    options = {"version_table": VERSION_TABLE}
    revision = MigrationContext.configure(connection, opts=options).get_current_revision()
    if revision is None:
        if inspect(connection).get_table_names():
            raise PlannerError(f"{place}: this is a database of something else, not a ledger")
        return True
    if revision not in {step.revision for step in steps.walk_revisions()}:
        text = f"written by a newer kci-planner (schema {revision}); update this one to use it"
        raise PlannerError(f"{place}: {text}")
    return revision != steps.get_current_head()


def upgrade(connection: Connection, to: str = "head") -> None:
    """Take every step up to `to`, in the transaction that `connection` is in."""
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
