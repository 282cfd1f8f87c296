# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reading one YAML file: data, places, and what is said of files that are broken."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models import ExitCode
from planner.config.located import Mark, find, plain
from planner.config.yaml_file import YamlError, read_yaml

SCALARS = st.none() | st.booleans() | st.integers(-99, 99) | st.text("abcxyz !:#", max_size=6)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4)
    ),
    max_leaves=20,
)


def read(tmp_path: Path, text: str | bytes) -> Any:
    """Write a file and read it back."""
    path = tmp_path / "x.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_yaml(path, "x.yaml")


@given(tree=TREES)
def test_reads_what_pyyaml_reads(tmp_path_factory: pytest.TempPathFactory, tree: Any) -> None:
    """The located data, places aside, is the data that PyYAML's own loader returns."""
    text = yaml.safe_dump(tree)
    content, _ = read(tmp_path_factory.mktemp("yaml"), text)
    assert plain(content) == yaml.safe_load(text)


def test_keeps_the_line_of_keys_values_and_items(tmp_path: Path) -> None:
    """Keys, values and list items each know their line, counted from 1."""
    content, _ = read(tmp_path, "a:\n  b:\n    - x\n    - y\nc: 1\n")
    mark = Mark("x.yaml", 1)
    assert find(content, ["a", "b", 1], mark) == ("x.yaml", 4)
    assert find(content, ["a", "b"], mark, key=True).line == 2
    assert find(content, ["c"], mark).line == 5
    assert find(content, ["a", "missing"], mark).line == 2


def test_anchors_and_merges_keep_their_own_lines(tmp_path: Path) -> None:
    """A merged value stands where its anchor is, and an overriding one where it overrides."""
    content, repeated = read(
        tmp_path, "a: &a {x: 1,\n  y: 2}\nb:\n  <<: *a\n  y: 3\nc: [*a]\nd: *a\n"
    )
    assert content["b"] == {"x": 1, "y": 3}
    assert find(content, ["b", "x"], Mark("", 0)).line == 1
    assert find(content, ["b", "y"], Mark("", 0)).line == 5
    assert find(content, ["c", 0], Mark("", 0)).line == 1
    assert repeated == []


def test_notes_keys_that_stand_twice(tmp_path: Path) -> None:
    """A key repeated in one mapping is noted where it stands the second time."""
    content, repeated = read(tmp_path, "a: 1\nb: {c: 1, d: 2}\na: 2\n")
    assert content["a"] == 2
    assert repeated == [(Mark("x.yaml", 3), "a")]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "broken YAML"),
        ("a: 1\n\tb: 2\n", 2, "broken YAML"),
        ("a: *nowhere\n", 1, "undefined alias"),
        ("a: 1\n---\nb: 2\n", 2, "another document"),
        ("tree:\n- !android\n", 2, "must be quoted"),
        ("a: &a\n  b: *a\n", 1, "recursive"),
        ("? [1, 2]\n: x\n", 1, "cannot be a key"),
        ("<<: 5\n", 1, "expected a mapping"),
        ("a: 2024-13-45\n", 1, "month"),
        (b"a: \xff\xfe\xfa\n", 1, "broken YAML"),
        (b"\x00\x01", 1, "broken YAML"),
    ],
)
def test_broken_yaml_is_named_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, word: str
) -> None:
    """Each kind of broken file gives one line of text with file, line and problem."""
    with pytest.raises(YamlError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(f"x.yaml:{line}: ")
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code is ExitCode.ERROR


@given(content=st.binary(max_size=200))
def test_no_content_gives_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Whatever bytes a file has, it is read or refused by our own error."""
    with suppress(YamlError):
        read(tmp_path_factory.mktemp("yaml"), content)


def test_json_is_yaml(tmp_path: Path) -> None:
    """Indented JSON, with tabs too, is read like YAML."""
    content, _ = read(tmp_path, '{\n\t"a": {\n\t\t"b": [1, null, true]\n\t}\n}\n')
    assert content == {"a": {"b": [1, None, True]}}
