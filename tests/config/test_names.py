# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names of nothing: sections that are misspelled, quotas that count what is not there."""

from collections.abc import Callable

import pytest

from models import Catalog

Load = Callable[..., Catalog]
Check = Callable[..., list[tuple[int, str, str]]]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("schedular", "scheduler"), ("runtime", "runtimes"), ("planer", "planner"), ("job", "jobs")],
)
def test_a_section_that_is_nearly_one_of_those_that_are_read(
    load: Load, check: Check, wrong: str, right: str
) -> None:
    """It says which one was probably meant, at its own line."""
    text = f"trees: {{}}\n{wrong}: {{}}\n"
    assert check(text) == [(2, "unknown_section", wrong)]
    (defect,) = load(text).defects
    assert f"did you mean {right!r}?" in defect.text


@pytest.mark.parametrize(
    "section", ["build_environments", "build_variants", "_anchors", "test_plans", "labs", "x"]
)
def test_other_sections_are_other_peoples(check: Check, section: str) -> None:
    """KernelCI's own sections that we do not need, anchors, and whatever else there is."""
    assert check(f"{section}: {{}}\n") == []


def test_a_misspelled_section_degrades_nothing(load: Load) -> None:
    """It is told by a check and no more: the name may be somebody else's after all."""
    assert load("schedular: []\n").malformed == ()


def test_quotas_of_jobs_and_trees_that_are_not_there(load: Load, check: Check) -> None:
    """Such a quota limits nothing; the job or tree that was probably meant is named."""
    text = """
        trees: {mainline: {}}
        build_configs: {next_master: {tree: next, branch: master}}
        planner:
          contracts:
            lab-a:
              quotas:
                tree: {mainline: 2, next: 1, mainlin: 1}
                job: {boot: 1, boots: 2}
        """
    assert check(text) == [(7, "unknown_tree", "mainlin"), (8, "unknown_job", "boots")]
    texts = [defect.text for defect in load(text).defects]
    assert [text.rpartition("; ")[2] for text in texts] == [
        "did you mean 'boot'?",
        "did you mean 'mainline'?",
    ]


def test_pins_to_nowhere(check: Check) -> None:
    """A pin to a runtime or a platform that is not defined would keep its runs waiting for ever."""
    text = """
        planner:
          pins:
            - {request: 4be02f7, runtime: lab-a, platform: rock}
            - {request: 4be02f7, runtime: lab-x}
            - {request: 4be02f7, platform: rok, run: 1}
        """
    assert check(text) == [(4, "unknown_runtime", "lab-x"), (5, "unknown_platform", "rok")]


def test_trees_that_the_site_does_not_list(check: Check) -> None:
    """Where no tree is listed at all, any may come with an event."""
    assert check("planner: {contracts: {lab-a: {quotas: {tree: {android: 0}}}}}\n") == []


def test_a_job_that_is_lost_is_told_once(check: Check) -> None:
    """A quota of a job that cannot be read is no second defect."""
    text = """
        jobs: {odd: {kind: 7}}
        planner: {contracts: {lab-a: {quotas: {job: {odd: 1}}}}}
        """
    assert {code for _, code, _ in check(text)}.isdisjoint({"unknown_job"})
