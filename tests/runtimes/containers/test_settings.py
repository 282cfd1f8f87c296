# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the YAML says of containers."""

from pathlib import Path
from typing import Any

import pytest

from models import LabType, PlannerError, Runtime
from planner.runtimes.containers.settings import ContainerSettings
from planner.runtimes.keys import read_keys
from tests.runtimes.conftest import HERE


def settings(**keys: Any) -> ContainerSettings:
    """Return the settings of a runtime with these keys."""
    return read_keys(
        Runtime(name="t", lab_type=LabType.DOCKER, params=keys, where=HERE), ContainerSettings
    )


def test_as_kernelci_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One volume or several, with folders relative to where the planner is started."""
    monkeypatch.chdir(tmp_path)
    told = settings(volumes="data/cache:/cache", user=1000, timeout=90, other="left alone")
    assert told.binds() == [f"{tmp_path}/data/cache:/cache"]
    assert (told.user, told.timeout, told.secrets()) == ("1000", 90, {})
    assert settings(volumes=["name:/x", "/abs:/y:ro"]).binds() == ["name:/x", "/abs:/y:ro"]


def test_secrets(tmp_path: Path) -> None:
    """The file of variables is read when they are needed; what is wrong in it is never quoted."""
    path = tmp_path / "env"
    told = settings(env_file=str(path))
    with pytest.raises(PlannerError, match=r"env: No such file"):
        told.secrets()
    path.write_text("# ours\nTOKEN=of-great-value\n")
    assert told.secrets() == {"TOKEN": "of-great-value"}
    path.write_text("of great value\n")
    with pytest.raises(PlannerError, match=r"env: a line is not NAME=VALUE") as wrong:
        told.secrets()
    assert "great" not in str(wrong.value)


def test_what_makes_no_sense() -> None:
    """What cannot be used is told with its place."""
    with pytest.raises(PlannerError, match=r"jobs\.yaml:7.*runtimes\.t\.timeout"):
        settings(timeout="soon")
