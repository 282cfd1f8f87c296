# SPDX-License-Identifier: LGPL-2.1-or-later
"""A pull lab: it fetches definitions from where they are stored, as the runs' nodes say."""

import re
import tempfile
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models import (
    Catalog,
    Dispatch,
    Node,
    Order,
    Outcome,
    PlannerError,
    RunState,
    Runtime,
    RuntimeCapacity,
    Sent,
    utc,
)
from planner.kernelci import Api, ApiError, AwayError, RefusedError
from planner.runtimes.definition import Definitions
from planner.runtimes.errors import NotSentError

_OFFERED = ("available", "closing", "done")
_SAFE = re.compile(r"[A-Za-z0-9_-]+")


class PullLabsRuntime:
    """Offers each run once: the run's own node becomes `available`, and says where its job is.

    The job id is the node's id. Nothing is ever sent to the lab, so that all that is known of a run
    is what its node says.
    """

    settles = 60  # seconds in which the API has done what it was asked

    def __init__(
        self,
        runtime: Runtime,
        catalog: Catalog,
        definitions: Definitions,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = runtime.name
        self._declared = catalog.capacity_settings(runtime)
        self._definitions = definitions
        self._said = catalog.planner.pull_labs
        self._clock = clock
        self._api: Api | None = None

    def connect(self, api: Api | None) -> None:
        """Use this API from now on."""
        self._api = api

    def snapshot(self, now: datetime, device_types: Collection[str]) -> RuntimeCapacity:
        """Return what is declared, less the jobs that are offered and not done.

        Raises:
            OSError: if the API cannot be asked.
        """
        query = {"kind": "job", "data.runtime": self.name, "state": "available"}
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
        return self._definitions.text(dispatch)

    def submit(self, dispatch: Dispatch, definition: str) -> str:
        """Store the definition, then offer the run; doing so again changes nothing.

        Raises:
            OSError: if nobody can tell whether it is offered; NotSentError if it is not.
            PlannerError: if the API does not let it be offered.
        """
        node_id = str(dispatch.node["id"])
        url = self._store(dispatch.order.run, definition)
        change = {"state": "available", "artifacts": {"job_definition": url}}
        try:
            self._reach().update_node(node_id, change)
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
        offered = node is not None and node.get("state") in _OFFERED and _definition(node)
        return order.node_id if offered else None

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
        lease = timedelta(seconds=self._said.lease)
        if state == "available" and sent.submitted and self._clock() - sent.submitted > lease:
            text = f"no lab did it within {self._said.lease} s"
            self._take_back(sent, text)
            return _spoiled(sent, text)
        return Outcome(run=sent.run, state=RunState.SUBMITTED, job_id=sent.node_id)

    def _take_back(self, sent: Sent, text: str) -> None:
        assert sent.node_id is not None
        over = {"error_code": "submit_error", "error_msg": text}
        change = {"state": "done", "result": "incomplete", "data": over}
        try:
            self._reach().update_node(sent.node_id, change)
        except ApiError as error:
            raise OSError(str(error)) from error

    def _store(self, run: str, definition: str) -> str:
        """Write a definition where the lab will fetch it, whole or not at all; return its URL."""
        if not _SAFE.fullmatch(run):
            raise PlannerError(f"{run!r} is no run id")
        folder = Path(self._said.directory)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=folder, delete=False
            ) as file:
                file.write(definition)
            Path(file.name).chmod(0o644)
            Path(file.name).replace(folder / f"{run}.yaml")
        except OSError as error:
            raise NotSentError(f"{folder}: the definition cannot be stored: {error}") from error
        assert self._said.url is not None
        return f"{self._said.url.rstrip('/')}/{run}.yaml"

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
