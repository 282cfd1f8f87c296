# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rules: what trees and branches, versions and any other values are held to."""

from typing import Any

import pytest

from tests.demand.conftest import Site
from tests.demand.site import REVISION, Json, allowed


def on(site: Site, place: str, **rules: list[str]) -> bool:
    """Tell whether rules take a build of that tree and branch, which are written with a colon."""
    tree, branch = place.split(":")
    return allowed(site, rules, kernel_revision=REVISION | {"tree": tree, "branch": branch})


@pytest.mark.parametrize("rules", [None, {}, {"arch": []}, {"tree": []}, {"branch": []}])
def test_no_rule_passes(site: Site, rules: Any) -> None:
    """Rules that say nothing forbid nothing."""
    assert allowed(site, rules, arch="arm64")


# Tree and branch


@pytest.mark.parametrize(
    ("tree", "takes", "refuses"),
    [
        pytest.param(["a"], ["a:m", "a:n"], ["b:m"], id="one tree"),
        pytest.param(["a", "b"], ["a:m", "b:n"], ["c:m"], id="several trees"),
        pytest.param(["!a"], ["b:m", "c:n"], ["a:m", "a:n"], id="any but one"),
        pytest.param(["!a", "!b"], ["c:m"], ["a:m", "b:m"], id="any but two"),
        pytest.param(["a", "!a"], [], ["a:m", "b:m"], id="allowed and denied is denied"),
        pytest.param(["a", "!b"], ["a:m"], ["b:m", "c:m"], id="one, and not another"),
        pytest.param(["a:m"], ["a:m"], ["a:n", "b:m", "b:n"], id="one combination"),
        pytest.param(["a:m", "b:n"], ["a:m", "b:n"], ["a:n", "b:m"], id="two combinations"),
        pytest.param(["!a:m"], ["a:n", "b:m", "b:n"], ["a:m"], id="any but one combination"),
        pytest.param(["a", "!a:m"], ["a:n"], ["a:m", "b:m"], id="a tree without one branch"),
        pytest.param(["a", "b:m"], ["a:m", "a:n", "b:m"], ["b:n", "c:m"], id="tree or combination"),
        pytest.param(["!a", "a:m"], ["a:m"], ["a:n", "b:m"], id="a denied tree but one branch"),
        pytest.param(["a:m", "!a:m"], ["a:m"], ["a:n"], id="an allowed combination goes first"),
        pytest.param(["!a:m", "!b"], ["a:n", "c:m"], ["a:m", "b:m"], id="denials of both kinds"),
    ],
)
def test_tree(site: Site, tree: list[str], takes: list[str], refuses: list[str]) -> None:
    """Trees, combinations of tree and branch, and their denials."""
    assert all(on(site, case, tree=tree) for case in takes)
    assert not any(on(site, case, tree=tree) for case in refuses)


@pytest.mark.parametrize(
    ("branch", "takes", "refuses"),
    [
        pytest.param(["m"], ["a:m", "b:m"], ["a:n"], id="one branch"),
        pytest.param(["!m"], ["a:n", "b:n"], ["a:m", "b:m"], id="any but one"),
        pytest.param(["a:m"], ["a:m"], ["b:m", "a:n"], id="one combination"),
        pytest.param(["!a:m"], ["b:m", "a:n"], ["a:m"], id="any but one combination"),
        pytest.param(["n", "a:m"], ["a:m", "a:n", "b:n"], ["b:m"], id="branch or combination"),
        pytest.param(["n", "!a:n"], ["b:n"], ["a:n", "a:m", "b:m"], id="but not in one tree"),
    ],
)
def test_branch(site: Site, branch: list[str], takes: list[str], refuses: list[str]) -> None:
    """The same for branches."""
    assert all(on(site, case, branch=branch) for case in takes)
    assert not any(on(site, case, branch=branch) for case in refuses)


@pytest.mark.parametrize(
    ("tree", "branch", "takes", "refuses"),
    [
        pytest.param(["a"], ["m"], ["a:m"], ["a:n", "b:m"], id="both have to hold"),
        pytest.param(
            ["a:m", "b"],
            ["n"],
            ["a:m", "b:n"],
            ["a:n", "b:m"],
            id="a combination of `tree` is asked no branch",
        ),
        pytest.param(["a:m"], ["!m"], ["a:m"], ["b:m"], id="not even a denied branch"),
        pytest.param(["a"], ["b:m", "!n"], [], ["b:m", "a:m", "a:n"], id="tree is asked before"),
        pytest.param(["!a:m"], ["a:m"], [], ["a:m", "b:n"], id="a denial of `tree` goes first"),
        pytest.param(["!b"], ["!a:m"], ["a:n", "c:m"], ["a:m", "b:m"], id="denials of both"),
    ],
)
def test_tree_and_branch(
    site: Site, tree: list[str], branch: list[str], takes: list[str], refuses: list[str]
) -> None:
    """`tree` is decided first; a combination that it allows skips `branch`."""
    for case in takes + refuses:
        answer = on(site, case, tree=tree, branch=branch)
        assert answer is (case in takes), case
        # The order in which a rule file lists the two does not matter.
        assert on(site, case, branch=branch, tree=tree) is answer


def test_an_accepted_combination_skips_nothing_but_tree_and_branch(site: Site) -> None:
    """Other rules are asked all the same."""
    rules = {"tree": ["mainline:master"], "arch": ["arm64"], "compiler": ["!gcc-14"]}
    assert allowed(site, rules, arch="arm64", compiler="clang-21")
    assert not allowed(site, rules, arch="arm", compiler="clang-21")
    assert not allowed(site, rules, arch="arm64", compiler="gcc-14")


def test_a_branch_name_with_slashes(site: Site) -> None:
    """Names are compared whole, never in part."""
    assert on(site, "a:for-next/core", branch=["for-next/core"])
    assert on(site, "a:for-next/core", tree=["a:for-next/core"])
    assert not on(site, "a:for-next/core", branch=["for-next"])
    assert not on(site, "ab:m", tree=["a"])


# Versions


@pytest.mark.parametrize(
    ("rules", "takes", "refuses"),
    [
        ({"min_version": (6, 6)}, [(6, 6), (6, 7), (7, 0)], [(6, 5), (5, 19), (5, 6)]),
        ({"max_version": (6, 6)}, [(6, 6), (6, 5), (5, 19)], [(6, 7), (7, 0), (7, 6)]),
        (
            {"min_version": (5, 10), "max_version": (6, 6)},
            [(5, 10), (5, 15), (6, 0), (6, 6)],
            [(5, 9), (6, 7), (4, 19)],
        ),
        ({"min_version": (6, 6), "max_version": (6, 6)}, [(6, 6)], [(6, 5), (6, 7)]),
    ],
)
def test_versions(site: Site, rules: Json, takes: Any, refuses: Any) -> None:
    """Versions compare as (version, patchlevel), both ends included, whatever else they have."""
    shaped = {
        key: dict(zip(("version", "patchlevel"), value, strict=True))
        for key, value in rules.items()
    }
    for version, patchlevel in [*takes, *refuses]:
        now = {"version": version, "patchlevel": patchlevel, "sublevel": 99, "extra": "-rc9"}
        answer = allowed(site, shaped, kernel_revision=REVISION | {"version": now})
        assert answer is ((version, patchlevel) in takes), (version, patchlevel)


# Other keys


@pytest.mark.parametrize(
    ("rule", "takes", "refuses"),
    [
        (["x"], ["x", ["x"], ["x", "y"]], ["y", None, [], ["y"]]),
        (["x", "y"], ["x", "y", ["y", "z"]], ["z", None, [], ["z"]]),
        (["!x"], ["y", None, [], ["y"]], ["x", ["x"], ["y", "x"]]),
        (["!x", "!y"], ["z", None, [], ["z"]], ["x", "y", ["z", "y"]]),
        (["x", "!y"], ["x", ["x"], ["x", "z"]], ["y", "z", None, [], ["z"], ["x", "y"]]),
    ],
)
def test_any_other_key(site: Site, rule: list[str], takes: list[Any], refuses: list[Any]) -> None:
    """One value, a list of values, an empty list and null, against what is allowed and denied."""
    for value in takes + refuses:
        assert allowed(site, {"flavour": rule}, flavour=value) is (value in takes), value


def test_a_missing_key(site: Site) -> None:
    """What is nowhere passes only a rule that asks for nothing in particular."""
    assert allowed(site, {"flavour": ["!x"]})
    assert not allowed(site, {"flavour": ["x"]})
    assert not allowed(site, {"flavour": ["x", "!y"]})


def test_all_rules_have_to_hold(site: Site) -> None:
    """One rule that fails is enough."""
    rules = {"arch": ["arm64"], "flavour": ["x"]}
    assert allowed(site, rules, arch="arm64", flavour="x")
    assert not allowed(site, rules, arch="arm64", flavour="y")
    assert not allowed(site, rules, arch="arm", flavour="x")
