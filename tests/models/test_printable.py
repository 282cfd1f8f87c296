# SPDX-License-Identifier: LGPL-2.1-or-later
"""What others wrote stays on its line, says what it said, and commands nothing."""

import json
import unicodedata

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models import printable, printable_json

LETTERS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.text())
def test_a_text_is_one_line_without_commands(text: str) -> None:
    """No control character is left, and nothing at which a line ends."""
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert "Cc" not in {unicodedata.category(letter) for letter in shown}


@pytest.mark.parametrize("text", ["baseline-arm64", "pine64+ [a:b] {c}", "é🦀İ", "a\\nb"])
def test_what_is_text_stays_as_it_is(text: str) -> None:
    """Letters, signs and spaces are what they were."""
    assert printable(text) == text


def test_what_is_escaped() -> None:
    """Line breaks, what terminals obey, and what turns the direction."""
    assert printable("a\nb\x1b[2J\x9b\u2028\u202e") == r"a\nb\x1b[2J\x9b\u2028\u202e"


@given(LETTERS)
def test_json_is_yaml_and_the_same(text: str) -> None:
    """Both read what was written."""
    written = printable_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(written) == text
    assert yaml.safe_load(written) == text
    assert printable(written) == written
