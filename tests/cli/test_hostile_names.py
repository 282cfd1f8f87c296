# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names that others choose are names: nowhere a path, code, markup, or a line of their own."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from planner.kernelci import TOKEN_VARIABLE
from tests.cli.conftest import Done, Kci
from tests.kernelci.double import ADMIN, Double, nodes
from tests.kernelci.nodes import REVISION, checkout
from tests.report.markup import Page
from tests.runtimes.conftest import until
from tests.runtimes.kubernetes.double import Memory, serving, write_kubeconfig
from tests.runtimes.kubernetes.objects import node as machine
from tests.runtimes.lava.double import TOKEN, Lab

EVIL = {
    "path": "../../../pwned",
    "absolute": "/kci-pwned",
    "quotes": "a'; touch pwned; '\"`touch pwned`$(touch pwned)\\",
    "lines": "x\nFORGED: line\r\nFORGED: another\x0bFORGED\x85FORGED\u2028FORGED",
    "terminal": "\x1b[2J\x1b]0;FORGED\x07\u202eevil",
    "markup": "</script><script>pwn()</script><img src=x onerror=pwn()>&lt;[bold red]",
    "template": "{{ 7 * 191 }}{% raw %}${PATH}{name}%(name)s",
    "address": "x?id=1&limit=0#/%2e%2e/node,y",
    "option": "--help",
    "long": "n" * 5000,
    "unicode": "\u0130\u00e9\U0001f980e\u0301\ufeff",
    "blank": " \t ",
}
# Whose names they are: the site's authors', its labs', and those of whoever pushes to a tree.
OF_THE_SITE = ("job", "shell", "lab", "cluster", "pull", "platform", "type")
OF_NODES = ("tree", "branch", "commit", "checkout")
TEMPLATES = {"shell": "probe.sh", "lab": "boot", "cluster": "build", "pull": "boot"}
PROBE = (
    "printf '<%s>' {{ job }} {{ platform }} {{ runtime }} {{ node.name }} {{ revision.branch }}\n"
)
BOOT = """\
job_name: {{ name | tojson }}
device_type: {{ device_type | tojson }}
branch: {{ node.data.kernel_revision.branch | tojson }}
"""
BUILD = """\
apiVersion: batch/v1
kind: Job
spec: {template: {spec: {containers: [{name: main, image: i, args: [{{ name | tojson }}]}]}}}
"""
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass
class Site:
    """A site with a job, a platform and labs for each kind of names, and what it speaks to."""

    folder: Path
    api: Double
    lab: Lab
    cluster: Memory
    kci: Kci
    said: str = ""
    names: dict[str, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        """Choose the names: each kind of them at each place where there is one."""
        self.names = {
            kind: {place: f"{evil}{place}" for place in (*OF_THE_SITE, *OF_NODES)}
            for kind, evil in EVIL.items()
        }

    def write(self) -> None:
        """Write the configuration, the templates and the secrets."""
        content: dict[str, Any] = {
            "api": {"local": {"url": self.api.url}},
            "planner": {
                "events": {"api": "local", "source": "poll", "lookback": "1h"},
                "templates": ["."],
                "shell": {"directory": "shell", "templates": ["."]},
                "pull_labs": {"directory": "pull", "url": "https://files.example"},
            },
        }
        secrets = ""
        for name in self.names.values():
            for section, items in self.of_kind(name).items():
                told = content["planner"] if section in ("submit", "capacity") else content
                if isinstance(items, list):
                    told.setdefault(section, []).extend(items)
                else:
                    told.setdefault(section, {}).update(items)
            table = json.dumps(name["lab"], ensure_ascii=False)
            secrets += f"[runtime.{table}]\nruntime_token = '{TOKEN}'\n"
            self.lab.add(name["type"], "Good")
        files = {"site.yaml": yaml.safe_dump(content), "kernelci.toml": secrets}
        files |= {"probe.sh.jinja2": PROBE, "boot.jinja2": BOOT, "build.jinja2": BUILD}
        for file, text in files.items():
            (self.folder / file).write_text(text)

    def of_kind(self, name: dict[str, str]) -> dict[str, Any]:
        """Return the sections of the configuration with these names."""
        event = {"channel": "node", "state": "available", "name": name["checkout"]}
        return {
            "jobs": {
                f"{name['job']}-{place}": {"kind": "job", "template": f"{template}.jinja2"}
                for place, template in TEMPLATES.items()
            },
            "platforms": {name["platform"]: {"base_name": name["type"]}},
            "runtimes": {
                name["shell"]: {"lab_type": "shell"},
                name["lab"]: {"lab_type": "lava", "url": self.lab.url},
                name["cluster"]: {"lab_type": "kubernetes", "context": "a"},
                name["pull"]: {"lab_type": "pull_labs"},
            },
            "scheduler": [
                {
                    "job": f"{name['job']}-{place}",
                    "event": event,
                    "runtime": {"name": name[place]},
                    "platforms": [name["platform"]],
                }
                for place in TEMPLATES
            ],
            "submit": {name[place]: "live" for place in TEMPLATES},
            "capacity": {name["pull"]: {"slots": 5}},
        }

    def check_out(self) -> None:
        """Have a checkout of each kind become available, and write them to a file as well."""
        told = []
        for name in self.names.values():
            revision = REVISION | {key: name[key] for key in ("tree", "branch", "commit")}
            wanted = checkout(name=name["checkout"], path=[name["checkout"]])
            made = nodes.create(
                self.api.state, "admin", wanted | {"data": {"kernel_revision": revision}}
            )
            changed = made | {"state": "available"}
            nodes.replace(self.api.state, "admin", made["id"], changed, event=True)
            # From a file come ids that no API would give.
            told.append(json.dumps(changed | {"id": name["commit"], "op": "created"}))
        (self.folder / "checkouts.jsonl").write_text("\n".join(told))

    def do(self, *args: str) -> Done:
        """Run a command on the site, and keep what it said."""
        command, *others = args
        done = self.kci(command, "-c", "site.yaml", *others)
        assert done.code == 0, done.err
        self.said += done.out + done.err
        return done


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kci: Kci) -> Iterator[Site]:
    """Give a site in a folder so deep that a path out of it ends in a folder of ours."""
    deep = tmp_path / "1" / "2" / "3" / "4"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    monkeypatch.setenv("HOME", str(deep))
    monkeypatch.setenv("KUBECONFIG", "kubeconfig")
    monkeypatch.setenv(TOKEN_VARIABLE, ADMIN)
    cluster = Memory(nodes=[machine(cpu="99", memory="99Gi")])
    with Double() as api, Lab() as lab, serving(cluster.answer) as url:
        write_kubeconfig(deep / "kubeconfig", {"a": url})
        made = Site(deep, api, lab, cluster, kci)
        made.write()
        made.check_out()
        yield made


def test_names_are_names(site: Site) -> None:
    """A site of them works, in all types of labs, and each name stays what it is."""
    site.do("check")
    there = ("--events", "checkouts.jsonl", "--nodes", "checkouts.jsonl")
    site.do("demand", *there)
    site.do("plan", *there)
    site.do("run", "--once", "--no-wait")
    until(lambda: len(list(site.folder.glob("shell/*/outcome.json"))) == len(EVIL))
    site.do("run", "--once", "--no-wait")
    site.do("status")
    site.do("history")
    for name in site.names.values():
        site.do("why", "--", f"{name['job']}-lab@{name['platform']}")
    site.do("report", "1", "-o", "page.html")
    _every_run_is_there(site)
    _nothing_is_elsewhere(site)
    assert [line for line in site.said.splitlines() if line.startswith("FORGED")] == []
    assert _NO_TEXT.findall(site.said) == []
    _page_has_only_names(site)


def _every_run_is_there(site: Site) -> None:
    """Make sure that each lab has the runs that are its own, by their names."""
    done = site.do("status", "-o", "json").json
    history = site.do("history", "-o", "json").json
    known = {run["run"]: run for run in (*done["waiting"], *done["under_way"], *history["runs"])}
    wanted = {
        (f"{name['job']}-{place}", name[place], name["platform"])
        for name in site.names.values()
        for place in TEMPLATES
    }
    assert {(run["job"], run["runtime"], run["platform"]) for run in known.values()} == wanted
    assert len(known) == len(wanted)
    assert {run["state"] for run in known.values()} <= {"submitted", "started", "finished"}
    sent = [yaml.safe_load(job["definition"]) for job in site.lab.jobs.values()]
    assert {(job["device_type"], job["branch"]) for job in sent} == {
        (name["type"], name["branch"]) for name in site.names.values()
    }
    for made in site.cluster.jobs.values():
        for text in (made["metadata"]["name"], *made["metadata"]["labels"].values()):
            assert re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", text)
    assert len(site.cluster.jobs) == len(list((site.folder / "pull").iterdir())) == len(EVIL)
    said = [path.read_bytes().decode() for path in site.folder.glob("shell/*/log")]
    known_to_scripts = ("platform", "shell", "checkout", "branch")
    assert sorted(said) == sorted(
        "".join(f"<{one}>" for one in (f"{name['job']}-shell", *map(name.get, known_to_scripts)))
        for name in site.names.values()
    )


def _nothing_is_elsewhere(site: Site) -> None:
    """Make sure that nothing was written but where it belongs."""
    ours = {"site.yaml", "checkouts.jsonl", "kernelci.toml", "kubeconfig", "page.html"}
    ours |= {"probe.sh.jinja2", "boot.jinja2", "build.jinja2", "shell", "pull", "run"}
    assert {path.name for path in site.folder.iterdir()} == ours
    assert list(site.folder.parents[3].rglob("*pwned*")) == []
    assert not Path(EVIL["absolute"]).exists()
    way = (site.folder, *site.folder.parents)
    for path in site.folder.parents[3].rglob("*"):
        assert path in way or site.folder in path.parents


def _page_has_only_names(site: Site) -> None:
    """Make sure that the page has no mark-up of a name's, and does not call what one says."""
    text = (site.folder / "page.html").read_text()
    page = Page(text)
    assert "img" not in page.tags
    assert page.tags.count("script") == 2
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
