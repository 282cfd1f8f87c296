# SPDX-License-Identifier: LGPL-2.1-or-later
"""The templates that ship make scripts for containers."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Catalog, Dispatch, LabType
from planner.config import load_catalog
from planner.runtimes.containers import ContainerRuntime
from planner.runtimes.containers.recipe import Recipe, read_recipe
from tests.runtimes.conftest import order

SITE = load_catalog(Path(__file__).resolve().parents[3] / "config")


def rendered(site: Catalog, job: str, **node: Any) -> Recipe:
    """Return the definition of a run."""
    (runtime,) = (each for each in site.runtimes.values() if each.lab_type is LabType.DOCKER)
    run = Dispatch(
        order=order("ab12-0", runtime.name, **node),
        job=site.jobs[job],
        platform=site.platforms["docker"],
        node={"id": "own-node", "name": job, "data": {}},
    )
    return read_recipe(ContainerRuntime(runtime, site, environment={}).render(run))


def test_sparse() -> None:
    """The job that is sent to a container engine becomes a script in its image."""
    recipe = rendered(SITE, "sparse", artifacts={"tarball": "https://x.example/linux.tar"})
    assert recipe.image == SITE.jobs["sparse"].image
    assert recipe.command == ["/kci-planner/job"]
    assert recipe.script.startswith("#!/bin/sh\n")
    assert "TARBALL='https://x.example/linux.tar'\n" in recipe.script
    assert "CHECK=sparse" in recipe.script


@pytest.mark.parametrize("text", ["'; reboot; '", "$(reboot)`reboot`", "a\nb'\n\"c\\", "{{ 1 }}"])
def test_texts_of_nodes_are_no_code(text: str) -> None:
    """What a node says is the value of a variable, and nothing else."""
    check_value(text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=30))
def test_no_text_is_code(text: str) -> None:
    """Whatever text it is."""
    check_value(text)


def check_value(text: str) -> None:
    """Run the part of the script that sets variables, and look at what it set."""
    script = rendered(SITE, "sparse", artifacts={"tarball": text}).script
    setting, _, _ = script.partition("work=$(mktemp -d)")
    assert setting != script
    shown = subprocess.run(
        ["/bin/sh", "-c", f'{setting}\nprintf "%s." "$TARBALL"'], capture_output=True, check=True
    )
    assert shown.stdout.decode() == f"{text}."
    assert shown.stderr == b""
