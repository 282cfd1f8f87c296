# SPDX-License-Identifier: LGPL-2.1-or-later
"""Workloads, policies and lists, before anything is simulated."""

from pathlib import Path

import pytest

from models import Catalog, PlannerError
from planner.demand.wishes import wishes_of
from planner.simulate import WORKLOADS, approaches, find_workload, load_approach, workloads
from planner.simulate.approach import Loop
from planner.simulate.checkouts import draw_checkouts, version_of, with_branches
from planner.simulate.lists import as_lists, origin


@pytest.mark.parametrize("name", [workload.name for workload in WORKLOADS])
def test_a_workload_is_the_same_for_the_same_seed(site: Catalog, name: str) -> None:
    """Another seed gives another one."""
    draw = find_workload(name).draw
    assert draw(site, 1, 0.2) == draw(site, 1, 0.2)
    assert draw(site, 1, 0.2).checkouts != draw(site, 2, 0.2).checkouts


def test_each_file_is_a_workload() -> None:
    """Who adds a file has added a workload, under the file's name."""
    folder = Path(workloads.__file__).parent
    files = {file.stem.replace("_", "-") for file in folder.glob("[a-z]*.py")}
    assert {workload.name for workload in WORKLOADS} == files


def test_times_multiplies_checkouts_and_boards(site: Catalog) -> None:
    """A site four times as large has four times as much to do."""
    one, four = (find_workload("day").draw(site, 1, times) for times in (1.0, 4.0))
    assert len(four.checkouts) == 4 * len(one.checkouts)
    devices = one.fleet.labs["lava-north"].devices
    assert four.fleet.labs["lava-north"].devices == {k: 4 * n for k, n in devices.items()}


def test_checkouts_come_in_their_order_within_the_hours(site: Catalog) -> None:
    """Each of a branch that the site tests."""
    checkouts = draw_checkouts(site, 5, 50, 24.0)
    times = [checkout.at for checkout in checkouts]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= 24 * 3600
    assert {c.config.name for c in checkouts} <= set(site.build_configs)
    assert len({c.id for c in checkouts}) == 50


def test_more_branches_are_copies_of_those_that_there_are(site: Catalog) -> None:
    """A site with enough branches stays as it is."""
    assert len(with_branches(site, 10).build_configs) == 10
    assert with_branches(site, 2).build_configs == site.build_configs


def test_a_site_without_branches_is_an_error(site: Catalog) -> None:
    """The text says what is missing."""
    bare = site.model_copy(update={"build_configs": {}})
    with pytest.raises(PlannerError, match="build_configs"):
        find_workload("day").draw(bare, 1, 1.0)


@pytest.mark.parametrize(
    ("branch", "version"), [("linux-6.12.y", (6, 12)), ("master", (6, 16)), ("v5.4-rc", (5, 4))]
)
def test_a_branch_tells_its_version(branch: str, version: tuple[int, int]) -> None:
    """Or else it is the newest."""
    assert version_of(branch) == version


def test_lists_pin_each_run_and_want_as_many(site: Catalog) -> None:
    """Every wish has one lab and one platform, and each entry has as many as it had runs."""
    scenario = find_workload("day").draw(site, 1, 1.0)
    listed = as_lists(scenario)
    wanted: dict[str, int] = {}
    for entry in listed.entries:
        for wish in wishes_of(entry, listed):
            assert len(wish.targets) <= 1
            wanted[origin(entry.id)] = wanted.get(origin(entry.id), 0) + wish.runs.number
    assert wanted == {
        entry.id: sum(wish.runs.number for wish in wishes_of(entry, site)) for entry in site.entries
    }


def test_lists_spread_runs_that_are_to_differ(site: Catalog) -> None:
    """Where the entry wants other device types, the curator lists others."""
    listed = as_lists(find_workload("day").draw(site, 1, 1.0))
    for entry in site.entries:
        if entry.runs is None or "device_type" not in entry.runs.variant:
            continue
        made = [e for e in listed.entries if origin(e.id) == entry.id]
        types = [wishes_of(e, listed)[0].targets[0].place.device_type for e in made if e.platforms]
        choices = {t.place.device_type for w in wishes_of(entry, site) for t in w.targets}
        assert len(set(types)) == min(len(types), len(choices))


@pytest.mark.parametrize("name", list(approaches()))
def test_each_policy_that_ships_can_be_read(site: Catalog, name: str) -> None:
    """And names a planner's policy that there is."""
    approach = load_approach(name)
    assert approach.summary
    assert approach.planner_policy(site).tiers


def test_today_has_no_backlog_and_goes_event_by_event() -> None:
    """As KernelCI's scheduler does."""
    today = load_approach("today")
    assert (today.loop, today.backlog, today.solver) == (Loop.EVENT, False, "today")


def test_a_bad_policy_file_is_named_with_its_line(tmp_path: Path) -> None:
    """So that it can be mended."""
    file = tmp_path / "mine.yaml"
    file.write_text("summary: mine\nbacklogg: false\n")
    with pytest.raises(PlannerError, match=r"mine\.yaml:2: .*unknown key 'backlogg'"):
        load_approach(str(file))


def test_names_that_there_are_not_are_errors_that_list_those_that_there_are() -> None:
    """Of workloads and of policies."""
    with pytest.raises(PlannerError, match="rc1-burst"):
        find_workload("nonsense")
    with pytest.raises(PlannerError, match="every-revision"):
        load_approach("nonsense")
