# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ways to a site's runtimes, with their tokens from where KernelCI's tools have them."""

import os
from pathlib import Path

from pydantic import SecretStr

from models import Catalog
from planner.runtimes import LabRuntime, open_runtime


def open_runtimes(catalog: Catalog, settings: Path | None) -> dict[str, LabRuntime]:
    """Return a way to each runtime of the catalog that anything here speaks to.

    `settings` is the file with the tokens, None for the usual places.
    """

    def token(runtime: str) -> SecretStr | None:
        from planner.kernelci import default_settings, read_runtime_token

        return read_runtime_token(runtime, settings or default_settings(Path.home()), os.environ)

    opened = {
        name: open_runtime(runtime, catalog, token) for name, runtime in catalog.runtimes.items()
    }
    return {name: runtime for name, runtime in opened.items() if runtime is not None}
