# SPDX-License-Identifier: LGPL-2.1-or-later
"""Policies: where they are found, which wins, and what is said of wrong ones."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models import PlannerError, Policy, Tier
from planner.config import check_catalog, load_catalog, load_policy, policies

Site = Callable[..., Path]


def test_the_default_exists_everywhere(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """`default` needs no file at all."""
    monkeypatch.setattr(policies, "SHIPPED", ())
    assert load_policy("default", load_catalog(site(base=True))) == Policy()


@pytest.mark.parametrize("name", ["default", "coverage", "fastest", "cheapest"])
def test_the_shipped_ones_work_with_any_configuration(site: Site, name: str) -> None:
    """Each shipped policy is found without being configured, and named like its file."""
    policy = load_policy(name, load_catalog(site(base=True)))
    assert policy.name == name
    assert set(policy.tiers) == set(Tier)


def test_later_paths_win(site: Site) -> None:
    """A path's own policy goes over a shipped one, and a later path's over an earlier one's."""
    lower = site("lower", base=True, policies__fastest="deadline: 1h\n", policies__mine="")
    upper = site("upper", base=True, policies__fastest="deadline: 2h\n")
    assert load_policy("fastest", load_catalog(lower)).deadline == 3600
    assert load_policy("fastest", load_catalog(lower, upper)).deadline == 7200
    assert load_policy("mine", load_catalog(lower, upper)) == Policy(name="mine")


def test_an_unknown_one_is_answered_with_those_that_there_are(site: Site) -> None:
    """The error lists shipped and own policies."""
    catalog = load_catalog(site(base=True, policies__mine=""))
    with pytest.raises(PlannerError, match=r"'wild'.*cheapest, coverage, default, fastest, mine"):
        load_policy("wild", catalog)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("tiers: [value]\nvalue_bias: 3\n", 2, "value_bias"),
        ("tiers:\n- value\n- luck\n", 3, "tiers[1]"),
        ("deadline: soon\n", 1, "duration"),
        ("[1]\n", 1, "no mapping"),
        ("a: [\n", 2, "broken YAML"),
    ],
)
def test_a_wrong_one_is_named_with_its_line(site: Site, text: str, line: int, word: str) -> None:
    """Loading it is an error, and `check` lists it among the defects."""
    root = site(base=True, policies__mine=text)
    catalog = load_catalog(root)
    with pytest.raises(PlannerError) as caught:
        load_policy("mine", catalog)
    assert str(caught.value).startswith(f"{root}/policies/mine.yaml:{line}: ")
    assert word in str(caught.value)
    assert [(d.where.line, word in d.text) for d in check_catalog(catalog)] == [(line, True)]
