# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fresh ledgers on each database that there is."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from planner.ledger import Ledger

POSTGRES = os.environ.get("KCI_POSTGRES")
DATABASES = ("sqlite", "postgresql") if POSTGRES else ("sqlite",)


@pytest.fixture(scope="session")
def new_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a ledger that nobody used, to be copied: making one takes a while."""
    path = tmp_path_factory.mktemp("ledger") / "new.db"
    Ledger.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    assert POSTGRES is not None
    engine, schema = create_engine(POSTGRES), f"kci_test_{uuid4().hex}"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    inside = make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
    yield inside.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def url(empty: str, new_ledger: Path) -> str:
    """Give the URL of a ledger that nobody used."""
    if empty.startswith("sqlite"):
        shutil.copy(new_ledger, empty.removeprefix("sqlite:///"))
    else:
        Ledger.open(empty).close()
    return empty


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """Give a ledger that nobody used."""
    with Ledger.open(url) as ledger:
        yield ledger
