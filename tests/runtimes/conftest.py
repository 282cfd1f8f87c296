# SPDX-License-Identifier: LGPL-2.1-or-later
"""A site with one shell runtime, and runs for it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models import (
    Catalog,
    Dispatch,
    Job,
    LabType,
    Order,
    Outcome,
    PlannerSettings,
    Platform,
    RunState,
    Runtime,
    Sent,
    ShellSettings,
    Where,
)
from planner.runtimes.shell import ShellRuntime

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HERE = Where(file="jobs.yaml", line=7)


def order(run: str = "ab12-0", runtime: str = "shell", **node: Any) -> Order:
    """Return an order for a run of the job `echo`."""
    return Order(
        run=run,
        request=run.partition("-")[0],
        job="echo",
        kind="job",
        index=int(run.rpartition("-")[2]),
        retry=0,
        parent="parent",
        runtime=runtime,
        platform="board",
        device_type="board-type",
        priority=20,
        plan="plan",
        node=node,
        intended=NOW,
    )


def runtime_of(lab_type: LabType) -> Runtime:
    """Return a runtime of a type, with nothing else said of it but its place."""
    return Runtime(name="lab", lab_type=lab_type, url="https://lab.example/", where=HERE)


def catalog(*runtimes: Runtime, **planner: Any) -> Catalog:
    """Return a catalog that has these runtimes and nothing else."""
    return Catalog(
        paths=(),
        jobs={},
        platforms={},
        runtimes={runtime.name: runtime for runtime in runtimes},
        entries=(),
        build_configs={},
        trees={},
        fragments={},
        rootfs={},
        planner=PlannerSettings.model_validate(planner),
    )


BOARD = Platform(name="board", where=HERE)


def dispatch(
    run: str = "ab12-0", *, job: Job | None = None, platform: Platform = BOARD, **node: Any
) -> Dispatch:
    """Return a run on its way, of the job `echo` if no other is given."""
    job = job or Job(name="echo", where=HERE)
    return Dispatch(order=order(run, **node), job=job, platform=platform, node={"id": run})


def sent(run: str = "ab12-0") -> Sent:
    """Return a run that the shell has."""
    return Sent(run=run, runtime="shell", job_id=run, device_type="board-type")


@dataclass
class Site:
    """One shell runtime with its folders."""

    root: Path
    grace: float = 0.3
    log_limit: int = 10_000
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def runs(self) -> Path:
        """Where the folders of the runs are."""
        return self.root / "runs"

    def template(self, name: str, text: str) -> None:
        """Write a template."""
        folder = self.root / "templates"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")

    def runtime(self, name: str = "shell", **shell: Any) -> ShellRuntime:
        """Open the runtime anew, as a planner that starts would."""
        settings = PlannerSettings(
            shell=ShellSettings(
                directory=str(self.runs),
                templates=(str(self.root / "templates"),),
                environment=self.environment,
                **shell,
            )
        )
        runtime = Runtime(name=name, lab_type=LabType.SHELL, where=HERE)
        return ShellRuntime(runtime, settings, grace=self.grace, log_limit=self.log_limit)

    def script(self, text: str, node: dict[str, Any], **params: Any) -> str:
        """Return the script that a template makes for a node, without the runtime's header."""
        self.template("echo.sh", text)
        job = Job(name="echo", template="echo.sh", params=params, where=HERE)
        definition = self.runtime().render(dispatch(job=job, **node))
        return definition.partition("\n")[2]

    def log(self, run: str) -> str:
        """Return the log of a run."""
        return (self.runs / run / "log").read_text("utf-8", "replace")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Give a site in a folder of its own; nothing of it is left running."""
    site = Site(tmp_path)
    yield site
    if site.runs.is_dir():
        runtime = site.runtime()
        for path in site.runs.iterdir():
            if not path.name.startswith("."):
                runtime.cancel(sent(path.name))


def until(condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Return what `condition` returns once that is true; fail after some seconds."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
    return value


def finished(runtime: ShellRuntime, run: str) -> Outcome:
    """Wait for the end of a run and return its outcome."""

    def look() -> Outcome | None:
        (outcome,) = runtime.observe([sent(run)])
        return outcome if outcome.state is RunState.FINISHED else None

    outcome = until(look)
    assert isinstance(outcome, Outcome)
    return outcome
