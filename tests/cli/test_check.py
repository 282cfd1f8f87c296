# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner check` and `schema`: output, exit codes, and no traceback."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

RUN = "import sys; from planner.cli import main; sys.argv[0] = 'kci-planner'; main()"


def kci(*args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, as a user does."""
    command = [sys.executable, "-c", RUN, *map(str, args)]
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """Return a site with two problems."""
    path = tmp_path / "site.yaml"
    path.write_text(
        "runtimes: {lab: {lab_type: lava}}\nscheduler:\n"
        "- {job: shoe, event: {channel: node}, runtime: {name: lab}, platforms: [tree]}\n"
    )
    return path


def test_a_clean_configuration(shipped: Path) -> None:
    """Nothing on stdout, a summary on stderr, exit 0."""
    done = kci("check", "-c", shipped)
    assert (done.returncode, done.stdout) == (0, "")
    assert "no problems" in done.stderr


def test_problems_one_a_line(wrong: Path) -> None:
    """Each problem is a line with file, line, text and code; exit 1."""
    done = kci("check", "-c", wrong)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert re.fullmatch(rf"{re.escape(str(wrong))}:3: .+ \[unknown_\w+\]", line)
    assert "2 problems" in done.stderr


def test_problems_as_json_and_yaml(wrong: Path) -> None:
    """Both formats give the same list of the same keys."""
    as_json = json.loads(kci("check", "-c", wrong, "-o", "json").stdout)
    as_yaml = yaml.safe_load(kci("check", "-c", wrong, "-o", "yaml").stdout)
    assert as_json == as_yaml
    assert [row["subject"] for row in as_json] == ["shoe", "tree"]
    assert set(as_json[0]) == {"file", "line", "code", "subject", "text"}
    assert as_json[0]["file"] == str(wrong)


def test_nothing_wrong_as_json(shipped: Path) -> None:
    """A clean configuration is an empty list."""
    assert json.loads(kci("check", "-c", shipped, "-o", "json").stdout) == []


@pytest.mark.parametrize(
    ("text", "word"), [("a: [\n", r"site\.yaml:2: broken YAML"), (None, "no such file")]
)
def test_what_cannot_be_read(tmp_path: Path, text: str | None, word: str) -> None:
    """A broken file or missing path is one error line with its place, exit 1, no traceback."""
    path = tmp_path / "site.yaml"
    if text is not None:
        path.write_text(text)
    done = kci("check", "-c", path)
    assert done.returncode == 1
    assert re.search(word, done.stderr)
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_a_real_configuration(shared: Path) -> None:
    """The acceptance: the undefined lab's 23 entries, the 16 platforms, nothing else."""
    done = kci("check", "-c", shared / "kernelci" / "config", "-o", "json")
    rows = json.loads(done.stdout)
    assert done.returncode == 1
    assert sum(row["subject"] == "lava-kci-qualcomm" for row in rows) == 23
    others = {row["subject"] for row in rows} - {"lava-kci-qualcomm"}
    assert len(others) == 16
    assert {row["code"] for row in rows} == {"unknown_runtime", "unknown_platform"}


@pytest.mark.parametrize("subject", ["config", "policy"])
def test_schema_prints_what_ships(shipped: Path, subject: str) -> None:
    """`schema` prints the very files that ship."""
    done = kci("schema", "--of", subject)
    assert done.returncode == 0
    assert done.stdout == (shipped / "schema" / f"{subject}.schema.json").read_text()
