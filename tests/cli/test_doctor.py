# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner doctor` against labs on real sockets."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.cli.main import group
from tests.kernelci.double import ADMIN, Double
from tests.runtimes.kubernetes.conftest import Clusters, clusters
from tests.runtimes.lava.double import TOKEN, Lab

SITE = """\
jobs: {boot: {kind: job, template: boot.jinja2}}
platforms: {rock: {arch: arm64, boot_method: u-boot, dtb: rock.dtb}, pi: {}}
runtimes:
  lab: {lab_type: lava, url: 'URL'}
  planned: {lab_type: lava}
scheduler:
  - {job: boot, event: {channel: node}, runtime: {name: lab}, platforms: [rock, pi]}
planner: {templates: [templates]}
"""

PULL = """\
jobs: {}
platforms: {}
scheduler: []
runtimes: {far: {lab_type: pull_labs}}
api: {here: {url: 'URL'}}
planner:
  events: {api: here}
  pull_labs: {url: 'https://storage.example/definitions'}
"""

Examined = tuple[int, list[tuple[str, bool, str]], str]
__all__ = ["clusters"]  # the fixture
Doctor = Callable[..., Examined]


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Yield a lab with boards of one type."""
    with Lab() as made:
        made.add("rock", "Good")
        yield made


@pytest.fixture
def doctor(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Return what examines a site: exit code, what was found, and all that was written."""

    def run(token: str = TOKEN, template: str = "x: {{ name }}") -> Examined:
        (tmp_path / "site.yaml").write_text(SITE.replace("URL", lab.url))
        (tmp_path / "templates").mkdir(exist_ok=True)
        (tmp_path / "templates" / "boot.jinja2").write_text(template)
        monkeypatch.setenv("KCI_RUNTIME_TOKEN_LAB", token)
        done = CliRunner().invoke(group, ["doctor", "-c", str(tmp_path), "-o", "json"])
        found = [(f["subject"], f["good"], f["text"]) for f in json.loads(done.stdout)]
        return done.exit_code, found, done.output

    return run


def test_all_is_well(lab: Lab, doctor: Doctor) -> None:
    """Who we are to the lab, and how many templates make definitions."""
    lab.add("pi", "Good")
    code, found, _ = doctor()
    assert code == 0
    assert found == [
        ("lab", True, "LAVA 2023.01, as user 'planner'"),
        ("lab", True, "templates of 1 jobs make definitions"),
        ("planned", True, found[2][2]),
    ]
    assert "POST jobs/" not in lab.counts()


def test_a_wrong_token(doctor: Doctor) -> None:
    """What is wrong, and where to mend it; the token itself is nowhere."""
    code, found, written = doctor("wr0ng-secret")
    assert code == 1
    assert not found[0][1]
    assert "Invalid token" in found[0][2]
    assert "[runtime.lab] of kernelci.toml" in found[0][2]
    assert "wr0ng-secret" not in written


def test_device_types(lab: Lab, doctor: Doctor) -> None:
    """Types that the lab does not know, and such of which none is there now."""
    lab.devices[0]["health"] = "Maintenance"
    code, found, _ = doctor()
    assert code == 1
    texts = [text for subject, good, text in found if subject == "lab" and not good]
    assert texts == [
        "it has no such device types, and entries ask for them: pi",
        "all devices of these types are away now: rock",
    ]


def test_a_broken_template(doctor: Doctor) -> None:
    """Its place is named."""
    code, found, _ = doctor(template="x\n{{ 1 / 0 }}")
    assert code == 1
    assert any("boot.jinja2:2: division by zero" in text for _, good, text in found if not good)


def test_contexts_of_kubernetes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clusters: Clusters
) -> None:
    """Each context says for itself whether it lets us in."""
    clusters.servers["b"].denied = {"create jobs"}
    site = "platforms: {}\njobs: {}\nscheduler: []\nruntimes:\n"
    site += "  k8s: {lab_type: kubernetes, context: [a, b, gone]}\n"
    (tmp_path / "k8s.yaml").write_text(site)
    done = CliRunner().invoke(group, ["doctor", "-c", str(tmp_path / "k8s.yaml"), "-o", "json"])
    found = [(f["subject"], f["good"]) for f in json.loads(done.stdout)]
    assert done.exit_code == 1
    assert found == [("k8s a", True), ("k8s b", False), ("k8s gone", False)]
    assert "we may not create jobs.batch in namespace 'jobs'" in done.stdout


def test_a_pull_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is reached by the API, which is asked as the planner asks it."""
    with Double() as api:
        monkeypatch.setenv("KCI_API_TOKEN", ADMIN)
        (tmp_path / "site.yaml").write_text(PULL.replace("URL", api.url))
        done = CliRunner().invoke(group, ["doctor", "-c", str(tmp_path), "-o", "json"])
    found = [(f["subject"], f["good"], f["text"]) for f in json.loads(done.stdout)]
    assert found == [
        ("API here", True, "it answers, as user 'admin'"),
        ("far", True, found[1][2]),
    ]
    assert found[1][2].endswith("for https://storage.example/definitions")
    assert done.exit_code == 0
