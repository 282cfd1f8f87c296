# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner submit`: a saved plan is executed as it is, or refused as a whole."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Done, Kci

SITE = """\
jobs:
  probe: {kind: job, template: probe.sh.jinja2}
platforms: {shell: {}}
runtimes: {here: {lab_type: shell}}
scheduler:
  - {job: probe, event: {channel: node, kind: checkout, state: available},
     runtime: {name: here}, runs: {number: 3}}
planner:
  capacity: {here: {source: static, slots: 3}}
  shell: {templates: [.]}
"""


class Site:
    """A site with one event, which asks for three runs."""

    def __init__(self, folder: Path, kci: Kci) -> None:
        self.folder, self.kci = folder, kci
        (folder / "site.yaml").write_text(SITE)
        (folder / "probe.sh.jinja2").write_text("echo probed\n")
        now = datetime.now(UTC).isoformat()
        revision = {"tree": "t", "branch": "b", "commit": "c", "version": {"version": 6}}
        node: dict[str, Any] = {"id": "n1", "kind": "checkout", "name": "checkout"}
        node |= {"state": "available"}
        node |= {"created": now, "data": {"kernel_revision": revision}, "path": ["checkout"]}
        event = {"id": "e1", "timestamp": now, "data": {**node, "channel": "node", "op": "created"}}
        (folder / "events.jsonl").write_text(json.dumps(event) + "\n")
        (folder / "nodes.jsonl").write_text(json.dumps(node) + "\n")

    def command(self, name: str, *args: str) -> Done:
        """Run a command on the site and its events."""
        batch = ("--events", "events.jsonl", "--nodes", "nodes.jsonl")
        return self.kci(name, *args, "-c", "site.yaml", *batch, "-o", "json")

    def plan(self) -> dict[str, Any]:
        """Make a plan, and save it."""
        now = datetime.now(UTC).isoformat()
        plan = self.command("plan", "--now", now).json
        self.save(plan)
        assert isinstance(plan, dict)
        return plan

    def save(self, plan: dict[str, Any]) -> None:
        """Save a plan."""
        (self.folder / "plan.json").write_text(json.dumps(plan))

    def submit(self) -> Done:
        """Submit the plan that was saved."""
        return self.command("submit", "plan.json")

    def ran(self) -> int:
        """Return how many runs were ever started."""
        return len(list((self.folder / "run" / "shell").glob("*-*")))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kci: Kci) -> Site:
    """Give a site in the working directory."""
    monkeypatch.chdir(tmp_path)
    return Site(tmp_path, kci)


def test_a_saved_plan_is_executed(site: Site) -> None:
    """Its runs are sent to the places that it says, and the cycle has its id."""
    plan = site.plan()
    done = site.submit()
    assert done.code == 0, done.err
    assert done.json["plan"]["plan"]["id"] == plan["plan"]["id"]
    assert [run["run"] for run in done.json["runs"]] == [a["run"] for a in plan["assignments"]]
    assert {run["result"] for run in done.json["runs"]} == {"pass"}


def test_what_a_plan_leaves_out_waits(site: Site) -> None:
    """A plan that was thinned out by hand sends what is left; the rest waits for the next one."""
    plan = site.plan()
    plan["assignments"] = plan["assignments"][:1]
    site.save(plan)
    done = site.submit()
    assert done.code == 0, done.err
    assert site.ran() == 1
    assert len(site.command("run", "--once").json["runs"]) == 2


def test_twice_is_refused(site: Site) -> None:
    """The runs of a plan that was executed do not wait any more."""
    site.plan()
    site.submit()
    done = site.submit()
    assert done.code == 1
    assert "does not wait for a place" in done.err
    assert site.ran() == 3


def test_too_late(site: Site) -> None:
    """After `valid_until` nothing is sent, and nothing is written."""
    plan = site.plan()
    past = datetime.now(UTC) - timedelta(seconds=1)
    plan["plan"]["valid_until"] = past.isoformat()
    site.save(plan)
    done = site.submit()
    assert done.code == 1
    assert "is stale: it was good until" in done.err
    assert site.ran() == 0


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("slots: 3", "slots: 2", "runtime_total"),
        ("lab_type: shell}", "lab_type: shell, rules: {tree: ['!t']}}", "may not go to|not wait"),
    ],
)
def test_what_changed_since(site: Site, before: str, after: str, said: str) -> None:
    """A plan that would not fit now, or that nobody wants like that, is refused as a whole."""
    site.plan()
    path = site.folder / "site.yaml"
    path.write_text(path.read_text().replace(before, after))
    done = site.submit()
    assert done.code == 1
    assert any(text in done.err for text in said.split("|"))
    assert site.ran() == 0


def test_no_plan(site: Site) -> None:
    """A file that is no plan is said to be none."""
    site.save({})
    done = site.submit()
    assert done.code == 1
    assert "plan.json: no plan" in done.err


def test_each_context_is_a_place_of_its_own(site: Site) -> None:
    """A plan for two clusters of one runtime holds as long as each has room for its own runs."""
    clouds = {name: {"cpu": 2000} for name in ("east", "west")}
    capacity = json.dumps({"here": {"contexts": clouds}})
    text = SITE.replace("{lab_type: shell}", "{lab_type: kubernetes, context: [east, west]}")
    text = text.replace("platforms: {shell: {}}", "platforms: {kubernetes: {}}")
    text = text.replace("{here: {source: static, slots: 3}}", capacity)
    (site.folder / "site.yaml").write_text(text)
    plan = site.plan()
    used = {place["context"] for place in plan["assignments"]}
    assert (len(plan["assignments"]), used) == (3, {"east", "west"})
    for place in plan["assignments"]:
        place["context"] = "east"
    site.save(plan)
    crowded = site.submit()
    assert crowded.code == 1
    assert "resources" in crowded.err
    site.plan()
    done = site.submit()
    assert done.code == 0, done.err
