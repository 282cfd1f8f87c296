# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our own part of the configuration, the `planner:` section, and the policies."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from models.base import Ours
from models.change_costs import ChangeCosts
from models.contract import Contract
from models.duration import Seconds
from models.pin import RequestPin

Count = Annotated[int, Field(ge=0)]


class CapacitySource(StrEnum):
    """Who says what a runtime can take."""

    STATIC = "static"
    LAVA = "lava"
    KUBERNETES = "kubernetes"
    DOCKER = "docker"
    PULL_LABS = "pull_labs"


class UnknownCapacity(StrEnum):
    """What a capacity that nobody could tell means."""

    OPEN = "open"
    CLOSED = "closed"
    LAST_KNOWN = "last-known"


class ContextCapacity(Ours):
    """What one context of a Kubernetes runtime has, and how much of it is in use.

    `slots` and `running` count Jobs, `cpu` thousandths of a CPU, `memory` MiB; what is None is not
    limited.
    """

    slots: Count | None = None
    running: Count = 0
    cpu: Count | None = None
    cpu_used: Count = 0
    memory: Count | None = None
    memory_used: Count = 0

    @property
    def left(self) -> tuple[int | None, int | None, int | None]:
        """How many more Jobs, thousandths of a CPU and MiB there are, None where that is open."""
        kinds = (
            (self.slots, self.running),
            (self.cpu, self.cpu_used),
            (self.memory, self.memory_used),
        )
        runs, cpu, memory = (None if most is None else max(0, most - used) for most, used in kinds)
        return runs, cpu, memory


class CapacitySettings(Ours):
    """Where the capacity of a runtime (or of every runtime of a type) comes from.

    `devices`, `queue` and `running` count devices and jobs by device type. `slots` is how many
    jobs the whole runtime takes at a time, `max_runs` how many more it takes in one cycle.
    `contexts` are those of a Kubernetes runtime, by name.
    """

    source: CapacitySource = CapacitySource.STATIC
    unknown: UnknownCapacity = UnknownCapacity.OPEN
    deadline: Seconds = 10
    devices: dict[str, Count] | None = None
    queue: dict[str, Count] = Field(default_factory=dict)
    running: dict[str, Count] = Field(default_factory=dict)
    slots: Count | None = None
    contexts: dict[str, ContextCapacity] | None = None
    max_runs: Count | None = None


class Declared(Ours):
    """What is declared of a run before anything was learned; None leaves it to the next step."""

    duration: Seconds | None = None
    cost: Count | None = None  # milli-cost of one run


class PlaceDeclared(Declared):
    """A declared estimate for a job on a platform, and in one runtime if that is named."""

    job: str
    platform: str
    runtime: str | None = None


class EstimateDefaults(Ours):
    """Declared estimates; the most specific one that says something counts.

    The ladder is job x platform x runtime, job x platform, job, kind, default. `rates` is the
    milli-cost of an hour in a runtime (by name or type), where no cost of a run is declared.
    """

    duration: Seconds = 1200
    rates: dict[str, Count] = Field(default_factory=dict)
    kinds: dict[str, Declared] = Field(default_factory=dict)
    jobs: dict[str, Declared] = Field(default_factory=dict)
    places: tuple[PlaceDeclared, ...] = ()


class EstimateSettings(Ours):
    """How runs are estimated."""

    defaults: EstimateDefaults = EstimateDefaults()


class EventFeed(StrEnum):
    """How events come from a KernelCI API."""

    POLL = "poll"
    PUBSUB = "pubsub"


class EventSettings(Ours):
    """Where events come from; paths are relative to the file that names them.

    `api` is a name in KernelCI's `api:` section or a URL; files do not count where it is set. A
    planner without memory begins `lookback` ago: what is older has timed out. `subscriber` names
    this planner to the API's pub/sub, which keeps events for it while it is away.
    """

    file: str | None = None
    nodes: str | None = None
    api: str | None = None
    source: EventFeed = EventFeed.POLL
    lookback: Seconds = 6 * 3600
    subscriber: str = Field(default="kci-planner", pattern=r"^[A-Za-z0-9_.-]+$")


class SubmitMode(StrEnum):
    """Whether runs of a runtime are really started."""

    LIVE = "live"
    DRY_RUN = "dry-run"


class ShellSettings(Ours):
    """How the shell runtime runs its jobs."""

    directory: str = "run/shell"
    templates: tuple[str, ...] = ()
    timeout: Seconds = 3600
    environment: dict[str, str] = Field(default_factory=dict)


class Retention(Ours):
    """How long the past is kept: runs in full, and the histograms of each day."""

    keep: Annotated[Seconds, Field(ge=7 * 86400)] = 90 * 86400
    daily: Annotated[Seconds, Field(ge=7 * 86400)] = 730 * 86400

    @model_validator(mode="after")
    def _days_outlive_their_runs(self) -> Self:
        if self.daily < self.keep:
            raise ValueError("what is kept by day has to outlive what is kept in full")
        return self


class RetriedBy(StrEnum):
    """Who asks again for a run that its place spoiled."""

    KERNELCI = "kernelci"
    PLANNER = "planner"


class RetrySettings(Ours):
    """Runs that failed for reasons of the infrastructure.

    By default KernelCI asks for them again, on its channel `retry`. With `by: planner` the planner
    does, elsewhere, up to `limit` times, and leaves KernelCI's retries alone.
    """

    by: RetriedBy = RetriedBy.KERNELCI
    limit: Count = 3


class PullSettings(Ours):
    """Where pull labs find the definitions of their jobs.

    They are written to `directory`, which somebody serves at `url`, unless a storage is named: the
    runtime's `storage_name`, or without `url` that of the planner. A job that a lab has not done
    `lease` after it was offered is taken back.
    """

    directory: str = "run/pull"
    url: str | None = None
    lease: Seconds = 6 * 3600


class PlannerSettings(Ours):
    """The `planner:` section.

    `templates` are the folders where runtimes other than the shell look for the templates of
    jobs. `storage` is a name in KernelCI's `storage:` section, `image_prefix` what `{image_prefix}`
    in a job's image stands for.
    """

    policy: str = "default"
    cycle: Seconds = 180
    ledger: str = "sqlite:///run/ledger.db"
    events: EventSettings = EventSettings()
    capacity: dict[str, CapacitySettings] = Field(default_factory=dict)
    contracts: dict[str, Contract] = Field(default_factory=dict)
    pins: tuple[RequestPin, ...] = ()
    estimates: EstimateSettings = EstimateSettings()
    submit: dict[str, SubmitMode] = Field(default_factory=dict)
    in_flight: Annotated[int, Field(ge=1, le=64)] = 4  # runs in the hands of one runtime at a time
    shell: ShellSettings = ShellSettings()
    templates: tuple[str, ...] = ()
    storage: str | None = None
    image_prefix: str = ""
    history: Retention = Retention()
    retries: RetrySettings = RetrySettings()
    pull_labs: PullSettings = PullSettings()
    owns: tuple[str, ...] | None = None  # jobs (patterns) that are ours; None: all of them
    monitor: str | None = None  # HOST:PORT of /healthz and /metrics
    changes: ChangeCosts = ChangeCosts()


class Tier(StrEnum):
    """The goals, in the order in which they are compared unless a policy says otherwise."""

    VALUE = "value"
    DIVERSITY = "diversity"
    STALENESS = "staleness"
    COMPLETION = "completion"
    COST = "cost"
    STABILITY = "stability"


class DeadlineBy(StrEnum):
    """Which wait has to be over before a run's deadline."""

    EXPECTED = "expected"  # the mean
    P90 = "p90"  # that of nine runs in ten


class Learning(Ours):
    """What estimates learn from the past, and how soon that is forgotten.

    What ended within `age` counts, no more than the last `runs` of it one by one; 0 leaves what is
    declared. A run that ended a `half_life` ago counts half, of waits one that ended a
    `wait_half_life` ago. What the next more general rung says of a run counts as much as
    `prior_runs` runs. Where nothing but a declared duration is known, nine runs in ten are taken
    to last no longer than `declared_p90` percent of it. The pace of a runtime changes by about
    `drift_percent` percent a day; 0 takes it to be steady.
    """

    age: Seconds = 90 * 86400
    runs: Count = 20_000
    half_life: Annotated[Seconds, Field(ge=1)] = 14 * 86400
    wait_half_life: Annotated[Seconds, Field(ge=1)] = 7 * 86400
    prior_runs: Annotated[int, Field(ge=1)] = 3
    declared_p90: Annotated[int, Field(ge=100)] = 200
    drift_percent: Count = 5


class TreeWeights(StrEnum):
    """How the runs of different trees weigh against each other."""

    ABSOLUTE = "absolute"  # by their priorities
    RELATIVE = "relative"  # the n-th waiting change of every tree alike


class Reserve(Ours):
    """Room of each slot that is kept for jobs that humans submit, and for those of `jobs`.

    It is `count` runs or `percent` of the slot's ceiling, whichever is more. `jobs` are names or
    patterns (`*bisect*`).
    """

    count: Count = 0
    percent: Annotated[int, Field(ge=0, le=100)] = 0
    jobs: tuple[str, ...] = ("*bisect*",)

    def __bool__(self) -> bool:
        return bool(self.count or self.percent)


Permille = Annotated[int, Field(ge=1, le=1000)]


class HealthSettings(Ours):
    """How labs and device types that spoil runs are treated.

    A run that as many as `half_life` runs followed counts half. A place that spoils `dear` of a
    thousand runs counts as dear, from `probe` on it gets no more than `probes` runs at a time,
    from `out` on only one, `rest` after the last, twice as long after each that is spoiled as
    well, and never more than `rest_most`. It leaves a state when it spoils less than
    `recover_percent` percent of what made it enter.
    """

    half_life: Annotated[int, Field(ge=1)] = 8
    dear: Permille = 200
    probe: Permille = 600
    out: Permille = 800
    recover_percent: Annotated[int, Field(ge=0, lt=100)] = 60
    probes: Annotated[int, Field(ge=1)] = 2
    rest: Annotated[Seconds, Field(ge=1)] = 1800
    rest_most: Annotated[Seconds, Field(ge=1)] = 86400


class Policy(Ours):
    """How plans are judged; every number is an int because the solver sees it.

    A run is worth `value_base + value_per_priority x priority`, and `age_percent_per_hour`
    percent more for each hour that it has waited. `work_limit` is the solver's deterministic
    limit for one tier, `wall_guard` the wall-clock seconds after which a plan counts as degraded.
    `trees` says how runs of different trees weigh, `reserve` what room is kept, and for whom.
    For no more than `stale_days` a job counts as not having run on a device type; 0 leaves that
    out. With `supersede` a newer revision of a branch ends what still waits of the older ones.
    """

    name: str = "default"
    tiers: tuple[Tier, ...] = tuple(Tier)
    value_base: Count = 10
    value_per_priority: Count = 1
    age_percent_per_hour: Count = 10
    deadline: Seconds = 6 * 3600
    supersede: bool = True
    stale_days: Annotated[int, Field(ge=0, le=365)] = 14
    deadline_by: DeadlineBy = DeadlineBy.EXPECTED
    valid_for: Seconds = 180
    solver: str = "exact"
    trees: TreeWeights = TreeWeights.ABSOLUTE
    reserve: Reserve = Reserve()
    work_limit: Count = 60
    wall_guard: Seconds = 120
    learning: Learning = Learning()
    health: HealthSettings = HealthSettings()
