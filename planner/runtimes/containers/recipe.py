# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a run's container is: the definition, read and written, and what goes in."""

import hashlib
import io
import re
import tarfile
from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models import Order, PlannerError

# Labels of a container.
RUNTIME = "kci-planner.runtime"
RUN = "kci-planner.run"
TIMEOUT = "kci-planner.timeout"  # seconds

FOLDER = "kci-planner"  # at the container's root: the script, and a mark if it was cancelled
SCRIPT = f"/{FOLDER}/job"
CANCELLED = f"/{FOLDER}/cancelled"

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")


class Recipe(BaseModel):
    """A definition: a script, the image it runs in, and the seconds that it may take.

    A script that says so in its first line (`#!`) is a program, others are for `/bin/sh`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    image: str = Field(min_length=1)
    timeout: int = Field(ge=1)
    script: str = Field(min_length=1)

    def written(self) -> str:
        """Return the definition as YAML."""
        return yaml.safe_dump(self.model_dump(), sort_keys=False)

    @property
    def command(self) -> list[str]:
        """What the container runs."""
        return [SCRIPT] if self.script.startswith("#!") else ["/bin/sh", SCRIPT]


def read_recipe(definition: str) -> Recipe:
    """Return the recipe that a definition holds.

    Raises:
        PlannerError: if it holds none.
    """
    try:
        return Recipe.model_validate(yaml.safe_load(definition))
    except (yaml.YAMLError, ValidationError) as error:
        text = "a container's definition has an image, a timeout and a script, and nothing else"
        raise PlannerError(text) from error


def container_name(run: str) -> str:
    """Return the name of a run's container: the same for the same run, another for any other."""
    name = f"kci-{run}"
    if _NAME.fullmatch(name) and len(name) <= 100:
        return name
    return f"kci-{hashlib.sha256(run.encode()).hexdigest()[:40]}"


def labels(order: Order, recipe: Recipe) -> dict[str, str]:
    """Return what a container says of itself."""
    return {RUNTIME: order.runtime, RUN: order.run, TIMEOUT: str(recipe.timeout)}


def variables(order: Order, secrets: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a run, as the shell's runs have it, over what the site adds."""
    own = {
        "KCI_RUN": order.run,
        "KCI_REQUEST": order.request,
        "KCI_JOB": order.job,
        "KCI_PLATFORM": order.platform,
        "KCI_RUNTIME": order.runtime,
    }
    return {**secrets, **own}


def archive(files: Mapping[str, str]) -> bytes:
    """Return a tar archive with these files, in folders that anybody can read."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as tar:
        folder = tarfile.TarInfo(FOLDER)
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(folder)
        for path, text in files.items():
            content = text.encode()
            item = tarfile.TarInfo(path.lstrip("/"))
            item.size, item.mode = len(content), 0o755
            tar.addfile(item, io.BytesIO(content))
        length = tar.offset
    # Without the zeros at its end: Podman stops reading at the first of them, and then fails to
    # be given the rest.
    return sink.getvalue()[:length]


def labels_of(container: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the labels in what a list or a look at one container says."""
    found: Any = container.get("Labels") or (container.get("Config") or {}).get("Labels") or {}
    assert isinstance(found, Mapping)
    return found
