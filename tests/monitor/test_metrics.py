# SPDX-License-Identifier: LGPL-2.1-or-later
"""The measures of real cycles."""

from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from models import CalibratedBy, Calibration, CalibrationRow, RuntimeDrift
from planner.monitor.metrics import Metrics
from tests.cycle.conftest import Site


def samples(metrics: Metrics) -> dict[str, float]:
    """Return the value of each sample by its name and labels, without the prefix."""
    return {
        ",".join([sample.name.removeprefix("kci_planner_"), *sample.labels.values()]): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
    }


def observe(metrics: Metrics, site: Site, *events: dict[str, Any]) -> None:
    """Do a cycle, and have it measured."""
    report = site.cycle(*events)
    with site.ledger() as ledger:
        metrics.observe(report, ledger.status().waiting, site.now)


SITE = """\
jobs:
  probe: {kind: job, template: probe.sh.jinja2}
platforms: {shell: {}}
runtimes: {here: {lab_type: shell}}
scheduler:
  - {job: probe, event: {channel: node, kind: checkout, state: available},
     runtime: {name: here}, runs: {number: 3}}
planner:
  capacity: {here: {source: static, slots: 2}}
  shell: {directory: SHELL, templates: [templates]}
"""


def test_a_cycle(tmp_path: Path) -> None:
    """Sent, ended and waiting runs are counted, with the reason and age of those that wait."""
    site = Site(tmp_path)
    site.write(SITE.replace("SHELL", str(tmp_path / "shell")))
    metrics = Metrics()
    observe(metrics, site, site.checkout("c1"))
    metrics.failed()
    found = samples(metrics)
    assert found["submissions_total,here,submitted"] == 2
    assert found["outcomes_total,pass,false"] == 2
    assert (found["plan_runs,placed"], found["plan_runs,deferred"]) == (2, 1)
    waiting = {key: value for key, value in found.items() if key.startswith("backlog_runs,")}
    assert list(waiting.values()) == [1]
    assert (found["cycles_total,done"], found["cycles_total,failed"]) == (1, 1)
    assert (found["capacity_known,here"], found["plan_gap"]) == (1, 0)
    assert found["last_cycle_timestamp_seconds"] == site.now.timestamp()
    assert found["phase_seconds,solve"] >= 0


def test_what_is_over_is_not_shown_any_more(tmp_path: Path) -> None:
    """A reason for which nothing waits any more has no sample left."""
    site = Site(tmp_path)
    site.write(SITE.replace("SHELL", str(tmp_path / "shell")))
    metrics = Metrics()
    observe(metrics, site, site.checkout("c1"))
    observe(metrics, site)
    found = samples(metrics)
    assert not [key for key in found if key.startswith("backlog_")]
    assert found["outcomes_total,pass,false"] == 3


def test_how_good_estimates_were() -> None:
    """The errors of what plans expected are shown by runtime, as far as they are known."""
    row = CalibrationRow(
        by=CalibratedBy.RUNTIME, name="here", runs=9, duration_error_s=40, p90_percent=90
    )
    of_all = row.model_copy(update={"by": CalibratedBy.ALL, "name": "all"})
    slower = RuntimeDrift(runtime="here", days=7, percent=150)
    metrics = Metrics()
    metrics.calibrated(Calibration(rows=(of_all, row), drift=(slower,), unplanned=0))
    found = samples(metrics)
    assert found["estimate_duration_error_seconds,here"] == 40
    assert found["estimate_p90_covered_ratio,here"] == 0.9
    assert found["runtime_pace_ratio,here"] == 1.5
    assert not [key for key in found if "wait_error" in key or key.endswith(",all")]


@pytest.mark.parametrize("name", ['a"} 1\nforged 1\n#{x="', "a\\", "\u2028\x85é"])
def test_any_name_is_a_label(name: str) -> None:
    """What Prometheus reads of a lab's name is that name, and no measure of its own."""
    row = CalibrationRow(by=CalibratedBy.RUNTIME, name=name, runs=9, duration_error_s=40)
    metrics = Metrics()
    metrics.calibrated(Calibration(rows=(row,), drift=(), unplanned=0))
    text = generate_latest(metrics.registry).decode()
    read = [one for family in text_string_to_metric_families(text) for one in family.samples]
    assert [one.value for one in read if one.labels.get("runtime") == name] == [40]
    assert not [one for one in read if not one.name.startswith("kci_planner_")]
