# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ledgers that cannot be opened say so in one line, with the place and never the password."""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from models import ExitCode, PlannerError
from planner.ledger import Ledger, NoLedgerError
from planner.ledger.address import Address
from planner.ledger.database import Database
from tests.ledger.nouns import record, request

NOBODY = 65534


@contextmanager
def bystander(folder: Path, mode: int) -> Iterator[None]:
    """Act as somebody with these rights in the folder, and no others: root may do anything."""
    for path in (folder, *folder.parents):
        if path.stat().st_uid == os.getuid() and not path.stat().st_mode & 0o001:
            path.chmod(0o755)
    folder.chmod(mode)
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(was)
        folder.chmod(0o755)


def why_not(url: str, *, read_only: bool = False) -> str:
    """Return why a ledger cannot be opened."""
    with pytest.raises(PlannerError) as caught:
        Ledger.open(url, read_only=read_only).close()
    assert caught.value.exit_code is ExitCode.ERROR
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_folders_are_made_as_needed(tmp_path: Path) -> None:
    """A ledger in folders that do not exist yet is made with them, and lasts."""
    url = f"sqlite:///{tmp_path}/some/where/ledger.db"
    with Ledger.open(url) as ledger:
        record(ledger, request("a"))
    with Ledger.open(url) as ledger:
        assert ledger.backlog() == (request("a"),)


def test_a_path_is_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three slashes and a name are a file here."""
    monkeypatch.chdir(tmp_path)
    Ledger.open("sqlite:///run/ledger.db").close()
    assert (tmp_path / "run" / "ledger.db").is_file()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("run/ledger.db", "'run/ledger.db' is no URL of a database"),
        ("", "'' is no URL of a database"),
        ("postgresql://me:secret@host:port/db", "the ledger's URL is no URL of a database"),
        ("mysql://me:secret@host/db", "a ledger is no mysql database"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_bad_urls(url: str, says: str) -> None:
    """A URL that means nothing is named, unless it could hold a password, with good examples."""
    told = why_not(url)
    assert says in told
    assert "secret" not in told


def test_a_server_that_is_away() -> None:
    """The error names the server and the user, and not what only they should know."""
    url = "postgresql+psycopg://me:secret@127.0.0.1:9/db?connect_timeout=2&password=hidden"
    told = why_not(url)
    assert told.startswith("postgresql+psycopg://me:***@127.0.0.1:9/db: ")
    assert "secret" not in told
    assert "hidden" not in told


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """It is named and left as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all\n" * 100)
    before = path.read_bytes()
    for read_only in (False, True):
        assert re.fullmatch(
            f"{path}: .*not a database.*", why_not(f"sqlite:///{path}", read_only=read_only)
        )
    assert path.read_bytes() == before


def test_a_database_of_something_else(empty: str) -> None:
    """A database with other tables is not touched."""
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bookmarks (id INTEGER)"))
    assert "database of something else" in why_not(empty)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM bookmarks")).scalar() == 0
    engine.dispose()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_ledger_of_a_newer_program(url: str, read_only: bool) -> None:
    """Neither reading nor writing is tried on a schema that this program does not know."""
    with Ledger.open(url) as ledger:
        record(ledger, request("a"))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE ledger_version SET version_num = '9999'"))
    engine.dispose()
    assert "written by a newer kci-planner (schema 9999)" in why_not(url, read_only=read_only)


def test_a_folder_or_a_path_through_a_file(tmp_path: Path) -> None:
    """What can be no file is named."""
    (tmp_path / "file").write_text("")
    told = why_not(f"sqlite:///{tmp_path}")
    assert told == f"{tmp_path}: this is a folder, and a ledger is a file"
    path = tmp_path / "file" / "ledger.db"
    assert why_not(f"sqlite:///{path}").startswith(f"{path}: there can be no ledger here: ")


def test_readers_need_a_ledger(tmp_path: Path) -> None:
    """Reading makes nothing, not even a folder."""
    path = tmp_path / "run" / "ledger.db"
    with pytest.raises(NoLedgerError, match=f"^{path}: there is no ledger here"):
        Ledger.open(f"sqlite:///{path}", read_only=True)
    assert not path.parent.exists()


def test_readers_do_not_migrate(empty: str) -> None:
    """Of a ledger without the newest schema they say what to do, and leave it as it is."""
    if empty.startswith("sqlite"):
        Path(empty.removeprefix("sqlite:///")).touch()
    assert "run the planner once" in why_not(empty, read_only=True)
    assert "run the planner once" in why_not(empty, read_only=True)


def test_readers_see_what_a_planner_writes_and_write_nothing(url: str) -> None:
    """A ledger can be read while a planner is at work, and a reader cannot change it."""
    with Ledger.open(url) as writer, writer.lock(), Ledger.open(url, read_only=True) as reader:
        record(writer, request("a"))
        assert reader.backlog() == (request("a"),)
        with pytest.raises(PlannerError):
            record(reader, request("b"))
        assert writer.backlog() == (request("a"),)


def test_a_new_ledger_where_nothing_may_be_written(tmp_path: Path) -> None:
    """The path is named."""
    with bystander(tmp_path, 0o555):
        for path in (tmp_path / "ledger.db", tmp_path / "run" / "ledger.db"):
            assert why_not(f"sqlite:///{path}").startswith(f"{path}: ")


@pytest.mark.parametrize("mode", [0o555, 0o777], ids=["folder too", "only the file"])
def test_a_ledger_that_may_only_be_read(tmp_path: Path, new_ledger: Path, mode: int) -> None:
    """Who may not write to it finds out before the first cycle, and can read it all the same."""
    path = tmp_path / "ledger.db"
    shutil.copy(new_ledger, path)
    with Ledger.open(f"sqlite:///{path}") as ledger:
        record(ledger, request("a"))
    path.chmod(0o444)
    with bystander(tmp_path, mode):
        assert why_not(f"sqlite:///{path}").startswith(f"{path}: ")
        with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger:
            assert ledger.backlog() == (request("a"),)


def test_sqlite_is_set_to_last(tmp_path: Path) -> None:
    """Every commit is on disk, readers do not wait for writers, and references are checked."""
    database = Database(Address.of(f"sqlite:///{tmp_path}/ledger.db"), read_only=False)
    with database.reading() as connection:
        for name, value in {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value
    database.close()


def test_options_in_the_url_do_not_weaken_a_ledger(tmp_path: Path) -> None:
    """Whatever the URL asks for, what a method wrote is on disk when it returns."""
    path = tmp_path / "ledger.db"
    with Ledger.open(f"sqlite:///{path}?mode=memory&uri=true") as ledger:
        record(ledger, request("a"))
    assert sqlite3.connect(path).execute("SELECT key FROM request").fetchall() == [("a",)]
