# SPDX-License-Identifier: LGPL-2.1-or-later
"""The steps from any earlier ledger to the newest one."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from planner.ledger import Ledger
from planner.ledger.address import Address
from planner.ledger.database import Database
from planner.ledger.migrations import configuration, upgrade
from planner.ledger.schema import VERSION_TABLE, metadata
from tests.conftest import ROOT
from tests.ledger.nouns import NOW, intend, record, request

STEPS = ScriptDirectory.from_config(configuration())
REVISIONS = [step.revision for step in STEPS.walk_revisions()]  # newest first


@pytest.mark.parametrize("revision", ["base", *reversed(REVISIONS)])
def test_every_earlier_ledger_becomes_the_newest(empty: str, revision: str) -> None:
    """From no table at all, or any step, opening leads to the schema of the code."""
    engine = create_engine(empty)
    if revision != "base":
        with engine.begin() as connection:
            upgrade(connection, revision)
    with Ledger.open(empty) as ledger:
        wanted = request("a")
        intend(ledger, wanted)
        record(ledger, request("b"))
        ledger.mark_submitted("a-0", "17", NOW)
        assert ledger.backlog() == (request("b"),)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert context.get_current_revision() == REVISIONS[0]
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_opening_again_changes_nothing(url: str) -> None:
    """A ledger of the newest schema is opened as it is."""
    with Ledger.open(url) as ledger:
        record(ledger, request("a"))
    with Ledger.open(url) as ledger:
        assert ledger.backlog() == (request("a"),)


def test_a_step_that_fails_leaves_nothing_half_made(empty: str) -> None:
    """All of a migration happens, or none of it."""
    database = Database(Address.of(empty), read_only=False)

    def fail() -> None:
        with database.writing() as connection:
            upgrade(connection)
            raise RuntimeError("oops")

    with pytest.raises(RuntimeError, match="oops"):
        fail()
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
    Ledger.open(empty).close()


def test_an_installed_wheel_can_make_a_ledger(tmp_path: Path) -> None:
    """The steps are in the wheel, and need no file beside it."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    program = (
        "from planner import ledger\n"
        "ledger.Ledger.open('sqlite:///made.db').close()\n"
        "print(ledger.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith(str(site))
    assert (tmp_path / "made.db").stat().st_size > 0
