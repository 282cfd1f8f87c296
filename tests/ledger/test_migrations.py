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
from sqlalchemy import Connection, create_engine, insert, inspect, select

from models import Learning
from planner.ledger import Ledger
from planner.ledger.address import Address
from planner.ledger.database import Database
from planner.ledger.migrations import configuration, upgrade
from planner.ledger.schema import VERSION_TABLE, metadata
from tests.conftest import ROOT
from tests.ledger.nouns import MINUTE, NOW, intend, record, request
from tests.ledger.rows import rows

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


@pytest.mark.parametrize("revision", list(reversed(REVISIONS)))
def test_no_row_of_an_earlier_ledger_is_lost_or_changed(empty: str, revision: str) -> None:
    """With rows in every table of any step, all that was there is there, and can be read."""
    engine = create_engine(empty)
    with engine.begin() as connection:
        upgrade(connection, revision)
        tables = _fill(connection)
        before = _content(connection, tables)
    with Ledger.open(empty) as ledger:
        _read_everything(ledger)
    with engine.connect() as connection:
        assert _content(connection, tables) == before
    engine.dispose()


Columns = dict[str, list[str]]


def _fill(connection: Connection) -> Columns:
    """Add rows to every table that there is, and return the columns of each."""
    schema = inspect(connection)
    columns = {
        name: [column["name"] for column in schema.get_columns(name)]
        for name in schema.get_table_names()
        if name != VERSION_TABLE
    }
    known = rows()
    assert columns.keys() <= known.keys(), "a new table needs rows in tests/ledger/rows.py"
    for name, some in known.items():
        for row in some if name in columns else ():
            there = {column: value for column, value in row.items() if column in columns[name]}
            connection.execute(insert(metadata.tables[name]).values(there))
    return columns


def _content(connection: Connection, tables: Columns) -> dict[str, list[str]]:
    """Return what is in these columns of these tables, as the database has it."""
    content = {}
    for name, columns in tables.items():
        table = metadata.tables[name]
        told = connection.execute(select(*(table.c[column] for column in columns)))
        content[name] = sorted(repr(tuple(row)) for row in told)
        assert content[name], f"{name} is empty"
    return content


def _read_everything(ledger: Ledger) -> None:
    """Ask a ledger with those rows all that there is to ask, and go on with it."""
    (waiting,) = ledger.backlog()
    assert (waiting.key, len(waiting.sent)) == ("a", 5)
    assert [order.run for order in ledger.orders()] == ["a-1"]
    assert [one.run for one in ledger.status().under_way] == ["a-1", "a-2"]
    assert ledger.history().cycles[0].counts == {"submitted": 2}
    assert len(ledger.runs([f"a-{number}" for number in range(7)])) == 7
    document = ledger.plan(run="a-1")
    assert document is not None
    assert [assignment.run for assignment in document.assignments] == ["a-1"]
    past = ledger.outcomes(NOW + 5 * MINUTE, Learning())
    assert (past.run, [*past.tree], past.runs.tolist()) == (("a-3",), ["mainline"], [1])
    cells = ledger.cells(0, 2**31 - 1)
    assert int(cells.runs.sum()) == 4
    assert ledger.known(["a", "b"]) == {"a"}


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
