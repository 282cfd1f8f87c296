# SPDX-License-Identifier: LGPL-2.1-or-later
"""The template language of definitions: KernelCI's, in a sandbox.

It prints what KernelCI's own renderer prints: what is not defined prints as nothing, `do` is a
statement, `kci_raise` and `kci_yaml_dump` are there. A template may change lists and mappings,
which are copies, and cannot reach the planner.
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

import yaml
from jinja2 import FileSystemLoader, TemplateNotFound, TemplateRuntimeError
from jinja2.sandbox import SandboxedEnvironment

from models import Job, printable_json
from planner.runtimes.definition.places import TEMPLATE_ERRORS, place_of
from planner.runtimes.errors import DefinitionError


class _RaisedError(TemplateRuntimeError):
    """What a template raised by `kci_raise`."""


class Templates:
    """The templates in `folders`, of which the first that has a name counts."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._folders = folders
        self._environment = SandboxedEnvironment(
            loader=FileSystemLoader(list(folders)),
            extensions=["jinja2.ext.do"],
        )
        self._environment.globals |= {"kci_raise": _raise, "kci_yaml_dump": _dump}
        self._environment.policies["json.dumps_function"] = _json

    def render(self, job: Job, parameters: Mapping[str, Any]) -> str:
        """Return what the template of a job prints.

        Raises:
            DefinitionError: if it is missing or wrong; the text names template and line.
        """
        if not job.template:
            text = f"{job.where}: job '{job.name}' has no template"
            raise DefinitionError(text, "invalid_job_params")
        try:
            return self._environment.get_template(job.template).render(parameters)
        except TemplateNotFound as error:
            where = ", ".join(self._folders) or "planner.templates, which is empty"
            text = f"{job.where}: job '{job.name}': no template '{error.name}' in {where}"
            raise DefinitionError(text) from error
        except TEMPLATE_ERRORS as error:
            place = place_of(error, self._folders, job.template)
            raise DefinitionError(f"{place}: {error} (job '{job.name}')") from error
        except RecursionError as error:
            text = f"template '{job.template}' includes itself without end (job '{job.name}')"
            raise DefinitionError(text) from error


def _raise(text: Any) -> NoReturn:
    raise _RaisedError(str(text))


def _dump(data: Any) -> str:
    return yaml.safe_dump(data, indent=2)


def _json(data: Any, **how: Any) -> str:
    return printable_json(json.dumps(data, **how, ensure_ascii=False))
