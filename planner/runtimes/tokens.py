# SPDX-License-Identifier: LGPL-2.1-or-later
"""The secrets of runtimes, read when somebody asks."""

from collections.abc import Callable

from pydantic import SecretStr

# The token of the runtime of that name, None if the settings have none.
Tokens = Callable[[str], SecretStr | None]


def no_tokens(runtime: str) -> None:
    """Know no token at all."""
