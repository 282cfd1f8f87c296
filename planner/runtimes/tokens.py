# SPDX-License-Identifier: LGPL-2.1-or-later
"""The secrets of runtimes and storages, read when somebody asks."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

# The token of that name, None if the settings have none.
Token = Callable[[str], SecretStr | None]


def _none(_name: str) -> None:
    """Know no token at all."""


@dataclass(frozen=True)
class Tokens:
    """The tokens by the names of runtimes, and of storages."""

    runtime: Token = _none
    storage: Token = _none
