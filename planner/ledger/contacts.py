# SPDX-License-Identifier: LGPL-2.1-or-later
"""How runtimes answered last, for the next cycle and for those who look."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection, select

from models import Contact
from planner.ledger.documents import noun_of
from planner.ledger.rows import put
from planner.ledger.schema import contact


def read(connection: Connection) -> dict[str, Contact]:
    """Return what is remembered of each runtime, by its name."""
    rows = connection.execute(select(contact.c.document).order_by(contact.c.runtime)).scalars()
    found = (noun_of(Contact, document) for document in rows)
    return {known.runtime: known for known in found}


def keep(connection: Connection, contacts: Iterable[Contact]) -> None:
    """Remember these in the place of what was remembered of their runtimes."""
    rows = [
        # What a runtime did not say is not kept: it would seem said.
        {"runtime": known.runtime, "document": json.dumps(_said(known), separators=(",", ":"))}
        for known in contacts
    ]
    put(connection, contact, rows)


def _said(known: Contact) -> object:
    return known.model_dump(mode="json", exclude_unset=True)
