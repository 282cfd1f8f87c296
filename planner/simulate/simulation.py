# SPDX-License-Identifier: LGPL-2.1-or-later
"""One scenario under one policy, on one page: time, labs, KernelCI, and the planner itself."""

import gc
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import simpy

from models import (
    Batch,
    CapacitySettings,
    CapacitySource,
    Catalog,
    End,
    LabType,
    RunState,
    SubmitMode,
)
from planner.cycle import CycleReport, Memory, Planner
from planner.simulate.approach import Approach, Intent, Loop
from planner.simulate.fleet import HOUR
from planner.simulate.labs import (
    Item,
    KubernetesLab,
    LavaLab,
    PullLab,
    SimulatedLab,
    SlotLab,
    World,
)
from planner.simulate.labs.lab import Process
from planner.simulate.lists import as_lists
from planner.simulate.memory import MemoryLedger
from planner.simulate.pipeline import Attempt, Pipeline
from planner.simulate.scenario import LAVA, Scenario
from planner.simulate.service import Service
from planner.simulate.streams import stream
from planner.simulate.wanted import WantedRun

DRAIN = 10 * HOUR  # for what was asked for last to end, or to expire
GIVE_UP_S = 10.0  # how long one who asks a lab that does not answer waits for it
# What one event at a time asks a lab for each run: its devices, its queue, and to take it.
QUESTIONS, REQUESTS = 1, 3
DROPPED = "dropped"
SWEEP = 100_000  # objects made before Python looks for garbage again

log = logging.getLogger(__name__)


@dataclass
class Story:
    """All that happened in a simulation; measures are taken of it.

    `wanted` are the runs that the site's configuration wants, `asked` those that it wants when it
    is written as the approach has it; they are the same unless criteria became lists.
    `ends` say of requests why what waited of them was never sent,
    `told_at` when (seconds) it was told of each node. `cpu_s` is the
    processor time of the cycles, the only number here that another machine would not repeat.
    """

    scenario: Scenario
    approach: Approach
    catalog: Catalog
    wanted: dict[str, WantedRun]
    asked: dict[str, WantedRun]
    attempts: list[Attempt] = field(default_factory=list)
    ends: dict[str, str] = field(default_factory=dict)
    told_at: dict[str, float] = field(default_factory=dict)
    items: dict[str, list[Item]] = field(default_factory=dict)
    cycles: int = 0
    gaps: list[float] = field(default_factory=list)
    queries: int = 0
    cpu_s: list[float] = field(default_factory=list)
    ended_at: float = 0.0


def simulate(scenario: Scenario, approach: Approach, ledger: Memory | None = None) -> Story:
    """Return what happens in `scenario` if runs are placed by `approach`.

    The planner is the real one: its cycle, its solver, its submission. Only its clock, its labs
    and its ledger's disk are simulated; with a `ledger` of the real kind, not even that.
    """
    with _quiet(), _seldom_swept():
        return _Simulation(scenario, approach, ledger or MemoryLedger()).run()


class _Simulation:
    def __init__(self, scenario: Scenario, approach: Approach, ledger: Memory) -> None:
        self._scenario, self._approach, self._ledger = scenario, approach, ledger
        catalog = scenario.catalog if approach.entries is Intent.CRITERIA else as_lists(scenario)
        service = Service(catalog, scenario.seed)
        self._catalog = _with_live_labs(catalog, approach)
        self._policy = approach.planner_policy(catalog)
        self._env = simpy.Environment()
        recording = scenario.recording
        self._pipeline = Pipeline(catalog, recording.nodes if recording else None)
        ended = self._pipeline.ended
        self._world = World(self._env, scenario.start, scenario.seed, service, ended)
        self._pipeline.join(self._world)
        self._labs = open_labs(self._world, scenario, catalog)
        for lab in self._labs.values():
            asks = approach.asks
            lab.tells = asks is None or catalog.runtimes[lab.name].lab_type in asks
        wanted = scenario.wanted(scenario.catalog)
        asked = wanted if catalog is scenario.catalog else scenario.wanted(catalog)
        self._story = Story(scenario, approach, self._catalog, wanted, asked)
        self._waiting = 0

    def run(self) -> Story:
        self._env.process(self._push())
        self._env.process(self._events() if self._approach.loop is Loop.EVENT else self._cycles())
        over = self._env.process(self._until_done())
        self._env.run(over)
        return self._close()

    def _push(self) -> Process:
        for checkout in self._scenario.checkouts:
            yield self._env.timeout(checkout.at - self._env.now)
            self._pipeline.check_out(checkout, self._world.time(self._env.now))
        recording = self._scenario.recording
        for at, event in recording.told if recording else ():
            yield self._env.timeout(at - self._env.now)
            self._pipeline.relay(event, at, self._world.time(at))

    def _cycles(self) -> Process:
        """Plan every few minutes what came since; labs are spoken to side by side."""
        every = float(self._catalog.planner.cycle)
        while True:
            busy = 0.0
            if len(self._pipeline) or self._waiting:
                self._cycle(self._pipeline.collect())
                busy = max((self._patience(lab) for lab in self._labs.values()), default=0.0)
                for lab in self._labs.values():
                    lab.deliver()
            yield self._env.timeout(max(every, busy))

    def _events(self) -> Process:
        """Handle one event after the other, and one run after the other."""
        while True:
            if not len(self._pipeline):
                yield self._env.timeout(1.0)
                continue
            report = self._cycle(self._pipeline.collect(1))
            self._story.queries += _questions(report, self._catalog)
            busy = 0.0
            for lab in self._labs.values():
                spent = lab.sent * REQUESTS * (GIVE_UP_S if lab.away else lab.spec.delay_s)
                lab.deliver(busy)
                busy += spent
            yield self._env.timeout(busy)

    def _cycle(self, batch: Batch) -> CycleReport:
        story, now = self._story, self._world.time(self._env.now)
        planner = Planner(
            self._catalog,
            self._policy,
            self._ledger,
            self._labs,
            clock=lambda: now,
            timer=lambda: 0.0,  # a plan must not depend on how fast this machine is
            sleep=lambda _: None,
            solver=self._approach.solver,
            explained=False,
            # Whoever draws must not draw the same in each cycle.
            seed=int(stream(self._scenario.seed, "cycle", str(story.cycles)).integers(2**31)),
        )
        began = time.process_time()
        report = planner.cycle(batch, self._pipeline.nodes)
        story.cpu_s.append(time.process_time() - began)
        story.cycles += 1
        story.gaps.append(report.document.solve.gap)
        left = report.document.deferrals
        unsent = report.submission.given_back or report.submission.unknown
        self._waiting = len(left) + len(unsent) + len(report.recovered.given_back)
        story.ends |= {end.request: end.state.value for end in report.intake.ends}
        if not self._approach.backlog:
            self._drop()
        return report

    def _drop(self) -> None:
        now = self._world.time(self._env.now)
        ends = [
            End(request=request.key, state=RunState.WITHDRAWN, text="dropped", at=now)
            for request in self._ledger.backlog()
        ]
        self._story.ends |= {end.request: DROPPED for end in ends}
        if ends:
            self._ledger.record_batch(now, events=(), requests=(), nodes={}, ends=ends)

    def _patience(self, lab: SimulatedLab) -> float:
        return lab.requests * (GIVE_UP_S if lab.away else lab.spec.delay_s)

    def _until_done(self) -> Process:
        yield self._env.timeout(self._scenario.hours * HOUR)
        last = self._env.now + DRAIN
        while self._env.now < last and (
            len(self._pipeline) or self._waiting or any(lab.open for lab in self._labs.values())
        ):
            yield self._env.timeout(600.0)

    def _close(self) -> Story:
        story = self._story
        story.attempts = self._pipeline.attempts
        story.told_at = self._pipeline.told_at
        story.items = {name: lab.log for name, lab in self._labs.items()}
        story.ended_at = self._env.now
        if self._approach.loop is Loop.CYCLE:
            lava = (n for n in self._labs if self._catalog.runtimes[n].lab_type in LAVA)
            story.queries = sum(self._labs[name].asked for name in lava)
        return story


def open_labs(world: World, scenario: Scenario, catalog: Catalog) -> dict[str, SimulatedLab]:
    """Return the simulated labs of a scenario, by the name of their runtime."""
    labs: dict[str, SimulatedLab] = {}
    for spec in scenario.fleet:
        runtime = catalog.runtimes[spec.runtime]
        if runtime.lab_type in LAVA:
            labs[spec.runtime] = LavaLab(world, spec)
        elif runtime.lab_type is LabType.KUBERNETES:
            labs[spec.runtime] = KubernetesLab(world, spec)
        elif runtime.lab_type is LabType.PULL_LABS:
            poll_s = float(runtime.params.get("poll_interval", 30))
            labs[spec.runtime] = PullLab(world, spec, poll_s)
        else:
            labs[spec.runtime] = SlotLab(world, spec)
    return labs


def _with_live_labs(catalog: Catalog, approach: Approach) -> Catalog:
    """Return the catalog with every lab live, and its silence meaning what the approach says."""
    silence = CapacitySettings(unknown=approach.unknown)
    declared = {
        name: catalog.planner.capacity.get(name, silence).model_copy(
            update={"unknown": approach.unknown, "source": CapacitySource.LAVA}
        )
        for name in catalog.runtimes
    }
    live = dict.fromkeys(catalog.runtimes, SubmitMode.LIVE)
    settings = catalog.planner.model_copy(update={"submit": live, "capacity": declared})
    return catalog.model_copy(update={"planner": settings})


def _questions(report: CycleReport, catalog: Catalog) -> int:
    """Count the runs of a cycle that may go to LAVA: of each the present scheduler asks."""
    lava = {name for name, runtime in catalog.runtimes.items() if runtime.lab_type in LAVA}
    return QUESTIONS * sum(
        request.runs.number
        for request in report.intake.new
        if any(place.runtime in lava for place in request.candidates)
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the planner from warning of labs that are away on purpose."""
    logger = logging.getLogger("planner")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _seldom_swept() -> Iterator[None]:
    """Have Python look seldom for garbage: what a simulation makes is kept to its end."""
    usual = gc.get_threshold()
    gc.set_threshold(SWEEP, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
