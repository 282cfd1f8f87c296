# SPDX-License-Identifier: LGPL-2.1-or-later
"""The template language: KernelCI's, in a sandbox, with errors that name their place."""

from pathlib import Path

import pytest
import yaml

from planner.runtimes import DefinitionError
from tests.runtimes.definition.conftest import SITE, Bench, dispatch


def test_a_template_prints_what_kernelcis_renderer_prints(bench: Bench) -> None:
    """What is not defined prints as nothing, blocks keep their blank lines, `do` is there."""
    template = (
        "a: [{{ nothing }}]\n{% if true %}\nb: {% do node.update(x=7) %}{{ node.x }}\n{% endif %}\n"
    )
    assert bench.text(template) == "a: []\n\nb: 7\n"


def test_what_a_template_changes_is_its_own(bench: Bench) -> None:
    """The next run finds nothing of what the last one's template did."""
    bench.write("{% do node.update(id='x') %}{% do platform_config.update(arch='y') %}")
    run = dispatch(bench.catalog)
    before = run.model_dump()
    bench.definitions().text(run)
    assert run.model_dump() == before


def test_templates_extend_others_from_any_folder(bench: Bench) -> None:
    """Folders are searched in their order; bases and parts are found from each."""
    bench.write("{% extends 'base/' + runtime + '.jinja2' %}{% block x %}mine{% endblock %}")
    other = bench.root / "other" / "base"
    other.mkdir(parents=True)
    (other / "lava.jinja2").write_text("base: {% block x %}{% endblock %}")
    site = SITE.replace("[templates]", "[templates, other]")
    (bench.root / "site.yaml").write_text(site)
    assert bench.definitions().text(dispatch(bench.catalog)) == "base: mine"


@pytest.mark.parametrize("name", ["a\U0001f980b", "a\x85b\u2028", "'\n- x: y", "\x7f\ufeff"])
def test_json_of_any_name_is_yaml(bench: Bench, name: str) -> None:
    """What `tojson` prints is that name to who reads the definition."""
    bench.write("a: {{ node.name | tojson }}")
    run = dispatch(bench.catalog)
    run = run.model_copy(update={"node": {**run.node, "name": name}})
    assert yaml.safe_load(bench.definitions().text(run)) == {"a": name}


def test_kci_raise_names_the_line(bench: Bench) -> None:
    """What a template raises is the reason, with its place."""
    with pytest.raises(DefinitionError, match=r"boot\.jinja2:2: no callback") as error:
        bench.text("x: 1\n{{ kci_raise('no callback') }}")
    assert error.value.code == "job_generation_error"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{% if %}", r"boot\.jinja2:1: Expected an expression"),
        ("\n{{ nothing.at.all }}", r"boot\.jinja2:2: 'nothing' is undefined"),
        ("{{ 1 / 0 }}", r"boot\.jinja2:1: division by zero"),
        ("{% include 'gone.jinja2' %}", r"no template 'gone\.jinja2' in "),
        ("{% include 'boot.jinja2' %}", "includes itself without end"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ kci_raise.__globals__.os }}", "unsafe"),
    ],
)
def test_a_wrong_template(bench: Bench, template: str, text: str) -> None:
    """Whatever is wrong with a template, or whatever it tries, is an error of this run."""
    with pytest.raises(DefinitionError, match=text) as error:
        bench.text(template)
    assert error.value.code == "job_generation_error"


def test_a_job_without_a_template(bench: Bench) -> None:
    """It is the configuration that has to change."""
    with pytest.raises(DefinitionError, match=r"job 'boot' has no template") as error:
        bench.text("", site=SITE.replace("template: boot.jinja2, ", ""))
    assert error.value.code == "invalid_job_params"


def test_names_cannot_leave_the_folders(bench: Bench, tmp_path: Path) -> None:
    """A template's name with dots in it finds nothing outside."""
    (tmp_path / "secret").write_text("token")
    with pytest.raises(DefinitionError, match="no template"):
        bench.text("", site=SITE.replace("boot.jinja2", "'../secret'"))


@pytest.mark.parametrize(
    ("template", "text"),
    [("a: [", "is no YAML"), ("- a", "is no YAML mapping"), ("!!python/name:os.system", "no YAML")],
)
def test_a_document_has_to_be_a_mapping(bench: Bench, template: str, text: str) -> None:
    """Where a lab wants YAML, anything else is refused before it is sent, and nothing is run."""
    bench.write(template)
    with pytest.raises(DefinitionError, match=text):
        bench.definitions().document(dispatch(bench.catalog))
