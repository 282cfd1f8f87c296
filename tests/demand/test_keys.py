# SPDX-License-Identifier: LGPL-2.1-or-later
"""What identifies a request for good, and which wishes are one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from models import Demand
from tests.demand.conftest import Site
from tests.demand.site import (
    BUILD,
    CHECKOUT,
    SECTIONS,
    Json,
    demand,
    entry,
    event,
    node,
    only,
    places,
    retry,
)

TWO: Json = {"runs": {"number": 2}, "platforms": None, "runtime": {"type": "lava"}}


def made(site: Site, *entries: Json) -> Demand:
    """Return what entries make of one event."""
    return demand(site(scheduler=list(entries)), event())


@pytest.mark.parametrize(
    "same",
    [
        entry(),
        entry(event={"channel": "node", "name": "kbuild"}),
        entry(rules={"tree": ["mainline"]}),
        entry(platforms=["rock", "rock"]),
        entry(runtime={"name": "lab", "type": "lava"}),
        entry(runtime={"names": ["lab"]}),
        entry(criteria={"arch": "arm64"}),
    ],
)
def test_the_same_place_is_asked_for_once(site: Site, same: Json) -> None:
    """However a second entry comes to a job on a place, it wants nothing new."""
    twice = made(site, entry(), same)
    assert places(twice) == ["boot@lab/rock"]
    assert only(twice).key == only(made(site, entry())).key
    assert twice.merged >= 1


def test_criteria_that_narrow_platforms_pin_a_place(site: Site) -> None:
    """Whatever the criteria, a platform that is listed and remains is the same place."""
    by_arch, by_name = entry(criteria={"arch": "arm64"}), entry(criteria={"name": "rock"})
    twice = made(site, by_arch, by_name, entry())
    assert places(twice) == ["boot@lab/rock"]
    assert len(twice.requests) == 1


def test_an_entry_without_platforms_pins_its_lab_type(site: Site) -> None:
    """No platforms, and the lab's type as the only platform, ask for the same place."""
    asked = {"job": "build", "runtime": {"name": "cloud"}}
    one, other = entry(**asked, platforms=None), entry(**asked, platforms=["kubernetes"])
    twice = made(site, one, other)
    assert places(twice) == ["build@cloud/kubernetes"]
    assert len(twice.requests) == 1


@pytest.mark.parametrize(
    "first",
    [
        entry(rules={"tree": ["nowhere"]}),
        entry(event={"channel": "node", "name": "kbuild"}, rules={"arch": ["riscv"]}),
    ],
)
def test_a_wish_that_was_refused_hides_no_other(site: Site, first: Json) -> None:
    """Of two entries that ask for the same place, it is enough that one may have it."""
    for entries in ([first, entry()], [entry(), first]):
        assert places(made(site, *entries)) == ["boot@lab/rock"]


def test_the_same_event_content_asked_twice(site: Site) -> None:
    """Another event about the same node wants nothing new, though it says something else."""
    twice = demand(site(), event(), event(result="pass"))
    assert (len(twice.requests), twice.merged) == (1, 1)


def test_a_later_event_may_allow_what_an_earlier_did_not(site: Site) -> None:
    """The first event filters the job out, the second does not: it is asked for."""
    twice = demand(site(), event(jobfilter=["other"]), event())
    assert places(twice) == ["boot@lab/rock"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(entry(), entry(platforms=["pi"]), id="another platform"),
        pytest.param(entry(), entry(job="build"), id="another job"),
        pytest.param(entry(), entry(runtime={"name": "cloud"}), id="another runtime"),
        pytest.param(
            entry(runtime={"type": "lava"}),
            entry(runtime={"type": "kubernetes"}),
            id="another type",
        ),
        pytest.param(entry(**TWO), entry(**TWO | {"runs": {"number": 3}}), id="another number"),
        pytest.param(
            entry(**TWO),
            entry(**TWO | {"runs": {"number": 2, "variant": "platform"}}),
            id="another variant",
        ),
        pytest.param(
            entry(**TWO | {"criteria": {"arch": "arm64"}}),
            entry(**TWO | {"criteria": {"arch": "!arm64"}}),
            id="other criteria",
        ),
        pytest.param(entry(), entry(**TWO), id="pinned and open"),
    ],
)
def test_different_wishes_are_different_requests(site: Site, one: Json, other: Json) -> None:
    """What differs in job, place, number, variant or criteria is not merged, in either order."""
    for entries in ([one, other], [other, one]):
        both = made(site, *entries)
        assert (len({request.key for request in both.requests}), both.merged) == (2, 0)


def test_the_same_open_wish_twice(site: Site) -> None:
    """Two entries that ask for the same runs, for different events, are one wish."""
    again = entry(**TWO, event={"channel": "node", "name": "kbuild"})
    twice = made(site, entry(**TWO), again)
    assert (len(twice.requests), twice.merged) == (1, 1)


def test_keys_differ_by_parent_and_retry(site: Site) -> None:
    """Each parent node and each retry has requests of its own."""
    other = node("kbuild", CHECKOUT, id="other")
    events = (event(), event(other), retry(), retry(other), retry(counter=2))
    found = demand(site(), *events, nodes=(CHECKOUT, BUILD, other))
    assert len({request.key for request in found.requests}) == len(events)


def test_the_runs_of_a_request(site: Site) -> None:
    """Each run has a key of its own that begins with its request's."""
    request = only(made(site, entry(**TWO)))
    keys = [request.run(index) for index in range(request.runs.number)]
    assert len(set(keys)) == 2
    assert all(key.startswith(request.key) for key in keys)


ASKED = [
    entry(),
    entry(platforms=["pi"]),
    entry(**TWO),
    entry(job="build", runtime={"name": "cloud"}, platforms=None),
]


def keys(site: Site, scheduler: list[Json], **sections: Any) -> dict[str, str]:
    """Return the key of each request for job boot, by what it asks for."""
    found = demand(site(scheduler=scheduler, **sections), event())
    return {
        f"{request.runs.number} on {request.candidates}": request.key
        for request in found.requests
        if request.job == "boot"
    }


def test_the_key_outlives_a_change_of_the_configuration(site: Site) -> None:
    """Entries of other jobs, the order of entries, and other sections leave the keys alone."""
    usual = keys(site, ASKED)
    assert len(usual) == 3
    other = entry(job="build", runtime={"name": "cloud"}, platforms=None, runs={"number": 3})
    assert keys(site, [other, *ASKED, other]) == usual
    assert keys(site, [ASKED[3], *ASKED[:3]]) == usual
    assert keys(site, [ASKED[2], ASKED[1], ASKED[0]]) == usual
    more = {"runtimes": {"a": {"lab_type": "docker"}} | SECTIONS["runtimes"]}
    assert keys(site, ASKED, **more) == usual


def test_the_key_is_the_same_in_another_process(site: Site, tmp_path: Path) -> None:
    """Neither memory nor the seed of hashes has a part in it."""
    expected = [request.key for request in made(site, *ASKED).requests]
    events, nodes = tmp_path / "events.jsonl", tmp_path / "nodes.jsonl"
    events.write_text(json.dumps(event()))
    nodes.write_text("\n".join(map(json.dumps, (CHECKOUT, BUILD))))
    code = (
        "import sys; from planner import expand, load_catalog, read_events, read_nodes\n"
        "site, events, nodes = sys.argv[1:]\n"
        "made = expand(load_catalog(site), read_events(events), nodes=read_nodes(nodes))\n"
        "print(*(request.key for request in made.requests))"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "site.yaml"), str(events), str(nodes)],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == expected


def test_runs_that_failed_on_two_platforms_are_retried_apart(site: Site) -> None:
    """A retry of an entry with several runs asks for the one that failed, where it failed."""
    asked = entry(runs={"number": 2, "variant": "platform", "mode": "strict"}, platforms=None)
    asked["criteria"] = {"arch": "arm64"}
    both = [retry(jobfilter=["boot"], platform_filter=[name]) for name in ("rock", "pi")]
    again = demand(site(scheduler=[asked]), *both)
    assert sorted(places(again)) == ["boot@lab/pi", "boot@lab/rock"]
    assert [request.runs.number for request in again.requests] == [1, 1]
    assert [request.error for request in again.requests] == [None, None]
    assert len({request.key for request in again.requests}) == 2
