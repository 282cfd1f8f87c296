# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where a ledger is: a URL that was understood, and a name for it that may be shown."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from models import PlannerError

_FORMS = "sqlite:///run/ledger.db or postgresql+psycopg://user@host/database"


@dataclass(frozen=True)
class Address:
    """A database that can be a ledger; `path` is its file, None where a server has it.

    As a text it is the path, or the URL without its password and options.
    """

    url: URL
    path: Path | None

    @classmethod
    def of(cls, text: str) -> "Address":
        """Return the address that `text` means.

        Raises:
            PlannerError: if it means none; what could hold a password is not shown.
        """
        try:
            url = make_url(text)
        except (ArgumentError, ValueError) as error:
            shown = "the ledger's URL" if "@" in text else f"'{text}'"
            raise PlannerError(f"{shown} is no URL of a database, such as {_FORMS}") from error
        kind = url.drivername.partition("+")[0]
        if kind == "postgresql":
            return cls(url.set(drivername="postgresql+psycopg"), None)
        if kind != "sqlite":
            raise PlannerError(f"a ledger is no {kind} database; it is one such as {_FORMS}")
        if not url.database or url.database == ":memory:":
            raise PlannerError("the ledger's URL names no file, and a ledger has to last")
        # Options in the URL could undo what makes the ledger durable.
        return cls(URL.create("sqlite", database=url.database), Path(url.database))

    def __str__(self) -> str:
        if self.path is not None:
            return str(self.path)
        return self.url.set(query={}).render_as_string()
