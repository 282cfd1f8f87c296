# SPDX-License-Identifier: LGPL-2.1-or-later
"""The runs' own nodes at a KernelCI API: created once, found again, told what came of the run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models import LabType, Node, Order, RunState, Word
from planner.kernelci import Api, ApiError, ErrorCode, new_node, not_submitted

AT_ONCE = 100  # words between two looks at what the nodes are like now

# What a node says of where its run goes.
_JOB = ("job_id", "job_context")
_PLACE = ("runtime", "platform", "planner", *_JOB)

# Jobs of these end without anybody else who would tell the API how.
_SILENT = frozenset({LabType.SHELL})
# A run that was never sent, whatever the reason, was not tested.
_NEVER_SENT = frozenset({RunState.EXPIRED, RunState.SUPERSEDED, RunState.WITHDRAWN})


class NodeOverError(Exception):
    """The run's node is over at the API, so nobody waits for the run any more."""


class Nodes:
    """Nodes at `api`; without one, nodes that nobody else knows, under the run's own key.

    A node that was created `settles` seconds ago or earlier and is not found was never created.
    """

    settles = 60

    def __init__(self, api: Api | None = None) -> None:
        self.api = api

    def ensure(self, order: Order, job_id: str | None = None) -> Node:
        """Return the node of a run, created if it has none, and saying where the run goes now.

        `job_id` is that of its job, where it is known before: then nothing is left to be told of
        a run that arrives.

        Raises:
            NodeOverError: if it has one, and that is done.
            ApiError: if there is none (RefusedError), or if that is not known.
        """
        wanted = new_node(
            order,
            f"placed by plan {order.plan}",
            job_id=job_id,
            jobfilter=order.jobfilter,
            platform_filter=order.platform_filter,
        )
        if self.api is None:
            return {"id": order.run, **wanted}
        if order.node_id is None:
            return self.api.create_node(wanted)
        node = self.api.node(order.node_id)
        if node is None or node.get("state") == "done":
            raise NodeOverError(f"its node {order.node_id} is over")
        placed = {key: wanted["data"].get(key) for key in _PLACE}
        return self.api.update_node(order.node_id, {"data": placed}, event=False, known=node)

    def find(self, order: Order) -> str | None:
        """Return the id of the node that a run has, None if there is none.

        Raises:
            ApiError: if nobody can tell.
        """
        if self.api is None or order.node_id is not None:
            return order.node_id
        node = self.api.find_run(order.parent, order.run)
        return None if node is None else str(node["id"])

    def tell(
        self, words: Sequence[Word], lab_types: Mapping[str, LabType]
    ) -> Iterator[tuple[Word, ApiError | None]]:
        """Have the API know what came of runs; yield each with what kept it from that.

        The nodes are read many at a time, so that telling of a run takes one request. Of a node
        that is over nothing more is said: nobody waits for it.
        """
        if self.api is None:
            return
        for start in range(0, len(words), AT_ONCE):
            chunk = words[start : start + AT_ONCE]
            try:
                nodes = self.api.nodes_of_runs([word.run for word in chunk])
            except ApiError as error:
                yield from ((word, error) for word in chunk)
                continue
            for word in chunk:
                node = nodes.get(word.node_id)
                lab_type = lab_types.get(word.runtime or "")
                try:
                    if node is not None and node.get("state") != "done":
                        self.api.merge_into(node, _change(word, lab_type))
                except ApiError as error:
                    yield word, error
                else:
                    yield word, None


def _change(word: Word, lab_type: LabType | None) -> dict[str, Any]:
    if word.state is RunState.FAILED or word.state in _NEVER_SENT:
        code = ErrorCode(word.error_code or ErrorCode.SUBMIT_ERROR)
        over = not_submitted(code, word.text or str(word.state))
        over["data"] |= dict.fromkeys(_JOB)  # what would have been its job never was
        return over
    # A lab that pulls says itself what its job is; until then the node is all that there is.
    data = {} if word.job_id == word.node_id else {"job_id": word.job_id}
    if word.context is not None:
        data["job_context"] = word.context
    if word.state is RunState.FINISHED and lab_type in _SILENT:
        return {"state": "done", "result": word.result or "incomplete", "data": data}
    if lab_type is LabType.PULL_LABS:
        return {"state": "available", "data": data}
    return {"data": data}
