# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fixtures that every room's tests may use."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A law holds however slow the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the reference data beside the project; tests that need it skip where it is not."""
    path = Path(os.environ.get("KCI_SHARED", ROOT.parent / "shared"))
    if not (path / "kernelci").is_dir():
        pytest.skip(f"no reference data at {path}; set KCI_SHARED to run this test")
    return path


@pytest.fixture(scope="session")
def shipped() -> Path:
    """Return the configuration that ships with the project."""
    return ROOT / "config"


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no width of a terminal in the environment: parallel workers of pytest set one."""
    monkeypatch.delenv("COLUMNS", raising=False)
