# SPDX-License-Identifier: LGPL-2.1-or-later
"""What goes into a container."""

import io
import re
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import PlannerError
from planner.runtimes.containers.recipe import (
    SCRIPT,
    Recipe,
    archive,
    container_name,
    read_recipe,
    variables,
)
from tests.runtimes.conftest import order

# What YAML can hold: all but control characters and lone surrogates.
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1)


@given(TEXTS, st.integers(min_value=1), TEXTS)
def test_written_and_read(image: str, timeout: int, script: str) -> None:
    """A definition that is written and read is the same, to the letter."""
    recipe = Recipe(image=image, timeout=timeout, script=script)
    assert read_recipe(recipe.written()) == recipe


@pytest.mark.parametrize(
    "text", ["", "a: [", "image: x", "{image: x, timeout: 0, script: y}", "[1]", "!!python/none"]
)
def test_what_is_no_recipe(text: str) -> None:
    """What is no definition is refused, and not quoted: there may be secrets in it."""
    with pytest.raises(PlannerError, match="has an image, a timeout and a script"):
        read_recipe(text)


def test_how_it_is_run() -> None:
    """A script that says by what is a program, others are for the shell."""
    assert Recipe(image="i", timeout=1, script="echo").command == ["/bin/sh", SCRIPT]
    assert Recipe(image="i", timeout=1, script="#!/bin/x").command == [SCRIPT]


@given(st.text(min_size=1), st.text(min_size=1))
def test_names(run: str, other: str) -> None:
    """A run's name is a legal one, always the same, and no other run's."""
    name = container_name(run)
    assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}", name)
    assert (name == container_name(other)) == (run == other)


@given(TEXTS)
def test_archive(script: str) -> None:
    """The script arrives as it is, in a folder that any user may read."""
    with tarfile.open(fileobj=io.BytesIO(archive({SCRIPT: script}))) as tar:
        folder, item = tar.getmembers()
        content = tar.extractfile(item)
        assert content is not None
        assert content.read().decode() == script
    assert (folder.isdir(), folder.mode, item.mode) == (True, 0o755, 0o755)
    assert f"/{item.name}" == SCRIPT


def test_variables() -> None:
    """What a site adds cannot stand for another run."""
    told = variables(order("ab12-0", "tools"), {"TOKEN": "t", "KCI_RUN": "other"})
    assert told["TOKEN"] == "t"  # noqa: S105
    assert told["KCI_RUN"] == "ab12-0"
