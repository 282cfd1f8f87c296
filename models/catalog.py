# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a site can run, where and when: the catalog that KernelCI's YAML describes."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from models.base import Ours, Theirs
from models.contract import Contract
from models.duration import Seconds
from models.settings import CapacitySettings, PlannerSettings, SubmitMode


class Where(Ours):
    """A place in the configuration: a file as it was named, and a line counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Defect(Ours):
    """Something wrong with the configuration, at one place."""

    where: Where
    code: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text} [{self.code}]"


class LabType(StrEnum):
    """The kinds of runtime that KernelCI knows."""

    LAVA = "lava"
    LAVA_REST = "legacy.lava_rest"
    LAVA_XMLRPC = "legacy.lava_xmlrpc"
    KUBERNETES = "kubernetes"
    DOCKER = "docker"
    SHELL = "shell"
    PULL_LABS = "pull_labs"


def listed(value: Any) -> Any:
    """Return a lone name as a list of one, anything else as it is."""
    return (value,) if isinstance(value, str) else value


# KernelCI's YAML writes a name alone where a list of names would hold just that one.
Names = Annotated[tuple[str, ...], BeforeValidator(listed, json_schema_input_type=str | list[str])]

# Rules and filters stay as the YAML has them: `planner.demand.rules` gives them their meaning.
Rules = dict[str, Any]


class Job(Theirs):
    """One item of `jobs:`."""

    name: str
    kind: str = "node"
    template: str | None = None
    image: str | None = None
    priority: int | str | None = None
    params: dict[str, Any] = Field(default_factory=dict)
    rules: Rules | None = None
    where: Where


class Platform(Theirs):
    """One item of `platforms:`; an empty one is complete."""

    name: str
    arch: str = "x86_64"
    base_name: str | None = None
    boot_method: str = "grub"
    mach: str = "x86"
    compatible: Names = ()
    context: dict[str, Any] | None = None
    dtb: Names = ()
    params: dict[str, Any] = Field(default_factory=dict)
    rules: Rules | None = None
    where: Where


class Runtime(Theirs):
    """One item of `runtimes:`."""

    name: str
    lab_type: LabType
    url: str | None = None
    priority: int | None = None
    priority_min: int | None = None
    priority_max: int | None = None
    queue_timeout: dict[str, Any] | None = None
    max_queue_depth: int = 50
    disable_queue_limit: bool = False
    max_queue_depth_priority_factor: float = 2.0
    contexts: tuple[str, ...] = ()  # `context` in the YAML: a name or a list
    rules: Rules | None = None
    params: dict[str, Any] = Field(default_factory=dict)  # every other key, for the templates
    where: Where


class Mode(StrEnum):
    """How firmly the runs of a request must differ."""

    PERMISSIVE = "permissive"
    STRICT = "strict"


class VariantAttribute(StrEnum):
    """The attributes of a place in which runs can be asked to differ."""

    DEVICE_TYPE = "device_type"
    PLATFORM = "platform"
    MACH = "mach"
    ARCH = "arch"
    RUNTIME = "runtime"


class Runs(Ours):
    """How many runs a request has, and in what they must differ (in each one listed)."""

    number: int = Field(default=1, ge=1)
    variant: Annotated[
        tuple[VariantAttribute, ...],
        BeforeValidator(listed, json_schema_input_type=VariantAttribute | list[VariantAttribute]),
    ] = ()
    mode: Mode = Mode.PERMISSIVE


class Entry(Ours):
    """One item of `scheduler:`; `runs` is None where the YAML has none.

    `runtime_names` is empty where only a type is asked for. `platforms` and `criteria` are None
    where the YAML has none, which is not the same as an empty list. With `runtime_after` the
    runtimes are choices in their order, each that much later than the one before. `id` names the
    entry by file and place; `disambiguator` is 0 but for entries that would otherwise ask for the
    same run key. `places` says where in the YAML parts of it stand ("platforms.0",
    "criteria.arch"), which for an anchored list is not within the entry.
    """

    id: str
    job: str
    channel: str | None
    event: dict[str, Any]
    runtime_names: tuple[str, ...] = ()
    runtime_type: LabType | None = None
    runtime_after: Seconds | None = None
    platforms: tuple[str, ...] | None = None
    criteria: dict[str, tuple[str, ...]] | None = None
    runs: Runs | None = None
    rules: Rules | None = None
    disambiguator: int = 0
    where: Where
    places: dict[str, Where] = Field(default_factory=dict, exclude=True, repr=False)


class BuildConfig(Theirs):
    """One item of `build_configs:`: what is known of a tree and branch."""

    name: str
    tree: str
    branch: str
    priority: int | str | None = None
    architectures: tuple[str, ...] = ()


class Catalog(Ours):
    """All that a site's configuration says, checked, frozen and indexed by name.

    `defects` lists what is wrong; an item that cannot be understood at all is left out of the
    catalog and `malformed` names it, so that a caller can say that something was lost.
    """

    paths: tuple[str, ...]
    jobs: dict[str, Job]
    platforms: dict[str, Platform]
    runtimes: dict[str, Runtime]
    entries: tuple[Entry, ...]
    build_configs: dict[str, BuildConfig]
    trees: dict[str, dict[str, Any]]
    fragments: dict[str, dict[str, Any]]
    rootfs: dict[str, dict[str, Any]]
    apis: dict[str, str] = Field(default_factory=dict)  # the URL of each item of `api:`
    api_configs: dict[str, dict[str, Any]] = Field(default_factory=dict)  # `api:`, for templates
    storages: dict[str, dict[str, Any]] = Field(default_factory=dict)  # `storage:`, for templates
    planner: PlannerSettings
    defects: tuple[Defect, ...] = ()
    malformed: tuple[Defect, ...] = ()

    def capacity_settings(self, runtime: Runtime) -> CapacitySettings:
        """Return where the capacity of a runtime comes from: by its name, or else its type."""
        said = self.planner.capacity
        return said.get(runtime.name) or said.get(runtime.lab_type) or CapacitySettings()

    def submit_mode(self, runtime: Runtime) -> SubmitMode | None:
        """Return whether runs of a runtime are sent, by its name or else its type."""
        said = self.planner.submit
        return said.get(runtime.name) or said.get(runtime.lab_type)

    def contract(self, runtime: str) -> Contract | None:
        """Return what the owner of a runtime allows, by its name or else its type."""
        said, known = self.planner.contracts, self.runtimes.get(runtime)
        return said.get(runtime) or (said.get(known.lab_type) if known else None)

    def device_type(self, job: Job, platform: Platform) -> str:
        """Return what a lab calls the kind of device that `platform` is.

        The platform's base name or name, overridden by `params.device_type` of the platform,
        then of the job.
        """
        for params in (job.params, platform.params):
            if params.get("device_type"):
                return str(params["device_type"])
        return platform.base_name or platform.name
