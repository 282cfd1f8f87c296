# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ways to a site's runtimes, with their tokens from where KernelCI's tools have them."""

import os
from pathlib import Path

from pydantic import SecretStr

from models import Catalog
from planner.runtimes import LabRuntime, Tokens, open_runtime


def open_runtimes(catalog: Catalog, settings: Path | None) -> dict[str, LabRuntime]:
    """Return a way to each runtime of the catalog that anything here speaks to.

    `settings` is the file with the tokens, None for the usual places.
    """

    def of_runtime(name: str) -> SecretStr | None:
        from planner.kernelci import default_settings, read_runtime_token

        return read_runtime_token(name, settings or default_settings(Path.home()), os.environ)

    def of_storage(name: str) -> SecretStr | None:
        from planner.kernelci import default_settings, read_storage_token

        return read_storage_token(name, settings or default_settings(Path.home()), os.environ)

    tokens = Tokens(of_runtime, of_storage)
    opened = {
        name: open_runtime(runtime, catalog, tokens) for name, runtime in catalog.runtimes.items()
    }
    return {name: runtime for name, runtime in opened.items() if runtime is not None}
