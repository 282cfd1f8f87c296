# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page about plans speaks of everything that a plan says."""

from enum import StrEnum
from pathlib import Path

import pytest

from models import (
    Assignment,
    BoardWorth,
    Ceiling,
    Deferral,
    Explanation,
    Judgement,
    NamedRule,
    Obstacle,
    Option,
    Ours,
    PlanDiff,
    PlanDocument,
    PlanHeader,
    Price,
    Remedy,
    RequestError,
    RequestOptions,
    RunChange,
    SlotRoom,
    Solve,
    Status,
    Tier,
    TierResult,
    TriedChange,
    Verdict,
)
from tests.conftest import ROOT

NOUNS: tuple[type[Ours], ...] = (
    PlanDocument,
    PlanHeader,
    Solve,
    TierResult,
    Assignment,
    Deferral,
    RequestError,
    RequestOptions,
    Option,
    Obstacle,
    SlotRoom,
    Ceiling,
    Explanation,
    Judgement,
    PlanDiff,
    RunChange,
    Price,
    BoardWorth,
    Remedy,
    TriedChange,
    NamedRule,
)


@pytest.fixture(scope="module")
def page() -> str:
    """Return the page."""
    return Path(ROOT / "docs" / "plan.md").read_text()


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_every_field_is_described(page: str, noun: type[Ours]) -> None:
    """Each field of each noun stands on the page under its own name."""
    fields = set(noun.model_fields) - {"run", "request"}
    assert [name for name in fields if f"`{name}`" not in page] == []


@pytest.mark.parametrize("words", [Status, Verdict, Tier])
def test_every_word_is_described(page: str, words: type[StrEnum]) -> None:
    """Each status, verdict and tier is explained."""
    assert [word for word in words if f"`{word}`" not in page and f"[{word}]" not in page] == []
