# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many files and several paths become one configuration."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import PlannerError
from planner.config import load_catalog
from planner.config.located import LocatedList, LocatedMap, Mark, plain
from planner.config.overlay import overlay, read_documents

Site = Callable[..., Path]
TREES = st.recursive(
    st.integers(0, 9) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=15,
)


def located(tree: Any, file: str) -> Any:
    """Return the tree with every part standing in `file`."""
    mark = Mark(file, 1)
    if isinstance(tree, dict):
        result = LocatedMap(mark)
        for key, value in tree.items():
            result.put(key, located(value, file), mark, mark)
        return result
    if isinstance(tree, list):
        row = LocatedList(mark)
        for item in tree:
            row.put(located(item, file), mark)
        return row
    return tree


def merged(base: Any, over: Any) -> Any:
    """Say what overlaying means, in its shortest form."""
    if isinstance(base, dict) and isinstance(over, dict):
        return base | {
            key: merged(base[key], over[key]) if key in base else over[key] for key in over
        }
    if isinstance(base, list) and isinstance(over, list):
        return base + over
    return over


@given(base=TREES, over=TREES)
def test_overlay_merges_mappings_and_joins_lists(base: Any, over: Any) -> None:
    """Two trees overlay as defined, every part keeps a place, and neither tree is changed."""
    below, above = located(base, "below"), located(over, "above")
    result = overlay(below, above)
    assert plain(result) == merged(base, over)
    assert plain(below) == base
    assert plain(above) == over
    if isinstance(result, LocatedMap):
        assert set(result.key_marks) == set(result.value_marks) == set(result)
    if isinstance(result, LocatedList):
        assert len(result.item_marks) == len(result)


@given(trees=st.lists(st.dictionaries(st.sampled_from("abc"), TREES), min_size=3, max_size=3))
def test_overlaying_in_order_is_associative_for_one_type(trees: list[dict[str, Any]]) -> None:
    """Later over earlier, one after the other: the last scalar wins, lists keep their order."""
    first, second, third = (located(tree, "x") for tree in trees)
    result = overlay(overlay(first, second), third)
    for key in set(trees[2]):
        if not isinstance(trees[2][key], dict | list):
            assert result[key] == trees[2][key]


def test_files_of_one_path_are_joined_in_sorted_order(site: Site) -> None:
    """Within a path mappings are updated, whole items replaced, lists extended, by file name."""
    root = site(
        b="jobs: {boot: {kind: test}}\nscheduler: [{job: two}]\n",
        a="jobs: {boot: {kind: job, image: x}, other: {}}\nscheduler: [{job: one}]\n",
        sub__z="scheduler: [{job: three}]\n",
    )
    tree = read_documents((root,)).tree
    assert plain(tree["jobs"]) == {"boot": {"kind": "test"}, "other": {}}
    assert [entry["job"] for entry in tree["scheduler"]] == ["one", "two", "three"]


def test_paths_are_overlaid_in_depth(site: Site) -> None:
    """Across paths mappings are merged at every depth and lists concatenated."""
    lower = site("lower", x="jobs: {boot: {kind: job, params: {a: 1, l: [1]}}}\n")
    upper = site("upper", x="jobs: {boot: {params: {b: 2, l: [2]}}}\n")
    catalog = load_catalog(lower, upper)
    assert catalog.jobs["boot"].kind == "job"
    assert catalog.jobs["boot"].params == {"a": 1, "l": [1, 2], "b": 2}
    assert catalog.paths == (str(lower), str(upper))


def test_a_path_can_be_a_file(site: Site) -> None:
    """A single file is a path, whatever else lies beside it."""
    root = site(a="jobs: {one: {}}\n", b="jobs: {two: {}}\n")
    assert set(load_catalog(root / "a.yaml").jobs) == {"one"}


def test_yml_and_nested_folders_are_read_but_not_other_files(site: Site) -> None:
    """*.yml counts; policies, schemas and files of other names do not."""
    root = site(a="jobs: {one: {}}\n", policies__p="tiers: [value]\n", schema__s="x: [\n")
    (root / "more.yml").write_text("jobs: {two: {}}\n")
    (root / "notes.txt").write_text("jobs: [\n")
    (root / "events.jsonl").write_text("{}\n")
    assert set(load_catalog(root).jobs) == {"one", "two"}


def test_sections_of_another_kind_are_left_out_and_named(site: Site) -> None:
    """A section that is a list here and a mapping there keeps the first and names the second."""
    root = site(a="jobs: {one: {}}\n", b="x: 1\njobs: [two]\n", c="- just a list\n")
    catalog = load_catalog(root)
    assert set(catalog.jobs) == {"one"}
    assert [(Path(d.where.file).name, d.where.line) for d in catalog.malformed] == [
        ("b.yaml", 2),
        ("c.yaml", 1),
    ]


def test_all_broken_files_are_named_at_once(site: Site) -> None:
    """Every broken file of all paths is in the one error, with its line."""
    root = site(a="x: [1\n", b="jobs: {one: {}}\n", c="a: b: c\n")
    with pytest.raises(PlannerError) as caught:
        load_catalog(root)
    lines = str(caught.value).splitlines()
    assert [Path(line.split(":")[0]).name for line in lines] == ["a.yaml", "c.yaml"]


def test_missing_and_empty_paths_are_errors(site: Site, tmp_path: Path) -> None:
    """A path that is not there, or has no YAML, is named."""
    with pytest.raises(PlannerError, match=r"nowhere: no such file or directory"):
        load_catalog(tmp_path / "nowhere")
    with pytest.raises(PlannerError, match=r"there is no \*\.yaml"):
        load_catalog(site("empty"))


def test_empty_files_and_sections_are_fine(site: Site) -> None:
    """Nothing written is nothing wrong."""
    root = site(a="", b="# only a comment\n", c="jobs:\nplatforms:\nscheduler:\nplanner:\n")
    catalog = load_catalog(root)
    assert catalog.defects == ()
    assert catalog.entries == ()
