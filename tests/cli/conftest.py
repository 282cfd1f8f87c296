# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command line, called as a user calls it but within the process of the tests."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.cli import main
from planner.cli.main import group


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return what stdout says as JSON."""
        return json.loads(self.out)


Kci = Callable[..., Done]


@pytest.fixture
def kci(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Kci:
    """Return a function that runs `kci-planner` with arguments."""

    def run(*args: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["kci-planner", *map(str, args)])
        code = 0
        try:
            main()
        except SystemExit as leave:
            code = int(leave.code or 0)
        done = capfd.readouterr()
        assert "Traceback" not in done.err
        return Done(code, done.out, done.err)

    return run


@pytest.fixture(scope="session")
def batch(shipped: Path) -> list[str | Path]:
    """Return the arguments that name the shipped configuration, events and nodes."""
    return [
        "-c",
        shipped,
        "--events",
        shipped / "events.jsonl",
        "--nodes",
        shipped / "nodes.jsonl",
    ]


@pytest.fixture(scope="session")
def quick(batch: list[str | Path]) -> list[str | Path]:
    """Return the same arguments with the solver that answers at once."""
    return [*batch, "--solver", "greedy"]


@pytest.fixture(scope="session")
def plan_file(quick: list[str | Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a plan of the shipped batch as a file."""
    done = CliRunner().invoke(group, ["plan", *map(str, quick), "-o", "json"])
    path = tmp_path_factory.mktemp("plans") / "plan.json"
    path.write_text(done.stdout)
    return path
