# SPDX-License-Identifier: LGPL-2.1-or-later
"""What became of each run that was wanted: by the ledger, the API's nodes and the labs' jobs."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass

from models import RunState
from tests.day.world import ENTRIES, RUNS, START, World

SENT = (RunState.SUBMITTED, RunState.STARTED, RunState.FINISHED)


@dataclass(frozen=True)
class Verdict:
    """`states` counts runs; `lost` and `doubled` say of each what is wrong with it."""

    wanted: int
    retries: int
    states: Counter[str]
    lost: tuple[str, ...]
    doubled: tuple[str, ...]


def judge(world: World) -> Verdict:
    """Return what became of all runs."""
    world.count()
    with closing(sqlite3.connect(world.folder / "run" / "ledger.db")) as connection:
        rows = connection.execute(
            "SELECT run.key, run.state, request.retry, run.node_id, run.job_id,"
            " coalesce(run.reason_code, run.detail) FROM run"
            " JOIN request ON request.key = run.request WHERE request.created >= ?",
            [START.strftime("%Y-%m-%d")],
        ).fetchall()
    wanted = world.checkouts * ENTRIES * RUNS
    lost, doubled = [], []
    for run, said, _, node_id, job_id, why in rows:
        state, jobs = RunState(said), world.jobs[node_id]
        if state in SENT and (jobs == 0 or job_id is None):
            lost.append(f"{run} is {state}, and no lab has it")
        elif state is RunState.INTENDED:
            lost.append(f"{run} is {state}: nobody knows whether it was sent")
        elif state not in SENT and (jobs or why is None):
            lost.append(f"{run} is {state}: {why}; labs have {jobs} jobs of it")
        if jobs > 1 or len(world.made.get(run, ())) > 1:
            doubled.append(f"{run} has {jobs} jobs, {len(world.made[run])} nodes")
    first = sum(retry == 0 for _, _, retry, *_ in rows)
    lost += [f"{wanted - first} runs are not in the ledger"] * (wanted != first)
    known = {node_id for _, _, _, node_id, *_ in rows}
    doubled += [f"a job for {node_id}, which is no run's" for node_id in world.jobs.keys() - known]
    states = Counter(said for _, said, *_ in rows)
    return Verdict(wanted, len(rows) - first, states, tuple(lost), tuple(doubled))
