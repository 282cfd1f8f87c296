# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times as numbers, worked out by the database: thousands of datetimes cost more than all else."""

from typing import Any

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class Posix(GenericFunction[float]):
    """POSIX seconds of a time column, None where it has none; true to a tenth of a millisecond."""

    type = Double()
    inherit_cache = True


@compiles(Posix, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    return f"(julianday({compiler.process(element.clauses, **how)}) - 2440587.5) * 86400.0"


@compiles(Posix, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    return f"CAST(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **how)}) AS FLOAT)"
