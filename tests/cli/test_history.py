# SPDX-License-Identifier: LGPL-2.1-or-later
"""`history` counts periods and months, and rolls up, as a user asks for it."""

import csv
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models import ExitCode
from planner.ledger import Ledger
from tests.cli.conftest import Kci
from tests.ledger.nouns import PLACE, finish

YESTERDAY = datetime.now(UTC).replace(hour=12, minute=0) - timedelta(days=1)
SITE = f"""\
runtimes:
  {PLACE.runtime}: {{lab_type: lava}}
planner:
  capacity:
    {PLACE.runtime}: {{devices: {{{PLACE.device_type}: 2}}}}
"""


@pytest.fixture
def site(tmp_path: Path) -> list[str]:
    """Return the arguments for a site whose ledger has three runs of yesterday."""
    (tmp_path / "site.yaml").write_text(SITE)
    url = f"sqlite:///{tmp_path}/ledger.db"
    with Ledger.open(url) as ledger:
        finish(ledger, "a", 2, at=YESTERDAY)
        finish(ledger, "b", at=YESTERDAY, result="fail", infrastructure=True)
    return ["--ledger", url, "-c", str(tmp_path)]


def test_a_period_is_the_same_before_and_after_it_is_rolled_up(kci: Kci, site: list[str]) -> None:
    """A roll-up says what it did, and no report changes."""
    before = kci("history", *site, "--by", "lab", "-o", "json")
    assert before.code == ExitCode.DONE
    (row,) = before.json["rows"]
    assert (row["name"], row["runs"], row["passed"], row["infrastructure"]) == ("lab-a", 3, 2, 1)
    assert kci("history", "rollup", *site).out == "3 runs rolled up, 0 forgotten\n"
    assert kci("history", *site, "--by", "lab", "-o", "json").out == before.out
    assert kci("history", "rollup", *site).out == "0 runs rolled up, 0 forgotten\n"


@pytest.mark.parametrize("by", ["lab", "device-type", "platform", "job", "kind", "tree", "day"])
def test_every_table_fits_a_narrow_terminal(
    kci: Kci, site: list[str], by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is longer than 80 columns, and CSV has a line for each row."""
    monkeypatch.setenv("COLUMNS", "80")
    out = kci("history", *site, "--by", by).out
    assert max(map(len, out.splitlines())) <= 80
    rows = list(csv.DictReader(kci("history", *site, "--by", by, "-o", "csv").out.splitlines()))
    assert [row["runs"] for row in rows] == ["3"]


def change(folder: Path, kci: Kci, site: list[str], what: str) -> None:
    """Have the ledger tell of its runs what none would; all but the oldest day is in full."""
    with Ledger.open(f"sqlite:///{folder}/ledger.db") as ledger:
        finish(ledger, "old", at=YESTERDAY - timedelta(days=3))
    assert kci("history", "rollup", *site).code == ExitCode.DONE
    with closing(sqlite3.connect(folder / "ledger.db")) as database, database:
        database.execute(f"update run {what}")


def test_calibration_by_cycle(kci: Kci, site: list[str], tmp_path: Path) -> None:
    """Each cycle whose runs ended has a row; without a word there is none of a single cycle."""
    change(tmp_path, kci, site, "set expected_duration_s = 100")
    told = kci("history", "calibration", *site, "--by", "cycle", "-o", "json").json
    assert {row["by"] for row in told["rows"]} == {"cycle"}
    assert [row["runs"] for row in told["rows"]] == [2, 1]
    told = kci("history", "calibration", *site, "-o", "json").json
    assert {row["by"] for row in told["rows"]} == {"all", "runtime", "job", "day"}


def test_what_cannot_have_happened_is_told_and_left_out(
    kci: Kci, site: list[str], tmp_path: Path
) -> None:
    """A run without an end is in no figure, and whoever looks at the figures is told of it."""
    change(tmp_path, kci, site, "set ended = null where key like 'b%'")
    for command in ("calibration", "estimates"):
        out = kci("history", command, *site).out
        assert "1 runs did not count: a start or an end is missing" in out


def test_a_period_without_anything(kci: Kci, site: list[str]) -> None:
    """Days before the first run have nothing to tell; days that are turned around are an error."""
    out = kci("history", *site, "--by", "lab", "--since", "9d", "--until", "5d").out
    assert "nothing was over in these days" in out
    wrong = kci("history", *site, "--by", "lab", "--since", "5d", "--until", "9d")
    assert wrong.code == ExitCode.USAGE
    assert kci("history", *site, "--since", "5d").code == ExitCode.USAGE
    assert kci("history", *site, "--by", "lab", "--since", "soon").code == ExitCode.USAGE


def test_a_statement_for_the_owner_of_a_lab(
    kci: Kci, site: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the month's runs and utilisation, at 80 columns, as CSV and as JSON."""
    monkeypatch.setenv("COLUMNS", "80")
    asked = ["history", "statement", "lab-a", *site, "--month", f"{YESTERDAY:%Y-%m}"]
    out = kci(*asked).out
    assert "3 runs: 2 passed, 1 failed, 0 others; 1 spoiled by the lab (33.3 %)" in out
    assert "on 2 devices" in out
    assert max(map(len, out.splitlines())) <= 80
    told = kci(*asked, "-o", "json").json
    assert (told["total"]["runs"], told["total"]["device_s"], told["devices"]) == (3, 360, 2)
    rows = list(csv.DictReader(kci(*asked, "-o", "csv").out.splitlines()))
    assert {row["section"] for row in rows} == {
        "total",
        "tree",
        "device type",
        "longest jobs",
        "day",
    }


def test_a_lab_that_nobody_knows(kci: Kci, site: list[str]) -> None:
    """An error says so, and a month that is none is a usage error."""
    done = kci("history", "statement", "lab-z", *site)
    assert (done.code, done.out) == (ExitCode.ERROR, "")
    assert "lab-z: no runtime has that name, and nothing ran there" in done.err
    assert kci("history", "statement", "lab-a", *site, "--month", "May").code == ExitCode.USAGE


def test_a_past_is_imported_once(kci: Kci, site: list[str], tmp_path: Path) -> None:
    """The same file again adds nothing; what cannot be is said with its line, and exit code 3."""
    past = tmp_path / "past.csv"
    begin, end = (f"{YESTERDAY:%Y-%m-%d}T0{hour}:00:00Z" for hour in (3, 4))
    past.write_text(
        "job,platform,runtime,job_id,started,ended\n"
        f"boot,rock,lab-b,1,{begin},{end}\n"
        f"boot,rock,lab-b,2,{end},{begin}\n"
        f"boot,rock,lab-b,1,{begin},{end}\n"
    )
    done = kci("history", "import", past, *site)
    assert done.code == ExitCode.DEGRADED
    assert done.out == "1 runs imported, 0 were there, 2 left out\n"
    assert f"left out: {past}:3: it ended before it started\n" in done.err
    assert f"left out: {past}:4: it was told before\n" in done.err
    before = kci("history", *site, "--by", "lab", "-o", "json")
    assert [row["runs"] for row in before.json["rows"]] == [3, 1]
    assert (
        kci("history", "import", past, *site).out == "0 runs imported, 1 were there, 2 left out\n"
    )
    assert kci("history", *site, "--by", "lab", "-o", "json").out == before.out


def test_an_import_has_one_source(kci: Kci, site: list[str]) -> None:
    """None and two are usage errors, and so is a lab that is not configured."""
    assert kci("history", "import", *site).code == ExitCode.USAGE
    assert kci("history", "import", "a.csv", "--lava", "lab-a", *site).code == ExitCode.USAGE
    assert kci("history", "import", "--lava", "lab-z", *site).code == ExitCode.USAGE
    done = kci("history", "import", "--lava", "lab-a", *site)
    assert (done.code, "has no url" in done.err) == (ExitCode.ERROR, True)
