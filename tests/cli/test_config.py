# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner config suggest`: shorter entries and what they would change."""

from pathlib import Path

import yaml

from models import ExitCode, Suggestion, SuggestionKind
from tests.cli.conftest import Kci


def test_as_data(kci: Kci, shipped: Path) -> None:
    """JSON and YAML have the same suggestions, each with entries that are YAML themselves."""
    done = kci("config", "suggest", "-c", shipped, "-o", "json")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    found = [Suggestion.model_validate(one) for one in done.json]
    assert [one.kind for one in found] == [SuggestionKind.LABS]
    assert yaml.safe_load(found[0].yaml)[0]["job"] == "boot"
    assert yaml.safe_load(kci("config", "suggest", "-c", shipped, "-o", "yaml").out) == done.json


def test_for_people(kci: Kci, shipped: Path) -> None:
    """The table has the entries' places in the files, what to write, and the runs."""
    (found,) = kci("config", "suggest", "-c", shipped, "-o", "json").json
    out = kci("config", "suggest", "-c", shipped).out
    for text in (*found["entries"], *found["yaml"].splitlines()):
        assert text in out
    assert "7 before, 7 after" in out
    assert "no places disappear" in out


def test_fewer_runs_are_said(kci: Kci, tmp_path: Path) -> None:
    """A board of two labs is named with its runs before and after; --keep-runs keeps them."""
    entry = (
        "- {{job: boot, event: {{channel: node}}, runtime: {{name: {}}}, platforms: [pi, {}]}}\n"
    )
    entries = "".join(entry.format(*pair) for pair in (("a", "x"), ("b", "y"), ("c", "z")))
    (tmp_path / "site.yaml").write_text(
        "jobs: {boot: {}}\nplatforms: {pi: {}, x: {mach: x}, y: {mach: y}, z: {mach: z}}\n"
        "runtimes: {a: {lab_type: lava}, b: {lab_type: lava}, c: {lab_type: lava}}\n"
        f"scheduler:\n{entries}"
    )
    out = kci("config", "suggest", "-c", tmp_path).out
    assert "6 before, 4 after" in out
    assert "fewer runs: pi 3 -> 1" in out
    out = kci("config", "suggest", "-c", tmp_path, "--keep-runs").out
    assert "6 before, 6 after" in out
    assert "fewer runs" not in out


def test_a_broken_part(kci: Kci, tmp_path: Path) -> None:
    """What cannot be used is said on stderr, exit 3; nothing at all to suggest is said as well."""
    (tmp_path / "site.yaml").write_text("scheduler:\n- {job: boot}\n")
    done = kci("config", "suggest", "-c", tmp_path)
    assert done.code == ExitCode.DEGRADED
    assert "site.yaml:2" in done.err
    assert "no entries in no groups differ only by lab" in done.out
