# SPDX-License-Identifier: LGPL-2.1-or-later
"""A change is merged into the node as it is: nothing else of it is lost."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.kernelci import Api, ErrorCode, RefusedError, UnreachableError, not_submitted
from tests.kernelci.double import Double, Fault
from tests.kernelci.double.nodes import TRANSITIONS
from tests.kernelci.nodes import REVISION, add

URL = "https://files.example/"


def test_what_is_not_named_stays(double: Double, api: Api) -> None:
    """Data, artifacts and everything else that a change does not name are as they were."""
    data = {"kernel_revision": REVISION, "x": {"a": 1}}
    before = add(double, data=data, artifacts={"log": URL})
    change = {"data": {"job_id": "7", "x": {"b": 2}}, "artifacts": {"job_definition": URL + "d"}}
    after = api.update_node(before["id"], change)
    merged = {"kernel_revision": REVISION, "x": {"a": 1, "b": 2}, "job_id": "7"}
    assert after["data"] == merged
    assert after["artifacts"] == {"log": URL, "job_definition": URL + "d"}
    same = set(before) - {"data", "artifacts", "created", "updated", "timeout"}
    assert {key: after[key] for key in same} == {key: before[key] for key in same}


def test_what_others_wrote_meanwhile_stays(double: Double, api: Api) -> None:
    """The node as it is now counts, not as it was when it was created."""
    node = add(double)["id"]
    api.update_node(node, {"data": {"theirs": 1}, "state": "available"})
    after = api.update_node(node, {"data": {"ours": 2}})
    assert (after["data"]["theirs"], after["data"]["ours"]) == (1, 2)
    assert after["state"] == "available"


keys = st.sampled_from("abc")
trees = st.recursive(
    st.none() | st.integers(0, 3) | st.text("xy", max_size=2),
    lambda below: st.dictionaries(keys, below, max_size=3) | st.lists(below, max_size=2),
    max_leaves=6,
)


def value_at(tree: Any, path: tuple[str, ...]) -> Any:
    """Return what a nested dictionary has at a path."""
    for key in path:
        tree = tree[key]
    return tree


def leaves(tree: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Return everything in nested dictionaries that is none itself, by its path."""
    if not isinstance(tree, dict) or not tree:
        return {path: tree}
    return {p: v for key, item in tree.items() for p, v in leaves(item, (*path, key)).items()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.dictionaries(keys, trees, max_size=3), st.dictionaries(keys, trees, max_size=3))
def test_merging_keeps_and_sets(double: Double, api: Api, before: Any, change: Any) -> None:
    """Each value of a change is in the node afterwards, and each other value is still there."""
    node = add(double, kind="job", data=before)["id"]
    after = api.update_node(node, {"data": change})["data"]
    told = leaves(change)
    for path, value in told.items():
        assert value == {} or value_at(after, path) == value
    for path, value in leaves(before).items():
        if not any(path[: len(p)] == p or p[: len(path)] == path for p in told):
            assert value_at(after, path) == value


@pytest.mark.parametrize("before", TRANSITIONS)
@pytest.mark.parametrize("after", TRANSITIONS)
def test_states_go_one_way(double: Double, api: Api, before: str, after: str) -> None:
    """A node goes where the API lets it go; anything else is refused without asking."""
    node = add(double, state=before)["id"]
    if after == before or after in TRANSITIONS[before]:
        assert api.update_node(node, {"state": after})["state"] == after
        return
    with pytest.raises(RefusedError, match=f"it is {before} and cannot become {after}"):
        api.update_node(node, {"state": after})
    assert double.count("PATCH", "") == 0


def test_the_result_of_a_node_that_is_done(double: Double, api: Api) -> None:
    """It may still be changed."""
    node = add(double, state="done", result="fail")["id"]
    assert api.update_node(node, {"result": "pass"})["result"] == "pass"


def test_nothing_to_change_is_not_sent(double: Double, api: Api) -> None:
    """A change that the node has already costs a look, tells nobody, and is the node."""
    node = add(double)["id"]
    told = len(double.state.events)
    assert api.update_node(node, {"state": "running", "data": {}})["id"] == node
    assert double.count("PATCH", "") == 0
    assert len(double.state.events) == told


def test_nobody_is_told(double: Double, api: Api) -> None:
    """A change may be made without an event; otherwise there is one."""
    node = add(double)["id"]
    api.update_node(node, {"data": {"job_id": "7"}}, event=False)
    assert len(double.state.events) == 1
    api.update_node(node, {"data": {"job_id": "8"}})
    assert len(double.state.events) == 2


@pytest.mark.parametrize("kind", ["cut", "lost", "error", "late error"])
def test_a_reply_that_is_lost(double: Double, api: Api, kind: Any) -> None:
    """The node is looked at again, and changed again only if it was not."""
    node = add(double)["id"]
    double.faults.append(Fault(kind, "PATCH"))
    assert api.update_node(node, {"data": {"job_id": "7"}})["data"]["job_id"] == "7"
    arrived = kind in ("lost", "late error")
    assert double.count("PATCH", "") == (1 if arrived else 2)


def test_an_api_that_stays_away(double: Double, api: Api) -> None:
    """It is given up after two attempts, and said so."""
    node = add(double)["id"]
    double.faults += [Fault("cut", "PATCH")]
    double.faults += [Fault("cut", "GET")] * 4
    with pytest.raises(UnreachableError):
        api.update_node(node, {"data": {"job_id": "7"}})


def test_no_such_node(double: Double, api: Api) -> None:
    """A node that is not there is an error, though the API answers with null."""
    with pytest.raises(RefusedError, match="there is no such node"):
        api.update_node("0" * 24, {"state": "done"})


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (ErrorCode.INVALID_JOB_PARAMS, "incomplete"),
        (ErrorCode.JOB_GENERATION_ERROR, "fail"),
        (ErrorCode.SUBMIT_ERROR, "incomplete"),
    ],
)
def test_a_job_that_was_never_submitted(
    double: Double, api: Api, code: ErrorCode, result: str
) -> None:
    """Its node is done with a result and a reason, and keeps everything else."""
    node = add(double)["id"]
    after = api.update_node(node, not_submitted(code, "no definition: 'x'"))
    assert (after["state"], after["result"]) == ("done", result)
    assert after["data"]["error_code"] == code.value
    assert after["data"]["error_msg"] == "no definition: 'x'"
    assert after["data"]["kernel_revision"] == REVISION
