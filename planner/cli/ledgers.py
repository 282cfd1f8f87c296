# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which ledger a command reads."""

from pathlib import Path

import click

from planner.config import load_catalog
from planner.ledger import Ledger


def open_to_read(url: str | None, paths: tuple[Path, ...]) -> Ledger:
    """Return the ledger at `url`, or else the one that the configuration names.

    Raises:
        PlannerError: if there is none, or it cannot be read.
    """
    if url is None and not paths:
        raise click.UsageError("say which ledger: --ledger URL, or -c DIR")
    where = load_catalog(*paths).planner.ledger if url is None else url
    return Ledger.open(where, read_only=True)
