# SPDX-License-Identifier: LGPL-2.1-or-later
"""The files for operators speak of what there is."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from planner.cli.main import group
from planner.monitor.metrics import Metrics
from tests.conftest import ROOT

DEPLOY = ROOT / "docs" / "deploy"
ALARMS = yaml.safe_load((DEPLOY / "alarms.yaml").read_text())["groups"][0]["rules"]


def known() -> set[str]:
    """Return the names of all measures."""
    return {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in Metrics().registry.collect()
    }


def test_the_dashboard_shows_measures_that_exist() -> None:
    """Each panel asks for a measure of the planner."""
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    asked = [re.findall(r"kci_planner_\w+", p["targets"][0]["expr"]) for p in panels]
    assert all(asked)
    assert {name for names in asked for name in names} <= known()


def test_alarms_ask_for_measures_that_exist() -> None:
    """An alarm on a measure that nobody has would never ring."""
    for rule in ALARMS:
        names = set(re.findall(r"kci_planner_\w+", rule["expr"]))
        assert names
        assert names <= known()


def test_every_alarm_says_what_to_do() -> None:
    """The page for operators has a row for each alarm, and no other; and lists each measure."""
    page = (ROOT / "docs" / "operations.md").read_text()
    assert re.findall(r"^\| `(Planner\w+)` \|", page, re.M) == [rule["alert"] for rule in ALARMS]
    missing = {name for name in known() if name.removeprefix("kci_planner_") not in page}
    assert not missing


def commands() -> Iterator[list[str]]:
    """Yield the command lines that the files start, without the program."""
    for path in DEPLOY.glob("*.service"):
        (line,) = re.findall(r"^ExecStart=\S+ (.*)$", path.read_text(), re.M)
        yield shlex.split(line)
    container = (DEPLOY / "Containerfile").read_text()
    entry, arguments = (
        json.loads(re.findall(rf"^{word} (.*)$", container, re.M)[0])
        for word in ("ENTRYPOINT", "CMD")
    )
    yield [*entry[1:], *arguments]
    job = yaml.safe_load((DEPLOY / "cronjob.yaml").read_text())["spec"]["jobTemplate"]
    yield job["spec"]["template"]["spec"]["containers"][0]["args"]


@pytest.mark.parametrize("arguments", list(commands()), ids=" ".join)
def test_commands_are_understood(arguments: list[str]) -> None:
    """Each file starts the program with options that it has."""
    context = group.make_context("kci-planner", list(arguments))
    name, command, rest = group.resolve_command(context, [*context._protected_args, *context.args])
    assert name in ("run", "submit")
    assert isinstance(command, click.Command)
    command.make_context(name, rest, parent=context)


def test_what_the_container_copies_is_there() -> None:
    """The image is built from files of the project."""
    for line in re.findall(r"^COPY (.*)$", (DEPLOY / "Containerfile").read_text(), re.M):
        *sources, _ = line.split()
        assert all((ROOT / Path(source)).exists() for source in sources)
