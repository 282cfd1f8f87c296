# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab that pulls: it fetches definitions from where they are stored, as the runs' nodes say.

That is what pull labs do, and LAVA labs that nobody reaches: something at the lab sends them their
jobs, and says at the node which job it is.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from models import (
    Catalog,
    Dispatch,
    LabType,
    Node,
    Order,
    Outcome,
    PlannerError,
    RunState,
    Runtime,
    RuntimeCapacity,
    Sent,
    Theirs,
    utc,
)
from planner.kernelci import Api, ApiError, AwayError, RefusedError
from planner.runtimes.definition import Definitions
from planner.runtimes.errors import NotSentError
from planner.runtimes.pull_labs.store import Store

_OFFERED = ("available", "closing", "done")


class PullLabsSettings(Theirs):
    """What templates may print of an item of `runtimes:`, in seconds."""

    poll_interval: int = 30
    timeout: int = 3600


Render = Callable[[Dispatch], str]


def definition_of(definitions: Definitions, runtime: Runtime) -> Render:
    """Return what makes the definition of a run for a pull lab."""
    timing = PullLabsSettings.model_validate(runtime.params).model_dump()
    return lambda dispatch: definitions.text(dispatch, timing)


class PullLabsRuntime:
    """Offers each run once: the run's own node says where its job is.

    For a pull lab it becomes `available`, too. The job id is the node's id. Nothing is ever sent to
    the lab, so that all that is known of a run is what its node says.
    """

    settles = 60  # seconds in which the API has done what it was asked

    def __init__(
        self,
        runtime: Runtime,
        catalog: Catalog,
        render: Render,
        store: Store,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = runtime.name
        self._declared = catalog.capacity_settings(runtime)
        self._render, self._store = render, store
        self._offers = runtime.lab_type is LabType.PULL_LABS
        self._lease_s = catalog.planner.pull_labs.lease
        self._clock = clock
        self._api: Api | None = None

    def connect(self, api: Api | None) -> None:
        """Use this API from now on."""
        self._api = api

    def job_id(self, run: str) -> None:
        """Return None: the lab says itself what its job is."""

    def snapshot(self, now: datetime, device_types: Collection[str]) -> RuntimeCapacity:
        """Return what is declared, less the jobs that are offered and not done.

        Raises:
            OSError: if the API cannot be asked.
        """
        state = "available" if self._offers else "running"
        query = {"kind": "job", "data.runtime": self.name, "state": state}
        try:
            offered = self._reach().count_nodes(query)
        except ApiError as error:
            raise OSError(str(error)) from error
        declared = self._declared
        return RuntimeCapacity(
            runtime=self.name,
            unknown=declared.unknown,
            slots=declared.slots,
            running=offered,
            max_runs=declared.max_runs,
            taken=now,
        )

    def render(self, dispatch: Dispatch) -> str:
        """Return the definition that the site's template makes.

        Raises:
            DefinitionError: if there can be none.
            NotSentError: if what it depends on cannot be asked for now.
        """
        return self._render(dispatch)

    def submit(self, dispatch: Dispatch, definition: str) -> str:
        """Store the definition, then offer the run; doing so again changes nothing.

        Raises:
            OSError: if nobody can tell whether it is offered; NotSentError if it is not.
            PlannerError: if the API does not let it be offered.
        """
        node_id = str(dispatch.node["id"])
        url = self._store.keep(dispatch.order, definition)
        change: dict[str, Any] = {"artifacts": {"job_definition": url}}
        if self._offers:
            change["state"] = "available"
        try:
            # Nobody but us has anything to say of it before it is offered.
            self._reach().update_node(node_id, change, known=dispatch.node)
        except AwayError as error:
            raise NotSentError(str(error)) from error
        except RefusedError as error:
            raise PlannerError(str(error)) from error
        except ApiError as error:
            raise OSError(str(error)) from error
        return node_id

    def find(self, order: Order) -> str | None:
        """Return the id of the node if the run is offered, or was.

        Raises:
            OSError: if the API cannot be asked.
        """
        if order.node_id is None:
            return None
        try:
            node = self._reach().node(order.node_id)
        except ApiError as error:
            raise OSError(str(error)) from error
        if node is None or not _definition(node):
            return None
        return order.node_id if node.get("state") in _OFFERED or not self._offers else None

    def observe(self, runs: Sequence[Sent]) -> tuple[Outcome, ...]:
        """Return what the nodes say; what was offered for too long is taken back.

        Raises:
            OSError: if the API cannot be asked.
        """
        try:
            nodes = self._reach().nodes_of_runs([sent.run for sent in runs])
        except ApiError as error:
            raise OSError(str(error)) from error
        return tuple(self._outcome(sent, nodes.get(sent.node_id or "")) for sent in runs)

    def cancel(self, run: Sent) -> None:
        """Take a run back; one that the lab has fetched already may run all the same.

        Raises:
            OSError: if nobody can tell whether that was done.
        """
        self._take_back(run, "it was cancelled")

    def check(self) -> str:
        """Return where its definitions go.

        Raises:
            NoAccessError: if they are not taken there; the text says what to do.
            OSError: if there is no usable answer.
        """
        return self._store.check()

    def _outcome(self, sent: Sent, node: Node | None) -> Outcome:
        if node is None:
            return _spoiled(sent, "its node is gone")
        state = node.get("state")
        if state == "done":
            result = str(node.get("result") or "incomplete")
            data = node.get("data")
            told = data.get("error_msg") if isinstance(data, dict) else None
            return Outcome(
                run=sent.run,
                state=RunState.FINISHED,
                job_id=sent.node_id,
                ended=utc(node.get("updated")),
                result=result,
                infrastructure=result == "incomplete",
                detail=None if told is None else str(told),
            )
        lease = timedelta(seconds=self._lease_s)
        if self._waits(node) and sent.submitted and self._clock() - sent.submitted > lease:
            text = f"no lab did it within {self._lease_s} s"
            self._take_back(sent, text)
            return _spoiled(sent, text)
        return Outcome(run=sent.run, state=RunState.SUBMITTED, job_id=sent.node_id)

    def _waits(self, node: Node) -> bool:
        """Tell whether no lab has taken the run yet, as far as its node says."""
        data = node.get("data")
        taken = isinstance(data, dict) and data.get("job_id") is not None
        return node.get("state") == "available" if self._offers else not taken

    def _take_back(self, sent: Sent, text: str) -> None:
        assert sent.node_id is not None
        over = {"error_code": "submit_error", "error_msg": text}
        change = {"state": "done", "result": "incomplete", "data": over}
        try:
            self._reach().update_node(sent.node_id, change)
        except ApiError as error:
            raise OSError(str(error)) from error

    def _reach(self) -> Api:
        if self._api is None:
            raise NotSentError(f"{self.name}: pull labs are reached by a KernelCI API only")
        return self._api


def _definition(node: Node) -> bool:
    artifacts = node.get("artifacts")
    return isinstance(artifacts, dict) and "job_definition" in artifacts


def _spoiled(sent: Sent, text: str) -> Outcome:
    return Outcome(
        run=sent.run,
        state=RunState.FINISHED,
        job_id=sent.node_id,
        result="incomplete",
        infrastructure=True,
        detail=text,
    )
