# SPDX-License-Identifier: LGPL-2.1-or-later
"""What alembic runs around the steps: they go into the transaction that the caller opened."""

from alembic import context

from planner.ledger.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
