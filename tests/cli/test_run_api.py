# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner run` with its events from an API: whole cycles, and where the token shows up."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from planner.kernelci import TOKEN_VARIABLE
from tests.cli.conftest import Done, Kci
from tests.kernelci.double import ADMIN, Double, Fault, nodes
from tests.kernelci.nodes import checkout

SITE = """\
jobs:
  probe: {kind: job, template: probe.sh.jinja2}
platforms: {shell: {}}
runtimes: {here: {lab_type: shell}}
scheduler:
  - {job: probe, event: {channel: node, kind: checkout, state: available},
     runtime: {name: here}, platforms: [shell]}
"""
PLANNER = """\
api: {local: {url: "%s"}}
planner:
  events: {api: local, source: %s, lookback: 1h}
  shell: {templates: [.]}
"""


@dataclass(frozen=True)
class Service:
    """A site in a folder, whose events come from an API."""

    folder: Path
    double: Double
    kci: Kci

    def checkout(self, **changes: Any) -> str:
        """Have a checkout become available, and return its id."""
        made = nodes.create(self.double.state, "admin", checkout(**changes))
        changed = made | {"state": "available"}
        nodes.replace(self.double.state, "admin", made["id"], changed, event=True)
        return str(made["id"])

    def nodes(self) -> list[dict[str, Any]]:
        """Return the nodes of runs."""
        nodes = self.double.state.nodes.values()
        return [node for node in nodes if node["kind"] == "job"]

    def run(self, *args: str) -> Done:
        """Run the planner on the site."""
        return self.kci("run", "-c", "site", *(args or ("--once",)), "-o", "json")

    def cycle(self) -> Any:
        """Return what one cycle did, which must have gone well."""
        done = self.run()
        assert done.code == 0, done.err
        return done.json


@pytest.fixture(params=["poll", "pubsub"])
def service(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kci: Kci
) -> Iterator[Service]:
    """Give a site that polls, and one that subscribes; the working directory has its settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    with Double() as double:
        site = tmp_path / "site"
        site.mkdir()
        (site / "site.yaml").write_text(SITE)
        (site / "planner.yaml").write_text(PLANNER % (double.url, request.param))
        (site / "probe.sh.jinja2").write_text("echo probed\n")
        settings = f'[kci.secrets]\napi.local.token = "{ADMIN}"\n'
        (tmp_path / "kernelci.toml").write_text(settings)
        yield Service(tmp_path, double, kci)


def test_a_cycle_from_the_api(service: Service) -> None:
    """What an API tells of is planned and executed, once, and the next cycle goes on from there."""
    parent = service.checkout()
    first = service.cycle()
    assert [run["result"] for run in first["runs"]] == ["pass"]
    assert [a["parent"] for a in first["plan"]["assignments"]] == [parent]
    (node,) = service.nodes()
    assert (node["parent"], node["name"], node["data"]["platform"]) == (parent, "probe", "shell")
    assert (node["state"], node["result"]) == ("done", "pass")
    assert node["data"]["job_id"] == node["data"]["planner"]["run"] == first["runs"][0]["run"]
    (told,) = service.double.state.telemetry
    assert (told["kind"], told["runtime"], told["job_name"]) == ("job_submission", "here", "probe")
    assert (told["tree"], told["extra"]) == ("mainline", {"planner": first["runs"][0]["run"]})
    other = service.checkout(treeid="t2")
    second = service.cycle()
    assert [a["parent"] for a in second["plan"]["assignments"]] == [other]
    assert service.double.count("GET", f"/node/{parent}") == 1


def test_an_api_that_is_away(service: Service) -> None:
    """Without an answer the cycle does what else there is, says so, and loses nothing."""
    parent = service.checkout()
    service.double.faults += [Fault("error", "GET|POST")] * 4
    done = service.run()
    assert done.code == 3
    assert "no events came: " in done.err
    assert "500: Internal server error" in done.err
    service.double.faults.clear()
    assert [a["parent"] for a in service.cycle()["plan"]["assignments"]] == [parent]


@pytest.mark.parametrize("service", ["pubsub"], indirect=True)
def test_a_preview_takes_nothing(service: Service) -> None:
    """`--dry-run` shows what a cycle would do and neither subscribes nor writes."""
    parent = service.checkout()
    shown = service.run("--dry-run").json
    assert [a["parent"] for a in shown["plan"]["assignments"]] == [parent]
    assert {request.method for request in service.double.requests} == {"GET"}
    assert not (service.folder / "run").exists()


@pytest.mark.parametrize("service", ["pubsub"], indirect=True)
def test_the_token_is_nowhere_but_in_requests(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a planner wrote, printed or kept has no token in it, also where it failed."""
    (service.folder / "kernelci.toml").rename(service.folder / "elsewhere.toml")
    service.checkout()
    said = [service.run("--once", "-s", "elsewhere.toml")]
    monkeypatch.setenv(TOKEN_VARIABLE, ADMIN)
    service.double.faults += [Fault("cut", "GET|POST")] * 9
    said += [service.run()]
    service.double.faults.clear()
    monkeypatch.setenv(TOKEN_VARIABLE, f"wrong-{ADMIN}")
    said += [service.run()]
    assert [done.code for done in said] == [0, 3, 1]
    assert any(request.authorization == f"Bearer {ADMIN}" for request in service.double.requests)
    assert not [done for done in said if ADMIN in done.out + done.err]
    written = [path for path in service.folder.rglob("*") if path.is_file()]
    holding = [path.name for path in written if ADMIN.encode() in path.read_bytes()]
    assert holding == ["elsewhere.toml"]
    assert (service.folder / "run" / "ledger.db") in written


@pytest.mark.parametrize("service", ["poll"], indirect=True)
@pytest.mark.parametrize(
    ("api", "said"),
    [
        ("nowhere", "there is no API 'nowhere'; known are: local"),
        ("https://user:secret@api.example", "secrets do not stand in URLs"),
        ("ftp://api.example", "is no URL of an API"),
    ],
)
def test_an_api_that_cannot_be(service: Service, api: str, said: str) -> None:
    """A wrong name or URL ends the command with one clear message."""
    planner = service.folder / "site" / "planner.yaml"
    planner.write_text(planner.read_text().replace("api: local,", f"api: '{api}',"))
    done = service.run()
    assert done.code == 1
    assert said in done.err
    assert "user:secret" not in done.err


@pytest.mark.parametrize("service", ["poll"], indirect=True)
def test_files_instead_of_the_api(service: Service) -> None:
    """`--events` counts before the API, which is not even asked."""
    (service.folder / "none.jsonl").write_text("")
    assert service.run("--once", "--events", "none.jsonl").code == 0
    assert service.double.requests == []


def test_nodes_are_a_past_to_import(service: Service) -> None:
    """Finished nodes are a past to a new planner, and nothing new to the one that ran them."""
    service.checkout()
    service.cycle()
    source = ("history", "import", "--api", "local", "-c", "site")
    assert service.kci(*source).out == "0 runs imported, 1 were there, 0 left out\n"
    elsewhere = service.kci(*source, "--ledger", "sqlite:///other.db")
    assert elsewhere.out == "1 runs imported, 0 were there, 0 left out\n"
    assert service.kci(*source, "--since", "2100-01-01").out.startswith("0 runs imported, 0 were")


@pytest.mark.parametrize("service", ["poll"], indirect=True)
def test_beside_another_scheduler(service: Service) -> None:
    """In dry run nothing is created; what the other one creates is compared with the plan."""
    planner = service.folder / "site" / "planner.yaml"
    planner.write_text(planner.read_text() + "  submit: {shell: dry-run}\n")
    parent = service.checkout()
    service.cycle()
    assert service.nodes() == []
    other: dict[str, Any] = {
        "kind": "job",
        "name": "probe",
        "path": ["checkout", "probe"],
        "parent": parent,
    }
    other |= {"data": {"runtime": "elsewhere", "platform": "shell"}}
    nodes.create(service.double.state, "admin", other)
    found = service.kci("shadow", "-c", "site", "-o", "json").json
    assert found["alike"] == 0
    (one,) = found["elsewhere"]
    assert (one["theirs"], one["ours"]) == ([["elsewhere", "shell"]], [["here", "shell"]])
