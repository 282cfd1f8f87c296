# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every rule and goal is complete: its name, its page, its line in the index and its test."""

from pathlib import Path

import pytest

from models import Tier
from planner.rules import GOALS, RULES, Goal, Rule
from tests.conftest import ROOT

PAGES = ROOT / "docs" / "rules"
TESTS = Path(__file__).parent
EVERY: tuple[Rule | Goal, ...] = (*RULES, *GOALS.values())


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_each_has_its_page_and_its_test_file(one: Rule | Goal) -> None:
    """What a user reads about is explained on a page, which the index links, and tested alone."""
    page = (PAGES / f"{one.name}.md").read_text()
    assert page.splitlines()[0] == f"# {one.name}"
    assert f"]({one.name}.md)" in (PAGES / "README.md").read_text()
    assert (TESTS / f"test_{one.name}.py").is_file()


def test_there_is_no_page_for_what_does_not_exist() -> None:
    """A page without its rule would promise something that no plan keeps."""
    pages = {page.stem for page in PAGES.glob("*.md")} - {"README"}
    assert pages == {one.name for one in EVERY}


def test_names_are_unique_and_every_tier_has_its_goal() -> None:
    """A price or a violation names exactly one thing, and each tier of a policy can be solved."""
    assert len({one.name for one in EVERY}) == len(EVERY)
    assert {tier: GOALS[tier].name for tier in Tier} == {tier: tier.value for tier in Tier}
