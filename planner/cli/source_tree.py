# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is in the source tree and not in the package."""

from collections.abc import Iterator
from contextlib import contextmanager

from models import PlannerError


@contextmanager
def source_tree() -> Iterator[None]:
    """Turn the lack of the benchmarks into an error that a user understands."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise PlannerError("benchmarks are part of the source tree, not of the package") from error
