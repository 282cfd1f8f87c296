# SPDX-License-Identifier: LGPL-2.1-or-later
"""Templates print words, whatever construct of the template language prints them."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from models import Job, PlannerError, Platform
from tests.runtimes.conftest import HERE, Site, dispatch

SHOW = "printf '%s\\0' "

# Each prints the words of node.v (a text) or node.l (a list) as arguments of SHOW.
CONSTRUCTS = {
    "expression": SHOW + "{{ node.v }}",
    "subscript": SHOW + "{{ node['v'] }}",
    "list": SHOW + "{{ node.l }}",
    "loop": "{% for x in node.l %}" + SHOW + "{{ x }}\n{% endfor %}",
    "recursive loop": "{% for x in [node.l] recursive %}{% if x is string %}"
    + SHOW
    + "{{ x }}\n{% else %}{{ loop(x) }}{% endif %}{% endfor %}",
    "set": "{% set x = node.v %}" + SHOW + "{{ x }}",
    "do": "{% set n = namespace(x='') %}{% do [] %}{% set n.x = node.v %}" + SHOW + "{{ n.x }}",
    "with": "{% with x = node.v %}" + SHOW + "{{ x }}{% endwith %}",
    "condition": SHOW + "{% if node.v %}{{ node.v }}{% else %}{{ node.v }}{% endif %}",
    "ternary": SHOW + "{{ node.v if true else 'no' }}",
    "concatenation": SHOW + "{{ '' ~ node.v }}",
    "safe": SHOW + "{{ node.v | safe }}",
    "escaped": "{% autoescape true %}" + SHOW + "{{ node.v }}{% endautoescape %}",
    "format": SHOW + "{{ '%s' | format(node.v) }}",
    "method": SHOW + "{{ '{}'.format(node.v) }}",
    "macro": "{% macro m(x) %}" + SHOW + "{{ x }}{% endmacro %}{{ m(node.v) }}",
    "macro in a macro": "{% macro i(x) %}{{ x }}{% endmacro %}{% macro m(x) %}"
    + SHOW
    + "{{ i(x) }}{% endmacro %}{{ m(node.v) }}",
    "imported macro": "{% import 'lib.sh' as lib %}{{ lib.show(node.v) }}",
    "from import": "{% from 'lib.sh' import show %}{{ show(node.v) }}",
    "include": "{% include 'part.sh' %}",
    "inheritance": "{% extends 'base.sh' %}{% block body %}{{ super() }}{% endblock %}",
    "self": "{% block body %}{% endblock %}{% if false %}{{ self.body() }}{% endif %}"
    + SHOW
    + "{{ node.v }}",
    "command substitution": "x=$(printf '%s.' {{ node.v }})\n" + SHOW + '"${x%.}"',
    "assignment": "x={{ node.v }}\n" + SHOW + '"$x"',
    "part of a word": "x=a{{ node.v }}b\nx=${x#a}\n" + SHOW + '"${x%b}"',
    "parameter": SHOW + "{{ params.v }}",
}

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
EVIL = "$(touch pwned); rm -rf ~ '\"`touch pwned`\n{{ node }}{% raw %}\\ é € \t*"


@pytest.mark.parametrize("construct", CONSTRUCTS)
@given(value=words)
@example(value=EVIL)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_construct_prints_exact_words(site: Site, construct: str, value: str) -> None:
    """Data of an event come out of a real shell as they went in, and run nothing on the way."""
    site.template("lib.sh", "{% macro show(x) %}" + SHOW + "{{ x }}{% endmacro %}")
    site.template("part.sh", SHOW + "{{ node.v }}")
    site.template("base.sh", "{% block body %}" + SHOW + "{{ node.v }}{% endblock %}")
    values = [value, "second one"] if "node.l" in CONSTRUCTS[construct] else [value]
    script = site.script(CONSTRUCTS[construct], {"v": value, "l": values}, v=value)
    assert _words(script, site.root) == values
    assert not (site.root / "pwned").exists()


def _words(script: str, folder: Path) -> list[str]:
    path = folder / "script"
    path.write_bytes(script.encode())
    done = subprocess.run(["/bin/sh", str(path)], cwd=folder, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{{ none }}", [""]),
        ("{{ [] }}", []),
        ("{{ 3 }} {{ 'a b' }} {{ ['c', none, 4] }}", ["3", "a b", "c", "", "4"]),
        ("{{ node.l | map('upper') }}", ["A B", "C"]),
        ("{{ node.l | join(',') }}", ["a b,c"]),
        ("{% set x %}fixed text{% endset %}{{ x }}", ["fixed text"]),
        ("{{ run }} {{ request }} {{ job }} {{ platform }}", ["ab12-0", "ab12", "echo", "board"]),
        ("{{ runtime }} {{ device_type }}", ["shell", "board-type"]),
        ("{{ params.url }}", ["http://x/{krev}"]),
        ("{{ revision.describe }}", ["v6.1"]),
    ],
)
def test_what_is_printed(site: Site, expression: str, expected: list[str]) -> None:
    """None is an empty word, a list a word an item, params keep their placeholders."""
    node = {"l": ["a b", "c"], "data": {"kernel_revision": {"describe": "v6.1"}}}
    script = site.script(SHOW + expression, node, url="http://x/{krev}")
    # printf without arguments prints its format once.
    assert _words(script, site.root) == (expected or [""])


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("echo {{ node.nope }}", r"echo\.sh:1: .*no attribute 'nope'"),
        ("\necho {{ nope }}", r"echo\.sh:2: 'nope' is undefined"),
        ("\n{% if %}", r"echo\.sh:2: "),
        ("echo {{ node.v | raw }}", "No filter named 'raw'"),
        ("echo {{ node }}", "a mapping is no shell word"),
        ("echo {{ [[1]] }}", "an item of a list is no shell word"),
        ("echo {{ node.nul }}", "NUL"),
        ("echo {{ node.half }}", "Unicode"),
        ('echo "{{ node.v }}"', "inside double quotes.*echo"),
        ("{% filter upper %}{{ node.v }}{% endfilter %}", "could undo quotes"),
        ("{% call node.v.format() %}{% endcall %}", "could print without quotes"),
        ("{% set x %}a {{ node.v }}{% endset %}echo {{ x }}", "printed on its own"),
        ("{% macro m() %}{{ node.v }}{% endmacro %}{{ m() ~ '' }}", "printed on its own"),
        ("{{ node.v.__class__ }}", "unsafe"),
        ("{{ node.update({'v': 1}) }}", "unsafe"),
        ("{% include '../secret' %}", r"no template '\.\./secret' in"),
        ("{% include '/etc/passwd' %}", "no template '/etc/passwd' in"),
        ("{% include 'echo.sh' %}", "without end"),
        ("{{ 1 // 0 }}", "zero"),
    ],
)
def test_what_cannot_be_rendered_is_said(site: Site, template: str, said: str) -> None:
    """A template that is wrong, or prints what no word can be, gives no script but a place."""
    (site.root / "secret").write_text("secret")
    node: dict[str, Any] = {"v": "x", "nul": "a\0" + "0\0", "half": "\ud800"}
    with pytest.raises(PlannerError, match=said):
        site.script(template, node)


def test_missing_template_names_job_and_folders(site: Site) -> None:
    """A template that does not exist, or is none, is named with the job and its line."""
    platform = Platform(name="board", where=HERE)
    lost = Job(name="lost", template="../jobs.yaml", where=HERE)
    with pytest.raises(PlannerError, match=r"jobs\.yaml:7: job 'lost': no template .* in .*templ"):
        site.runtime().render(dispatch(job=lost, platform=platform))
    bare = Job(name="bare", where=HERE)
    with pytest.raises(PlannerError, match="'bare' has no template"):
        site.runtime().render(dispatch(job=bare, platform=platform))


@pytest.mark.parametrize(("minutes", "seconds"), [(None, 90), (2, 120), ("1.5", 90)])
def test_definition_holds_its_timeout(site: Site, minutes: object, seconds: int) -> None:
    """The job's timeout, in minutes, goes before the runtime's, in seconds."""
    site.template("t.sh", "true\n")
    params = {} if minutes is None else {"job_timeout": minutes}
    job = Job(name="echo", template="t.sh", params=params, where=HERE)
    platform = Platform(name="board", where=HERE)
    text = site.runtime(timeout=90).render(dispatch(job=job, platform=platform))
    assert text == f"# kci-planner: timeout {seconds} s\ntrue\n"


@pytest.mark.parametrize("minutes", ["soon", 0, -1, "inf", [3]])
def test_timeout_that_is_none_is_refused(site: Site, minutes: object) -> None:
    """A job timeout that is no number of minutes is an error of the job, with its place."""
    site.template("t.sh", "true\n")
    job = Job(name="echo", template="t.sh", params={"job_timeout": minutes}, where=HERE)
    with pytest.raises(PlannerError, match=r"jobs\.yaml:7: job_timeout of job 'echo'"):
        site.runtime().render(dispatch(job=job))
