# SPDX-License-Identifier: LGPL-2.1-or-later
"""Criteria instead of lists."""

from hypothesis import given
from hypothesis import strategies as st

from models import Catalog, PlannerSettings, Platform, Where
from planner.config import matches
from planner.suggestions.shorter import CriteriaFinder
from tests.suggestions.conftest import Load

NOWHERE = Where(file="site.yaml", line=1)

texts = st.sampled_from(["a", "b", "!a", "", "c d"])
platforms = st.lists(
    st.builds(
        Platform,
        name=st.text(st.sampled_from("xyz!"), min_size=1, max_size=3),
        arch=texts,
        mach=texts,
        boot_method=texts,
        compatible=st.lists(texts, max_size=3).map(tuple),
        base_name=texts,
        where=st.just(NOWHERE),
    ),
    max_size=9,
    unique_by=lambda platform: platform.name,
)


def catalog_of(platforms: list[Platform]) -> Catalog:
    """Return a catalog of nothing but platforms."""
    return Catalog(
        paths=(),
        jobs={},
        platforms={platform.name: platform for platform in platforms},
        runtimes={},
        entries=(),
        build_configs={},
        trees={},
        fragments={},
        rootfs={},
        planner=PlannerSettings(),
    )


@given(platforms=platforms, data=st.data())
def test_they_match_the_list_and_nothing_else(
    platforms: list[Platform], data: st.DataObject
) -> None:
    """Whatever the platforms are, and with at most half as many values as names."""
    names = frozenset(
        data.draw(st.sets(st.sampled_from(sorted(p.name for p in platforms)))) if platforms else ()
    )
    criteria = CriteriaFinder(catalog_of(platforms)).matching(names)
    if criteria is not None:
        assert {p.name for p in platforms if matches(p, criteria)} == names
        assert 2 * sum(map(len, criteria.values())) <= len(names)


def test_one_attribute(load: Load) -> None:
    """The value that all have and no other has."""
    finder = CriteriaFinder(load(""))
    assert finder.matching(frozenset({"pi", "pi-plus"})) == {"mach": ("broadcom",)}


def test_an_exclusion(load: Load) -> None:
    """What an attribute lets in besides is excluded; by name where nothing excludes more."""
    finder = CriteriaFinder(load(""))
    arm = frozenset({"pi", "pi-plus", "rock", "virtual-arm"})
    assert finder.matching(arm) == {"arch": ("arm64",), "name": ("!rock-plus",)}


def test_allowing_is_clearer(load: Load) -> None:
    """Of criteria of one length those that exclude less are taken."""
    boards = frozenset({"pi", "pi-plus", "rock", "rock-plus"})
    assert CriteriaFinder(load("")).matching(boards) == {"mach": ("broadcom", "rockchip")}


def test_nothing_shorter(load: Load) -> None:
    """One platform, unlike ones, and names that are not defined stay a list."""
    finder = CriteriaFinder(load(""))
    for names in ({"pi"}, {"pi", "nuc"}, {"pi", "pi-plus", "elsewhere"}, set()):
        assert finder.matching(frozenset(names)) is None


def test_params_are_left_alone(load: Load) -> None:
    """A param that platforms happen to share is no reason to choose them by it."""
    found = CriteriaFinder(load("")).matching(frozenset({"rock", "rock-plus"}))
    assert found is not None
    assert "class" not in found
