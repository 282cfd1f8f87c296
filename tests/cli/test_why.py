# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner why`: a run explained from a plan file or from the ledger."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import ExitCode, Explanation, PlanDocument, Verdict
from planner.ledger import Ledger
from planner.plan import read_plan
from tests.cli.conftest import Kci

Args = list[str | Path]


@pytest.fixture
def plan(plan_file: Path) -> PlanDocument:
    """Return the plan in the file."""
    return read_plan(plan_file)


def test_a_placed_run(kci: Kci, plan_file: Path, plan: PlanDocument) -> None:
    """One object: the run's assignment, each candidate with its verdict, each rejection."""
    run = plan.assignments[0].run
    done = kci("why", run, "--plan", plan_file, "-o", "json")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    found = Explanation.model_validate(done.json)
    assert found.assignment == plan.assignments[0]
    assert [c.verdict for c in found.candidates].count(Verdict.CHOSEN) == 1
    assert set(done.json["candidates"][0]["adds"]) == {t.name for t in plan.solve.tiers}


def test_a_waiting_run(kci: Kci, plan_file: Path, plan: PlanDocument) -> None:
    """What took its place is named, for people too."""
    deferral = plan.deferrals[0]
    found = Explanation.model_validate(
        kci("why", deferral.run, "--plan", plan_file, "-o", "json").json
    )
    assert (found.assignment, found.reason) == (None, deferral.reason)
    full = [c for c in found.candidates if c.takers]
    out = kci("why", deferral.run, "--plan", plan_file).out
    assert f"waits: {deferral.reason.code}" in out
    assert all(c.takers[0] in out for c in full)


def test_a_request(kci: Kci, plan_file: Path, plan: PlanDocument) -> None:
    """The key of a request with several runs gives a list of all of them."""
    request = next(a.request for a in plan.assignments if a.index > 0)
    found = kci("why", request, "--plan", plan_file, "-o", "json").json
    assert len(found) > 1
    assert {one["request"] for one in found} == {request}


def test_first_letters(kci: Kci, plan_file: Path, plan: PlanDocument) -> None:
    """A name as short as the table shows it."""
    run = plan.assignments[0].run
    request, _, index = run.rpartition("-")
    found = kci("why", f"{request[:8]}-{index}", "--plan", plan_file, "-o", "json").json
    assert found["run"] == run


def test_an_unknown_run(kci: Kci, plan_file: Path) -> None:
    """An error that names it, exit 1."""
    done = kci("why", "nonsense", "--plan", plan_file)
    assert (done.code, done.out) == (ExitCode.ERROR, "")
    assert "'nonsense'" in done.err


@pytest.mark.parametrize("content", [None, "", "{}", '{"plan": 3}'])
def test_a_file_that_is_no_plan(kci: Kci, tmp_path: Path, content: str | None) -> None:
    """An error that names the file, exit 1."""
    path = tmp_path / "other.json"
    if content is not None:
        path.write_text(content)
    done = kci("why", "run-0", "--plan", path)
    assert (done.code, done.out) == (ExitCode.ERROR, "")
    assert done.err.startswith(f"error: {path}: ")


def test_nowhere_to_look(kci: Kci) -> None:
    """Without a plan, a ledger or a configuration it is a usage error."""
    assert kci("why", "run-0").code == ExitCode.USAGE


def test_from_the_ledger(kci: Kci, plan: PlanDocument, tmp_path: Path) -> None:
    """Without a file the ledger's last plan answers, named by URL or by the configuration."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    run = plan.deferrals[0].run
    with Ledger.open(url) as ledger:
        now = datetime(2026, 12, 1, tzinfo=UTC)
        cycle = ledger.record_batch(now, events=(), requests=(), nodes={})
        waiting = plan.model_copy(update={"assignments": ()})
        ledger.record_plan(cycle, waiting)
    (tmp_path / "site.yaml").write_text(f"planner: {{ledger: '{url}'}}\n")
    for where in (("--ledger", url), ("-c", str(tmp_path / "site.yaml"))):
        found = kci("why", run, *where, "-o", "json")
        assert (found.code, found.json["run"]) == (ExitCode.DONE, run)


def test_a_ledger_without_plans(kci: Kci, tmp_path: Path) -> None:
    """No ledger and an empty one are errors, exit 1."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    assert kci("why", "run-0", "--ledger", url).code == ExitCode.ERROR
    Ledger.open(url).close()
    done = kci("why", "run-0", "--ledger", url)
    assert done.code == ExitCode.ERROR
    assert "no plan was recorded" in done.err


def test_a_batch_planned_now(kci: Kci, quick: Args, plan: PlanDocument) -> None:
    """With events instead of a plan the batch is planned as `plan` does, and says the same."""
    run = plan.deferrals[0].run
    found = Explanation.model_validate(kci("why", run, *quick, "-o", "json").json)
    assert found.reason == plan.deferrals[0].reason
    assert found.remedy is None


def test_what_would_it_take(kci: Kci, batch: Args) -> None:
    """The cheapest change stands in the explanation, and `plan --what-if` confirms it."""
    plan = PlanDocument.model_validate(kci("plan", *batch, "-o", "json").json)
    run = next(d.run for d in plan.deferrals if d.job == "rt-latency")
    done = kci("why", run, *batch, "--what-would-it-take", "-o", "json")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    remedy = Explanation.model_validate(done.json).remedy
    assert remedy is not None
    assert remedy.change is not None
    compared = kci("plan", *batch, "--what-if", remedy.change, "-o", "json").json
    assert run in {change["run"] for change in compared["difference"]["placed"]}
    out = kci("why", run, *batch, "--what-would-it-take").out
    assert f"{remedy.change}, at a declared cost of {remedy.cost}" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--what-would-it-take"], "say -c DIR and --events FILE"),
        (["--events", "x.jsonl"], "-c DIR"),
        (["--events", "x.jsonl", "--plan", "p.json"], "does not go with --plan"),
    ],
)
def test_options_that_do_not_go_together(kci: Kci, options: list[str], said: str) -> None:
    """A usage error that says what is missing or too much."""
    done = kci("why", "run", *options)
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert said in done.err
