# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner plan`: the plan of a batch, and what becomes of input that cannot be used."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from models import ExitCode, PlanDocument
from planner.plan import read_plan
from planner.rules import Violation
from tests.cli.conftest import Kci

Args = list[str | Path]


def decided(plan: dict[str, Any]) -> dict[str, Any]:
    """Return a plan without the times at which it was made and how long that took."""
    times = {"created", "valid_until"}
    header = {key: value for key, value in plan["plan"].items() if key not in times}
    solve = {key: value for key, value in plan["solve"].items() if key != "seconds"}
    return {**plan, "plan": header, "solve": solve}


def test_the_shipped_batch(kci: Kci, batch: Args) -> None:
    """A plan for each run of the batch, nothing on stderr, exit 0."""
    done = kci("plan", *batch, "-o", "json")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    plan = PlanDocument.model_validate_json(done.out)
    assert plan.assignments
    assert plan.deferrals
    assert {o.request for o in plan.explanations} >= {a.request for a in plan.assignments}


def test_the_seconds_of_all_phases(kci: Kci, quick: Args) -> None:
    """Reading and planning are timed phase by phase."""
    seconds = kci("plan", *quick, "-o", "json").json["solve"]["seconds"]
    assert {"config", "events", "demand", "candidates", "problem", "solve", "check"} <= set(seconds)
    assert all(isinstance(value, float) and value >= 0 for value in seconds.values())


def test_the_same_batch_twice(kci: Kci, batch: Args) -> None:
    """Same input and seed, same plan, but for the times at which it was made."""
    one, two = (kci("plan", *batch, "--seed", "3", "-o", "json").json for _ in range(2))
    assert decided(one) == decided(two)


def test_the_same_batch_after_its_plan(kci: Kci, quick: Args, tmp_path: Path) -> None:
    """With the last plan at hand every run stays where it was, and the plan says so."""
    (last := tmp_path / "last.json").write_text(kci("plan", *quick, "-o", "json").out)
    again = kci("plan", *quick, "--last-plan", last, "-o", "json").json
    placed = [(one["run"], one["runtime"], one["platform"]) for one in again["assignments"]]
    before = read_plan(last).assignments
    assert placed == [(one.run, one.runtime, one.platform) for one in before]
    stays = {"name": "stability", "value": len(placed), "bound": len(placed)}
    assert again["solve"]["tiers"][-1] == stays


def test_a_last_plan_that_is_none(kci: Kci, quick: Args, tmp_path: Path) -> None:
    """A file that holds no plan is an error that names it."""
    (wrong := tmp_path / "wrong.json").write_text("{}")
    done = kci("plan", *quick, "--last-plan", wrong)
    assert done.code == ExitCode.ERROR
    assert "wrong.json: no plan" in done.err


def test_yaml_says_the_same(kci: Kci, quick: Args) -> None:
    """YAML and JSON are the same plan."""
    as_yaml = yaml.load(kci("plan", *quick, "-o", "yaml").out, Loader=yaml.CSafeLoader)
    assert decided(as_yaml) == decided(kci("plan", *quick, "-o", "json").json)


def test_a_table_without_a_terminal(kci: Kci, quick: Args) -> None:
    """Wide enough for full keys, without colours."""
    plan = kci("plan", *quick, "-o", "json").json
    out = kci("plan", *quick).out
    assert "\x1b" not in out
    for assignment in plan["assignments"]:
        assert assignment["run"] in out
    assert f"{len(plan['assignments'])} runs placed" in out


def test_a_table_of_a_narrow_terminal(
    kci: Kci, quick: Args, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The width that COLUMNS says is kept."""
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, kci("plan", *quick).out.splitlines())) <= 80


def test_as_of_a_time(kci: Kci, quick: Args) -> None:
    """`--now` is when the plan is made."""
    plan = kci("plan", *quick, "--now", "2026-12-01T00:00:00", "-o", "json").json
    assert plan["plan"]["created"] == "2026-12-01T00:00:00Z"


def test_another_policy_and_solver(kci: Kci, batch: Args) -> None:
    """Both can be chosen; tiers come in the policy's order."""
    plan = kci("plan", *batch, "--policy", "cheapest", "--solver", "greedy", "-o", "json").json
    assert plan["solve"]["solver"] == "greedy"
    assert [t["name"] for t in plan["solve"]["tiers"]][:2] == ["value", "cost"]


def test_detailed_exit_code(kci: Kci, quick: Args, tmp_path: Path) -> None:
    """5 where there is something to submit, 0 where there is not."""
    assert kci("plan", *quick, "--detailed-exitcode").code == ExitCode.SOMETHING_TO_SUBMIT
    nothing = tmp_path / "events.jsonl"
    nothing.write_text("")
    done = kci("plan", "-c", quick[1], "--events", nothing, "--detailed-exitcode")
    assert done.code == ExitCode.DONE
    assert "no runs placed" in done.out


def test_events_from_standard_input(kci: Kci, quick: Args, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` reads the same events from a pipe."""
    from_file = kci("plan", *quick, "-o", "json").json
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(quick[3]).read_bytes())))
    piped = kci("plan", *quick[:2], "--events", "-", *quick[4:], "-o", "json").json
    assert decided(piped) == decided(from_file)


def test_a_capacity_file_counts(kci: Kci, quick: Args, tmp_path: Path) -> None:
    """A lab that is closed in it gets nothing."""
    path = tmp_path / "capacity.yaml"
    path.write_text("lava-south: {known: false, unknown: closed}\n")
    plan = kci("plan", *quick, "--capacity", path, "-o", "json").json
    assert "lava-south" not in {a["runtime"] for a in plan["assignments"]}


def test_an_unknown_lab_in_the_capacity_file(kci: Kci, quick: Args, tmp_path: Path) -> None:
    """Said with file and line, the rest is used, exit 3; that goes before 5."""
    path = tmp_path / "capacity.yaml"
    path.write_text("lava-south: {known: false, unknown: closed}\nlab-x: {slots: 1}\n")
    done = kci("plan", *quick, "--capacity", path, "--detailed-exitcode", "-o", "json")
    assert done.code == ExitCode.DEGRADED
    assert f"{path}:2: " in done.err
    assert "'lab-x'" in done.err
    assert "lava-south" not in {a["runtime"] for a in done.json["assignments"]}


def test_malformed_events(kci: Kci, quick: Args, tmp_path: Path) -> None:
    """Said with their line numbers, the rest is planned, exit 3."""
    path = tmp_path / "events.jsonl"
    path.write_text(Path(quick[3]).read_text() + "{\n[1]\n")
    lines = path.read_text().count("\n")
    done = kci("plan", *quick[:2], "--events", path, *quick[4:], "-o", "json")
    assert done.code == ExitCode.DEGRADED
    assert f"{path}:{lines - 1}: " in done.err
    assert f"{path}:{lines}: " in done.err
    assert decided(done.json) == decided(kci("plan", *quick, "-o", "json").json)


def test_malformed_configuration(kci: Kci, quick: Args, tmp_path: Path) -> None:
    """An item that is left out is said with file and line, exit 3."""
    extra = tmp_path / "extra.yaml"
    extra.write_text("runtimes:\n  odd: {lab_type: teapot}\n")
    done = kci("plan", "-c", quick[1], "-c", extra, *quick[2:], "-o", "json")
    assert done.code == ExitCode.DEGRADED
    assert f"{extra}:2: " in done.err


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [
        ("--policy", "nope", "there is no policy 'nope'"),
        ("--solver", "nope", "no solver 'nope'"),
        ("--capacity", "nowhere.yaml", "nowhere.yaml"),
        ("--nodes", "nowhere.jsonl", "nowhere.jsonl"),
        ("--events", "nowhere.jsonl", "nowhere.jsonl"),
        ("-c", "nowhere", "nowhere: no such file or directory"),
        ("--save-problem", "nowhere/p.npz", "nowhere/p.npz: cannot write the problem"),
    ],
)
def test_what_is_not_there(kci: Kci, quick: Args, option: str, value: str, word: str) -> None:
    """One line that names it, no result, exit 1."""
    done = kci("plan", *quick, option, value)
    assert (done.code, done.out) == (ExitCode.ERROR, "")
    assert done.err.startswith("error: ")
    assert word in done.err


@pytest.mark.parametrize(("option", "value"), [("--seed", "-1"), ("--now", "soon"), ("-o", "xml")])
def test_usage(kci: Kci, quick: Args, option: str, value: str) -> None:
    """A value that no option takes is a usage error, exit 2."""
    done = kci("plan", *quick, option, value)
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert f"'{option}'" in done.err


def test_a_plan_that_fails_the_check(
    kci: Kci, quick: Args, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that breaks a rule is never shown; the rule is."""
    wrong = [Violation("slot_ceiling", "lab/board gets 2 runs and admits 1")]
    monkeypatch.setattr("planner.cycle.decision.check", lambda *_: wrong)
    done = kci("plan", *quick)
    assert (done.code, done.out) == (ExitCode.ERROR, "")
    assert "slot_ceiling: lab/board gets 2 runs" in done.err


def test_a_degraded_plan(kci: Kci, batch: Args, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the chosen solver fails another serves: the plan is shown, why is said, exit 3."""
    from planner.solvers.errors import SolverError
    from planner.solvers.program import Program

    def fails(*_: object, **__: object) -> None:
        raise SolverError("GLOP says NUMERICAL_ERROR")

    monkeypatch.setattr(Program, "minimise", fails)
    done = kci("plan", *batch, "--detailed-exitcode", "-o", "json")
    assert done.code == ExitCode.DEGRADED
    assert done.json["solve"]["status"] == "degraded"
    assert done.json["solve"]["solver"] == "cpsat"
    assert "GLOP says NUMERICAL_ERROR" in done.err


def test_the_plan_reads_back(plan_file: Path) -> None:
    """What `-o json` prints is what `why`, `diff` and `submit` read."""
    assert read_plan(plan_file).solve.tiers


@pytest.mark.shared
def test_a_real_batch(kci: Kci, shared: Path, tmp_path: Path) -> None:
    """The reference events with the reference configuration are planned, and no plan is better."""
    import lzma

    for name in ("events", "nodes"):
        packed = (shared / "kernelci" / f"{name}.jsonl.xz").read_bytes()
        (tmp_path / f"{name}.jsonl").write_bytes(lzma.decompress(packed))
    done = kci(
        "plan",
        "-c",
        shared / "kernelci" / "config",
        "--events",
        tmp_path / "events.jsonl",
        "--nodes",
        tmp_path / "nodes.jsonl",
        "-o",
        "json",
    )
    plan = done.json
    assert (plan["solve"]["status"], plan["solve"]["gap"]) == ("optimal", 0)


def test_a_reader_that_leaves_early(batch: Args) -> None:
    """A closed pipe is no error, whatever the format."""
    for output in ("table", "json", "yaml"):
        line = "import sys; from planner.cli import main; sys.argv[0] = 'kci-planner'; main()"
        command = [sys.executable, "-c", line, "plan", *map(str, batch), "-o", output]
        planner = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert planner.stdout is not None
        assert planner.stderr is not None
        planner.stdout.readline()
        planner.stdout.close()
        assert planner.stderr.read() == ""
        assert planner.wait(60) == 0
