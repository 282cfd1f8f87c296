# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each run has one node at the API, whatever is lost, and the API hears what came of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from models import RunState
from planner.kernelci import Api
from planner.kernelci.connection import RETRY
from planner.submission import Nodes, Sender, recover, tell
from tests.kernelci.double import ADMIN, Double, Fault
from tests.kernelci.nodes import add
from tests.submission.conftest import NOW, Clock, catalog, order, sender
from tests.submission.journal import MemoryJournal
from tests.submission.labs import Fault as LabFault
from tests.submission.labs import Labs

WIDE = 4


class Site:
    """A lab, an API with a checkout, and a journal of runs for it."""

    def __init__(self, double: Double, labs: Labs, runs: int = 3) -> None:
        self.double, self.labs = double, labs
        self.parent = add(double)
        self.clock = Clock()
        self.api = Api(double.url, SecretStr(ADMIN), retry=RETRY.new(total=0))
        self.lab = labs.add("north")
        names = [f"a-{index}" for index in range(runs)]
        self.journal = MemoryJournal(
            *(order(name, parent=self.parent["id"], node=self.parent) for name in names)
        )

    @property
    def sender(self) -> Sender:
        """A sender that creates nodes."""
        site = catalog(*self.labs, in_flight=WIDE)
        return sender(self.labs, site, clock=self.clock, nodes=Nodes(self.api))

    def nodes(self) -> dict[str, dict[str, Any]]:
        """Return the node of each run, of which there must be one at the most."""
        found: dict[str, dict[str, Any]] = {}
        for node in self.double.state.nodes.values():
            run = node["data"].get("planner", {}).get("run")
            assert run not in found
            if run is not None:
                found[run] = node
        return found

    def send(self) -> None:
        """Send what is intended, and tell the API of it."""
        self.sender.submit(self.journal, self.journal.orders())
        tell(self.journal, Nodes(self.api), catalog(*self.labs))

    def plan_again(self) -> None:
        """Intend what waits."""
        for run in self.journal.runs(RunState.WAITING):
            self.journal.intend(self.journal.planned[run])


@pytest.fixture
def site(labs: Labs) -> Iterator[Site]:
    """Give a site with three intended runs."""
    with Double() as double:
        yield Site(double, labs)


def test_a_node_for_each_run(site: Site) -> None:
    """The node is there before the run is sent, and says in the end under which id it went."""
    site.send()
    nodes = site.nodes()
    assert sorted(nodes) == sorted(site.lab.arrived) == ["a-0", "a-1", "a-2"]
    for run, node in nodes.items():
        assert node["data"]["job_id"] == f"job-{run}"
        assert (node["state"], node["data"]["runtime"]) == ("running", "north")
        assert site.journal.planned[run].node_id == node["id"]


def test_requests_for_a_run(labs: Labs) -> None:
    """A hundred runs take a node and one change each, and a handful of requests together."""
    with Double() as double:
        site = Site(double, labs, runs=100)
        site.send()
        assert double.count("POST", "/node") == double.count("PATCH", "/node") == 100
        assert double.count("GET", "") <= 2


def test_a_job_id_that_is_known_before(site: Site) -> None:
    """It stands in the node from the beginning, moves with the run, and goes if it never was."""
    site.lab.numbers = False
    site.lab.faults |= {"a-1": LabFault.NEVER_ARRIVED, "a-2": LabFault.REFUSED}
    site.send()
    told = {run: node["data"]["job_id"] for run, node in site.nodes().items()}
    assert told == {"a-0": "job-a-0", "a-1": "job-a-1", "a-2": None}
    assert site.double.count("PATCH", "/node") == 1  # that a-2 will never be
    site.labs.add("south")
    moved = site.journal.planned["a-1"].model_copy(update={"runtime": "south"})
    site.journal.planned["a-1"] = moved
    Nodes(site.api).ensure(moved)
    data = site.nodes()["a-1"]["data"]
    assert (data["runtime"], data["job_id"]) == ("south", None)


def test_nothing_is_told_twice(site: Site) -> None:
    """What the API knows is not said again."""
    site.send()
    before = len(site.double.requests)
    tell(site.journal, Nodes(site.api), catalog(*site.labs))
    assert len(site.double.requests) == before


def test_filters_of_a_retry_are_inherited(site: Site) -> None:
    """A node has the filters that its request came with."""
    site.journal.planned["a-0"] = site.journal.planned["a-0"].model_copy(
        update={"jobfilter": ("boot",), "platform_filter": ("board",)}
    )
    site.send()
    node = site.nodes()["a-0"]
    assert (node["jobfilter"], node["platform_filter"]) == (["boot"], ["board"])


@pytest.mark.parametrize("kind", ["lost", "late error", "cut", "error", "hang"])
def test_a_reply_that_never_came(site: Site, kind: Any) -> None:
    """A run whose node may exist is not given another, and is sent once in the end."""
    seconds = 0.1 if kind == "hang" else 0.0
    site.double.faults.append(Fault(kind, "POST", "/node", seconds))
    site.send()
    for _ in range(2):
        recover(site.journal, site.sender)
        site.clock.now += timedelta(seconds=Nodes.settles)
        site.plan_again()
        site.send()
    assert sorted(site.nodes()) == sorted(site.lab.arrived) == ["a-0", "a-1", "a-2"]


def test_an_api_that_is_away(site: Site) -> None:
    """Without an API nothing is sent and nothing is in doubt: the runs wait."""
    with Double() as gone:
        url = gone.url
    away = sender(site.labs, nodes=Nodes(Api(url, SecretStr(ADMIN))))
    report = away.submit(site.journal, site.journal.orders())
    assert sorted(report.given_back) == ["a-0", "a-1", "a-2"]
    assert site.lab.arrived == []


def test_a_wrong_token(site: Site) -> None:
    """A token that is not accepted ends no run: all of them wait until it is mended."""
    wrong = sender(site.labs, nodes=Nodes(Api(site.double.url, SecretStr("wrong"))))
    report = wrong.submit(site.journal, site.journal.orders())
    assert sorted(report.given_back) == ["a-0", "a-1", "a-2"]
    assert "is the token right" in report.given_back["a-0"]


def test_a_parent_that_is_gone(site: Site) -> None:
    """A run whose parent is unknown to the API fails, and the others go."""
    planned = site.journal.planned
    planned["a-1"] = planned["a-1"].model_copy(update={"parent": "0" * 24})
    site.send()
    assert site.journal.runs(RunState.FAILED) == ["a-1"]
    assert sorted(site.lab.arrived) == ["a-0", "a-2"]


def test_a_run_that_was_not_taken_keeps_its_node(site: Site) -> None:
    """A run that the lab did not get waits, and goes with the same node, which says where to."""
    site.lab.faults["a-1"] = LabFault.NEVER_ARRIVED
    site.send()
    assert site.journal.runs(RunState.WAITING) == ["a-1"]
    other = site.labs.add("south")
    moved = {"runtime": "south", "plan": "later"}
    site.journal.planned["a-1"] = site.journal.planned["a-1"].model_copy(update=moved)
    site.plan_again()
    read = site.double.count("GET", "/node/")
    site.send()
    assert site.double.count("GET", "/node/") == read + 1
    node = site.nodes()["a-1"]
    assert other.arrived == ["a-1"]
    assert (node["data"]["runtime"], node["data"]["planner"]["plan"]) == ("south", "later")
    assert node["data"]["kernel_revision"] == site.parent["data"]["kernel_revision"]


def test_a_node_that_is_over(site: Site) -> None:
    """A run is not sent any more once its node timed out."""
    site.lab.faults["a-1"] = LabFault.NEVER_ARRIVED
    site.send()
    site.api.update_node(site.nodes()["a-1"]["id"], {"state": "done", "result": "incomplete"})
    site.plan_again()
    site.send()
    assert "is over" in site.journal.texts["a-1"]
    assert site.journal.runs(RunState.FAILED) == ["a-1"]
    assert "a-1" not in site.lab.arrived


@pytest.mark.parametrize(
    ("fault", "result", "code"),
    [
        (LabFault.NO_SCRIPT, "fail", "job_generation_error"),
        (LabFault.REFUSED, "incomplete", "submit_error"),
    ],
)
def test_a_run_that_cannot_be_sent(site: Site, fault: LabFault, result: str, code: str) -> None:
    """Its node ends, with KernelCI's word for what went wrong."""
    site.lab.faults["a-1"] = fault
    site.send()
    node = site.nodes()["a-1"]
    assert (node["state"], node["result"], node["data"]["error_code"]) == ("done", result, code)
    assert node["data"]["error_msg"] == site.journal.texts["a-1"]
    assert node["data"]["kernel_revision"] == site.parent["data"]["kernel_revision"]


def test_what_could_not_be_told_is_told_later(site: Site) -> None:
    """An API that does not hear it is told in the next cycle."""
    site.sender.submit(site.journal, site.journal.orders())
    site.double.faults += [Fault("error", "PATCH"), Fault("cut", "PATCH")]
    failed = tell(site.journal, Nodes(site.api), catalog(*site.labs))
    assert len(failed) == 2
    assert tell(site.journal, Nodes(site.api), catalog(*site.labs)) == {}
    assert all("job_id" in node["data"] for node in site.nodes().values())


def test_death_between_node_and_journal(site: Site) -> None:
    """A planner that died before it wrote the node down finds it, and does not make another."""
    lost = site.journal.planned["a-0"]
    Nodes(site.api).ensure(lost)
    report = recover(site.journal, site.sender)
    assert site.journal.planned["a-0"].node_id == site.nodes()["a-0"]["id"]
    assert report.given_back == ["a-0"]
    assert sorted(report.unknown) == ["a-1", "a-2"]  # their nodes may still be on their way
    site.clock.now = NOW + timedelta(seconds=2 * Nodes.settles)
    assert sorted(recover(site.journal, site.sender).given_back) == ["a-1", "a-2"]
