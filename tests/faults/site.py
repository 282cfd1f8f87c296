# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small site on real sockets: an API, a LAVA lab, a shell, and what came of it all."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models import RunState
from planner.ledger import Ledger
from tests.kernelci.double import ADMIN, Double, nodes
from tests.kernelci.nodes import REVISION, checkout
from tests.runtimes.lava.double import TOKEN, Lab

PROBES, BOOTS = 2, 2
LAB_S = 2.0  # the deadline of the lab
LOOKED_FOR, FOUND_AGAIN, GIVEN_BACK = "looked for", "found_again", "given_back"
SITE = """\
jobs:
  probe: {kind: job, template: probe.sh.jinja2}
  boot: {kind: job, template: boot.jinja2}
platforms: {shell: {}, rock: {arch: arm64}}
runtimes:
  here: {lab_type: shell}
  lab: {lab_type: lava, url: LAB}
scheduler:
  - {job: probe, event: &checkout {channel: node, kind: checkout, state: available},
     runtime: {name: here}, platforms: [shell], runs: {number: 2}}
  - {job: boot, event: *checkout, runtime: {name: lab}, platforms: [rock], runs: {number: 2}}
api: {local: {url: "API"}}
planner:
  events: {api: local, source: SOURCE, lookback: 1h}
  templates: [.]
  submit: {lab: live}
  capacity: {lab: {source: lava, unknown: last-known, deadline: 2s}}
  shell: {directory: ROOT/shell, templates: [.]}
"""
BOOT = "job_name: '{{ name }}'\ndevice_type: {{ device_type }}\npriority: {{ priority }}\n"


@dataclass
class Site:
    """A site in a folder. `lab` and `double` are there as long as the site is."""

    folder: Path
    double: Double
    lab: Lab
    source: str = "poll"
    checkouts: list[str] = field(default_factory=list)

    def write(self) -> None:
        """Write the configuration and the secrets."""
        site = self.folder / "site"
        site.mkdir(parents=True)
        text = SITE.replace("LAB", json.dumps(self.lab.url)).replace("API", self.double.url)
        text = text.replace("ROOT", str(self.folder)).replace("SOURCE", self.source)
        (site / "site.yaml").write_text(text)
        (site / "probe.sh.jinja2").write_text(f"echo {{{{ run }}}} >>{self.folder}/ran\n")
        (site / "boot.jinja2").write_text(BOOT)
        secrets = f'[kci.secrets]\napi.local.token = "{ADMIN}"\n'
        secrets += f'[runtime.lab]\nruntime_token = "{TOKEN}"\n'
        (self.folder / "kernelci.toml").write_text(secrets)

    def check_out(self, number: int) -> str:
        """Have a checkout of its own branch become available; return its id."""
        revision = REVISION | {"branch": f"b{number}", "commit": f"{number:040x}"}
        made = nodes.create(
            self.double.state,
            "admin",
            checkout(treeid=f"t{number}", data={"kernel_revision": revision}),
        )
        changed = made | {"state": "available"}
        nodes.replace(self.double.state, "admin", made["id"], changed, event=True)
        self.checkouts.append(str(made["id"]))
        return str(made["id"])

    def ledger(self) -> Ledger:
        """Open what the planner remembers."""
        return Ledger.open(f"sqlite:///{self.folder}/run/ledger.db", read_only=True)


@dataclass(frozen=True)
class Verdict:
    """What became of the runs that were wanted; each list should be empty but for `waiting`.

    `needed` counts what it took to recover, run by run.
    """

    missing: tuple[str, ...]
    doubled: tuple[str, ...]
    unsettled: tuple[str, ...]
    waiting: tuple[str, ...]
    needed: Counter[str]

    @property
    def holds(self) -> bool:
        """Whether every wanted run is there once, or waits with a reason."""
        return not (self.missing or self.doubled or self.unsettled)


def judge(site: Site) -> Verdict:
    """Return what became of each run, by the ledger, the API, the lab and the shell."""
    wanted = len(site.checkouts) * (PROBES + BOOTS)
    with site.ledger() as ledger:
        status, history = ledger.status(), ledger.history(limit=1000)
    runs = {r.run: r for r in (*status.waiting, *status.under_way, *history.runs)}
    times = _times(site)
    missing, unsettled, waiting = [], [], []
    for key, run in runs.items():
        sent = run.state in (RunState.SUBMITTED, RunState.STARTED, RunState.FINISHED)
        if sent and not times[key]:
            missing.append(f"{key} is {run.state}, and nobody has it")
        if run.state is RunState.WAITING:
            waiting.append(key)
            if times[key]:
                missing.append(f"{key} waits, and somebody has it")
        elif not sent:
            unsettled.append(f"{key} is {run.state}: {run.detail}")
    if len(runs) != wanted:
        missing.append(f"{wanted} runs were wanted, {len(runs)} are known")
    doubled = [f"{key} is there {number} times" for key, number in times.items() if number > 1]
    doubled += [f"{run} has {n} nodes" for run, n in _nodes(site).items() if n > 1]
    needed = Counter({LOOKED_FOR: _looks(site)})
    for cycle in history.cycles:
        needed.update({name: cycle.counts.get(name, 0) for name in (FOUND_AGAIN, GIVEN_BACK)})
    return Verdict(tuple(missing), tuple(doubled), tuple(unsettled), tuple(waiting), needed)


def _looks(site: Site) -> int:
    """Return how often the node or the job of a single run was looked for, by its key."""
    nodes = sum("data.planner.run" in asked.query for asked in site.double.requests)
    return nodes + site.lab.sought


def _times(site: Site) -> Counter[str]:
    """Return how often each run is with the lab or was executed by the shell."""
    path = site.folder / "ran"
    times = Counter(path.read_text().split() if path.exists() else ())
    by_node = {node["id"]: run for run, node in _nodes_of_runs(site)}
    for job in site.lab.jobs.values():
        times.update(run for node_id, run in by_node.items() if node_id in job["description"])
    return times


def _nodes(site: Site) -> Counter[str]:
    return Counter(run for run, _ in _nodes_of_runs(site))


def _nodes_of_runs(site: Site) -> list[tuple[str, dict[str, Any]]]:
    with site.double.state.changed:
        found = list(site.double.state.nodes.values())
    planned = ((node["data"].get("planner", {}).get("run"), node) for node in found)
    return [(run, node) for run, node in planned if run is not None]
