# SPDX-License-Identifier: LGPL-2.1-or-later
"""A run becomes a shell script, out of the site's Jinja2 template.

The template is ours to trust, what it prints is not: nodes come from events. `{{ }}` prints shell
words, and no filter, macro or block of the template language can make it print anything else.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    nodes,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models import Job, Order, PlannerError, Platform
from planner.runtimes.definition.places import TEMPLATE_ERRORS, place_of
from planner.runtimes.shell.quoting import MARK, check_places, fill, quote


def render_script(order: Order, job: Job, platform: Platform, folders: tuple[str, ...]) -> str:
    """Return the script of a run; no byte of a value stands in it as code.

    The variables are run, request, job, platform, runtime, device_type (texts), params (the job's,
    with placeholders such as `{name}` left as they are), node (the parent node) and revision (its
    kernel revision). A text prints as one word, a list as one word an item, None as the empty
    word.

    Raises:
        PlannerError: if the template is missing, wrong, uses what does not exist, or prints a
            value where a shell would not read it as a word; the text names template and line.
    """
    if not job.template:
        raise PlannerError(f"{job.where}: job '{job.name}' has no template to make a script of")
    environment = _ScriptEnvironment(folders)
    try:
        marked = environment.get_template(job.template).render(_variables(order, job, platform))
        check_places(marked)
        return fill(marked, environment.words)
    except TemplateNotFound as error:
        where = ", ".join(folders) or "planner.shell.templates, which is empty"
        text = f"{job.where}: job '{job.name}': no template '{error.name}' in {where}"
        raise PlannerError(text) from error
    except TEMPLATE_ERRORS as error:
        place = place_of(error, folders, job.template)
        raise PlannerError(f"{place}: {error} (job '{job.name}')") from error
    except RecursionError as error:
        text = f"template '{job.template}' includes itself without end (job '{job.name}')"
        raise PlannerError(text) from error


def _variables(order: Order, job: Job, platform: Platform) -> dict[str, Any]:
    data = order.node.get("data")
    revision = data.get("kernel_revision") if isinstance(data, dict) else None
    return {
        "run": order.run,
        "request": order.request,
        "job": job.name,
        "platform": platform.name,
        "runtime": order.runtime,
        "device_type": order.device_type,
        "params": job.params,
        "node": order.node,
        "revision": revision or {},
    }


_PRINTERS = (Macro, BlockReference, LoopContext)


class _Rendered(str):
    """What a macro, a block or a loop printed: its values are marks already.

    It prints as it is. Anything made out of it is a plain text again, which `quote` refuses if
    there are marks in it: so nothing is ever quoted twice.
    """

    __slots__ = ()


class _Generator(CodeGenerator):
    """Compiles templates; refuses the two statements that print without being asked to quote."""

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        self.fail("{% filter %} could undo quotes; filter inside of {{ }}", node.lineno)

    def visit_CallBlock(self, node: nodes.CallBlock, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        self.fail("{% call %} could print without quotes; call inside of {{ }}", node.lineno)


class _ScriptEnvironment(ImmutableSandboxedEnvironment):
    """The template language of one script; `words` are the values that it printed, quoted."""

    code_generator_class = _Generator

    def __init__(self, folders: tuple[str, ...]) -> None:
        super().__init__(
            loader=FileSystemLoader(list(folders)),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.do"],
            finalize=self.hold,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.words: list[str] = []

    def hold(self, value: Any) -> str:
        """Return the mark that stands for `value` until the script is known."""
        if type(value) is _Rendered:
            return value
        if isinstance(value, Undefined):
            str(value)  # raises: it is strict
        if isinstance(value, Mapping):
            keys = ", ".join(map(str, value)) or "it has none"
            raise TypeError(f"a mapping is no shell word; print one of its keys ({keys})")
        if isinstance(value, Iterable) and not isinstance(value, str):
            return " ".join(self._word(item) for item in value)
        return self._word(value)

    def _word(self, value: Any) -> str:
        if isinstance(value, (Mapping, list, tuple)):
            raise TypeError(f"an item of a list is no shell word: {value!r}")
        self.words.append(quote("" if value is None else str(value)))
        return MARK.format(len(self.words) - 1)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call `obj` for a template; what macros and blocks return prints without new quotes."""
        result = super().call(context, obj, *args, **kwargs)
        return _Rendered(result) if isinstance(obj, _PRINTERS) else result
