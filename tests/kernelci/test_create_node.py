# SPDX-License-Identifier: LGPL-2.1-or-later
"""A node is created once, whatever becomes of the reply, and is what KernelCI makes of a run."""

import json
from pathlib import Path
from typing import Any

import pytest

from planner.kernelci import Api, RefusedError, UnsureError, new_node
from tests.kernelci.double import Double, Fault
from tests.kernelci.nodes import REVISION, add, order

Json = dict[str, Any]


def runs_of(double: Double, run: str) -> list[Json]:
    """Return the nodes that were created for a run."""
    nodes = double.state.nodes.values()
    return [n for n in nodes if n["data"].get("planner", {}).get("run") == run]


def test_a_node_is_created_and_found_again(double: Double, api: Api) -> None:
    """The reply is the node; it is found by its parent and run, and nothing else is."""
    parent = add(double)
    made = api.create_node(new_node(order(parent), "value 50"))
    assert made["data"]["planner"] == {"run": "3f9c-0", "plan": "plan-7", "reason": "value 50"}
    found = api.find_run(parent["id"], "3f9c-0")
    assert found is not None
    assert found["id"] == made["id"]
    assert api.find_run(parent["id"], "3f9c-1") is None
    assert api.find_run("0" * 24, "3f9c-0") is None


@pytest.mark.parametrize("kind", ["lost", "late error"])
def test_a_node_whose_reply_is_lost_is_found(double: Double, api: Api, kind: Any) -> None:
    """Where the node was created and the reply never came, it is not created again."""
    payload = new_node(order(add(double)), "value 50")
    double.faults.append(Fault(kind, "POST", "/node"))
    made = api.create_node(payload)
    assert [node["id"] for node in runs_of(double, "3f9c-0")] == [made["id"]]
    assert double.count("POST", "/node") == 1


@pytest.mark.parametrize("kind", ["cut", "error"])
def test_a_node_that_is_not_there_yet(double: Double, api: Api, kind: Any) -> None:
    """Where nobody can tell, nothing is sent again; having looked, the caller may."""
    parent = add(double)
    payload = new_node(order(parent), "value 50")
    double.faults.append(Fault(kind, "POST", "/node"))
    with pytest.raises(UnsureError, match=r"run 3f9c-0: .*no node is there yet"):
        api.create_node(payload)
    assert double.count("POST", "/node") == 1
    assert api.find_run(parent["id"], "3f9c-0") is None
    api.create_node(payload)
    assert len(runs_of(double, "3f9c-0")) == 1


def test_an_api_that_goes_away_in_between(double: Double, api: Api) -> None:
    """Where even looking fails, nobody can tell; later the node is found."""
    parent = add(double)
    double.faults += [Fault("lost", "POST"), *[Fault("cut", "GET")] * 2]
    with pytest.raises(UnsureError, match="then: "):
        api.create_node(new_node(order(parent), "value 50"))
    assert api.find_run(parent["id"], "3f9c-0") is not None


def test_a_refused_node_is_not_looked_for(double: Double, api: Api) -> None:
    """A no of the API is certain: there is no node, and no more questions."""
    gone = add(double) | {"id": "0" * 24}
    with pytest.raises(RefusedError, match="Parent not found"):
        api.create_node(new_node(order(gone), "value 50"))
    assert double.count("GET", "") == 0


def test_of_two_nodes_the_older_counts(double: Double, api: Api) -> None:
    """Should a run have two nodes after all, everybody agrees on which it is."""
    parent = add(double)
    payload = new_node(order(parent), "value 50")
    first = api.create_node(payload)
    api.create_node(payload)
    assert (api.find_run(parent["id"], "3f9c-0") or {})["id"] == first["id"]


def test_the_server_fills_in_the_rest(double: Double, api: Api) -> None:
    """What we leave out has the API's defaults: it runs, and times out in six hours."""
    made = api.create_node(new_node(order(add(double)), "value 50"))
    assert (made["state"], made["result"], made["owner"]) == ("running", None, "admin")
    assert made["timeout"][:10] >= made["created"][:10]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("derived_create_job_node_baseline_payload", "job"),
        ("derived_create_job_node_kbuild_payload", "kbuild"),
    ],
)
def test_the_payload_is_that_of_kernelci(shared: Path, file: str, kind: str) -> None:
    """Our payloads have KernelCI's keys and values, and `data.planner`."""
    wanted = json.loads((shared / "kernelci" / "nodes" / f"{file}.json").read_text())
    parent = {
        "id": wanted["parent"],
        "path": wanted["path"][:-1],
        "treeid": wanted["treeid"],
        "submitter": wanted["submitter"],
        "jobfilter": None,
        "platform_filter": [],
        "data": wanted["data"],
    }
    place = {"runtime": wanted["data"]["runtime"], "platform": wanted["data"]["platform"]}
    got = new_node(order(parent, job=wanted["name"], kind=kind, **place), "value 50")
    assert got["data"].pop("planner") == {"run": "3f9c-0", "plan": "plan-7", "reason": "value 50"}
    assert got == wanted


def test_what_a_test_takes_over_from_its_build() -> None:
    """A test has what its build was made of, or null; a build of a checkout has none of it."""
    parent = {"id": "p", "data": {"kernel_revision": REVISION, "arch": "arm64"}}
    inherited = ("kernel_type", "arch", "defconfig", "config_full", "compiler")
    job = new_node(order(parent), "r")["data"]
    assert {key: job[key] for key in inherited} == dict.fromkeys(inherited) | {"arch": "arm64"}
    assert not set(inherited) & new_node(order(parent, kind="kbuild"), "r")["data"].keys()


def test_filters_and_retries() -> None:
    """Filters of the event count before those of the parent, and a retry keeps its number."""
    parent = {"id": "p", "data": {"kernel_revision": REVISION}, "jobfilter": ["a"]}
    again = new_node(order(parent, retry=2), "r", jobfilter=["boot"], platform_filter=["rock"])
    assert (again["jobfilter"], again["platform_filter"]) == (["boot"], ["rock"])
    assert again["retry_counter"] == 2
    plain = new_node(order(parent), "r")
    assert plain["jobfilter"] == ["a"]
    assert "platform_filter" not in plain


def test_braces_are_no_placeholders(double: Double, api: Api) -> None:
    """A commit message arrives as it is, whatever is in it."""
    made = api.create_node(new_node(order(add(double)), "value 50"))
    message = made["data"]["kernel_revision"]["commit_message"]
    assert message == "x86: fix {braces} and {name}"
