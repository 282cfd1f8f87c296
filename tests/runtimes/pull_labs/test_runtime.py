# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pull labs: what is offered is offered once, and its node says what came of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from models import (
    CapacitySettings,
    Dispatch,
    Job,
    LabType,
    Node,
    PlannerError,
    PlannerSettings,
    Platform,
    PullSettings,
    RunState,
    Runtime,
    Sent,
    Where,
)
from planner.config import load_catalog
from planner.kernelci import Api
from planner.kernelci.connection import RETRY
from planner.runtimes import NotSentError
from planner.runtimes.definition import Definitions
from planner.runtimes.pull_labs import PullLabsRuntime, definition_of, store_of
from planner.runtimes.tokens import Tokens
from tests.kernelci.double import ADMIN, Double, Fault
from tests.kernelci.nodes import add, order

HERE = Where(file="site.yaml", line=1)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEASE = 3600
URL = "https://files.example/pull"


class Site:
    """A pull lab, its API, and the nodes of two runs."""

    def __init__(self, folder: Path, double: Double, lab_type: LabType = LabType.PULL_LABS) -> None:
        self.folder, self.double = folder, double
        self.api = Api(double.url, SecretStr(ADMIN), retry=RETRY.new(total=0))
        (folder / "boot.jinja2").write_text("job: {{ name }}\nnode: {{ node.id }}\n")
        settings = PlannerSettings(
            templates=(str(folder),),
            capacity={"pull": CapacitySettings(slots=5)},
            pull_labs=PullSettings(directory=str(folder / "out"), url=f"{URL}/", lease=LEASE),
        )
        catalog = load_catalog().model_copy(update={"planner": settings})
        runtime = Runtime(name="pull", lab_type=lab_type, where=HERE)
        self.now = NOW
        definitions = Definitions(runtime, catalog, {})
        store = store_of(runtime, catalog, Tokens())
        assert store is not None
        render = definition_of(definitions, runtime)
        self.lab = PullLabsRuntime(runtime, catalog, render, store, clock=lambda: self.now)
        self.lab.connect(self.api)
        self.parent = add(double)
        self.work = [self.dispatch(f"3f9c-{index}") for index in range(2)]

    def dispatch(self, run: str) -> Dispatch:
        """Return a run on its way, with its node."""
        from planner.kernelci import new_node

        wanted = order(self.parent, run=run, runtime="pull")
        node = self.api.create_node(new_node(wanted, "here"))
        named = wanted.model_copy(update={"node_id": node["id"]})
        job = Job(name="boot", kind="job", template="boot.jinja2", where=HERE)
        platform = Platform(name="rock", where=HERE)
        return Dispatch(order=named, job=job, platform=platform, node=node)

    def offer(self, index: int = 0) -> Sent:
        """Offer a run."""
        work = self.work[index]
        node_id = self.lab.submit(work, self.lab.render(work))
        assert node_id == work.node["id"]
        return self.sent(index)

    def sent(self, index: int = 0) -> Sent:
        """Return a run as one that was offered now."""
        work = self.work[index]
        return Sent(
            run=work.order.run,
            runtime="pull",
            job_id=work.node["id"],
            node_id=work.node["id"],
            device_type="rock",
            submitted=NOW,
        )

    def node(self, index: int = 0) -> Node:
        """Return the node of a run as it is now."""
        return self.double.state.nodes[self.work[index].node["id"]]

    def ends(self, result: str, index: int = 0, **data: Any) -> None:
        """Have a lab do a run."""
        change = {"state": "done", "result": result, "data": data}
        self.api.update_node(self.work[index].node["id"], change)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Give a site whose runs have nodes and are not offered yet."""
    with Double() as double:
        yield Site(tmp_path, double)


def test_an_offer(site: Site) -> None:
    """The definition is where the node says, and the node is available."""
    site.offer()
    node = site.node()
    assert (node["state"], node["artifacts"]["job_definition"]) == (
        "available",
        f"{URL}/3f9c-0.yaml",
    )
    written = (site.folder / "out" / "3f9c-0.yaml").read_text()
    assert written == f"job: {site.work[0].node['name']}\nnode: {node['id']}"
    assert node["data"]["kernel_revision"] == site.parent["data"]["kernel_revision"]


def test_offering_again_changes_nothing(site: Site) -> None:
    """A second offer is the first one."""
    site.offer()
    before = dict(site.node())
    site.work[0] = site.work[0].model_copy(update={"node": before})
    site.offer()
    assert site.node() == before


def test_capacity_is_what_is_not_offered(site: Site) -> None:
    """What labs have not done yet counts as running."""
    site.offer()
    site.offer(1)
    site.ends("pass", 1)
    told = site.lab.snapshot(NOW, ())
    assert (told.slots, told.running) == (5, 1)


def test_found_once_it_is_offered(site: Site) -> None:
    """Before that, nothing is there to be found; afterwards it is, also when it is over."""
    named = site.work[0].order
    assert site.lab.find(named) is None
    site.offer()
    assert site.lab.find(named) == named.node_id
    site.ends("pass")
    assert site.lab.find(named) == named.node_id
    assert site.lab.find(named.model_copy(update={"node_id": None})) is None


@pytest.mark.parametrize("kind", ["lost", "late error"])
def test_a_reply_that_is_lost(site: Site, kind: Any) -> None:
    """The client asks anew what the node is like, and goes on from there."""
    site.double.faults.append(Fault(kind, "PATCH"))
    site.offer()
    assert site.node()["state"] == "available"


def test_outcomes_are_those_of_the_nodes(site: Site) -> None:
    """A run is offered until its node is done; an incomplete one is its lab's fault."""
    runs = [site.offer(index) for index in range(2)]
    assert {one.state for one in site.lab.observe(runs)} == {RunState.SUBMITTED}
    site.ends("pass")
    site.ends("incomplete", 1, error_msg="no board")
    first, second = site.lab.observe(runs)
    assert (first.state, first.result, first.infrastructure) == (RunState.FINISHED, "pass", False)
    assert first.ended is not None
    assert (second.result, second.infrastructure, second.detail) == ("incomplete", True, "no board")
    assert site.double.count("GET", "/nodes") == 2


def test_a_lease_that_is_over(site: Site) -> None:
    """What no lab did in time is taken back, and can be placed elsewhere."""
    run = site.offer()
    site.now = NOW + timedelta(seconds=LEASE)
    assert site.lab.observe([run])[0].state is RunState.SUBMITTED
    site.now += timedelta(seconds=1)
    (outcome,) = site.lab.observe([run])
    assert (outcome.state, outcome.infrastructure) == (RunState.FINISHED, True)
    node = site.node()
    assert (node["state"], node["result"]) == ("done", "incomplete")
    assert node["data"]["error_msg"] == "no lab did it within 3600 s"


def test_a_node_that_is_gone(site: Site) -> None:
    """A run whose node nobody knows any more has vanished."""
    run = site.offer()
    assert run.node_id is not None
    del site.double.state.nodes[run.node_id]
    assert site.lab.observe([run])[0].detail == "its node is gone"


def test_cancelled(site: Site) -> None:
    """A run that is taken back is over for everybody."""
    site.lab.cancel(site.offer())
    assert site.node()["result"] == "incomplete"


def test_without_an_api(site: Site) -> None:
    """Nothing is offered, and that is certain."""
    site.lab.connect(None)
    with pytest.raises(NotSentError, match="by a KernelCI API only"):
        site.offer()


def test_a_folder_that_cannot_be_written(site: Site) -> None:
    """Where no definition can be stored, nothing is offered."""
    (site.folder / "out").write_text("")
    with pytest.raises(NotSentError, match="cannot be stored"):
        site.offer()
    assert site.node()["state"] == "running"


def test_names_stay_names(site: Site) -> None:
    """What is no run id never becomes a path."""
    work = site.work[0]
    wicked = work.model_copy(
        update={"order": work.order.model_copy(update={"run": "../../etc/passwd"})}
    )
    with pytest.raises(PlannerError, match="is no run id"):
        site.lab.submit(wicked, "x")


def test_a_lava_lab_that_nobody_reaches(tmp_path: Path) -> None:
    """Its node goes on running and says where the job is; the lease ends with the lab's job id."""
    with Double() as double:
        site = Site(tmp_path, double, LabType.LAVA)
        assert site.lab.find(site.work[0].order) is None
        first, second = site.offer(), site.offer(1)
        node = site.node()
        assert (node["state"], "job_id" in node["data"]) == ("running", False)
        assert node["artifacts"]["job_definition"] == f"{URL}/3f9c-0.yaml"
        assert site.lab.find(site.work[0].order) == node["id"]
        assert site.lab.snapshot(NOW, ()).running == 2
        site.api.update_node(node["id"], {"data": {"job_id": "4711"}})
        site.now = NOW + timedelta(seconds=LEASE + 1)
        taken, spoiled = site.lab.observe([first, second])
        assert (taken.state, spoiled.state) == (RunState.SUBMITTED, RunState.FINISHED)
        assert spoiled.infrastructure
        site.ends("pass")
        assert site.lab.observe([first])[0].result == "pass"
