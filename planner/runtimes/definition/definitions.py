# SPDX-License-Identifier: LGPL-2.1-or-later
"""The definitions of one runtime's runs."""

from collections.abc import Mapping
from typing import Any

import yaml

from models import Catalog, Dispatch, Job, Runtime
from planner.runtimes.definition.metadata import Artifacts, read_artifacts
from planner.runtimes.definition.parameters import Site, parameters
from planner.runtimes.definition.template import Templates
from planner.runtimes.errors import DefinitionError


class Definitions:
    """How runs of `runtime` are written down, by the site's templates.

    `environment` is where KernelCI's `KCI_INSTANCE` and `KCI_INSTANCE_CALLBACK` are read.
    """

    def __init__(
        self,
        runtime: Runtime,
        catalog: Catalog,
        environment: Mapping[str, str],
        artifacts: Artifacts = read_artifacts,
    ) -> None:
        self._runtime = runtime
        self._artifacts = artifacts
        self._site = _site(catalog, environment)
        self._templates = Templates(catalog.planner.templates)

    def parameters(self, dispatch: Dispatch) -> dict[str, Any]:
        """Return what every template of the runtime may print of a run.

        Raises:
            NotSentError: if what it depends on cannot be asked for now.
            DefinitionError: if the configuration does not fit the build.
        """
        return parameters(dispatch, self._runtime, self._site, self._artifacts)

    def text(self, dispatch: Dispatch, more: Mapping[str, Any] | None = None) -> str:
        """Return the definition of a run, with `more` parameters than every runtime has.

        Raises:
            NotSentError: if what it depends on cannot be asked for now.
            DefinitionError: if there can be none.
        """
        told = self.parameters(dispatch)
        return self._templates.render(dispatch.job, {**told, **(more or {})})

    def document(self, dispatch: Dispatch, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the definition of a run as the mapping that its YAML is.

        Raises:
            NotSentError: if what it depends on cannot be asked for now.
            DefinitionError: if there can be none, or it is no YAML mapping.
        """
        return _mapping(self.text(dispatch, more), dispatch.job)


def _mapping(text: str, job: Job) -> dict[str, Any]:
    try:
        document = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        text = f"what template '{job.template}' of job '{job.name}' prints is no YAML: {reason}"
        raise DefinitionError(text) from error
    if not isinstance(document, dict):
        text = f"what template '{job.template}' of job '{job.name}' prints is no YAML mapping"
        raise DefinitionError(text)
    return document


def _site(catalog: Catalog, environment: Mapping[str, str]) -> Site:
    settings = catalog.planner
    return Site(
        rootfs=catalog.rootfs,
        fragments=catalog.fragments,
        api=_section(catalog.api_configs, settings.events.api),
        storage=_section(catalog.storages, settings.storage),
        image_prefix=settings.image_prefix,
        instance=environment.get("KCI_INSTANCE"),
        callback=environment.get("KCI_INSTANCE_CALLBACK"),
    )


def _section(items: Mapping[str, Mapping[str, Any]], name: str | None) -> dict[str, Any]:
    """Return an item of a section with its name; of one that is given by URL only that."""
    if name is None:
        return {}
    if "://" in name:
        return {"name": name, "url": name}
    return {"name": name, **items.get(name, {})}
