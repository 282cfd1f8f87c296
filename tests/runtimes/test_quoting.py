# SPDX-License-Identifier: LGPL-2.1-or-later
"""Values are words for a real shell, or there is no script."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.runtimes.shell.quoting import MARK, MisplacedError, fill, quote

VALUE = MARK.format(0)

# Pieces of shell out of which a careless template could be made.
PIECES = [
    *('"', "'", "$(", ")", "(", " ", "\n", "# ", "\\", "`", "}", "; ", "#", "$"),
    *("<<E\n", "<<-E\n", "<<'E'\n", "\nE\n", "\n\tE\n", "${y:-", "${y%", "$((1+", "))"),
    *("echo ", "case y in y) ", ";; esac", "if :; then ", "; fi", "| cat ", "&& ", "f() "),
]
# Values that do something in one place or another, if their quotes are not read as quotes.
EVIL = [
    "$(touch pwned)",
    "'$(touch pwned)'",
    "`touch pwned`",
    "\ntouch pwned\n",
    "';touch pwned;'",
    '";touch pwned;"',
    "\nE\ntouch pwned\n",
    ")\ntouch pwned\n",
    "}\ntouch pwned\n",
    "\\';touch pwned #",
    "`\ntouch pwned\n`",
]

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(text)
@settings(max_examples=150, deadline=None)
def test_word_is_exactly_its_text(value: str) -> None:
    """A quoted text reaches a command byte for byte."""
    script = f"printf %s {quote(value)}"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)
    assert done.stdout == value.encode()


@pytest.mark.parametrize("value", ["if", "A=b", "2", "~", "", "*"])
def test_word_is_always_quoted(value: str) -> None:
    """Words that mean something else where they stand bare are quoted like any other."""
    assert quote(value) == f"'{value}'"


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_what_no_word_can_hold_is_refused(value: str) -> None:
    """A NUL byte or half a character is an error, not another text."""
    with pytest.raises(ValueError, match=r"NUL|Unicode"):
        quote(value)


@pytest.mark.parametrize(
    ("script", "place"),
    [
        (f'echo "{VALUE}"', "inside double quotes"),
        (f"echo '{VALUE}'", "inside single quotes"),
        (f"true # {VALUE}", "in a comment"),
        (f"cat <<END\n{VALUE}\nEND\n", "in a heredoc"),
        (f"cat <<'END'\n{VALUE}\nEND\n", "in a heredoc"),
        (f"cat <<-END\n\tx\n\tEND\ncat <<END\n\tEND\n{VALUE}\nEND\n", "in a heredoc"),
        (f"cat <<{VALUE}\n", "in a heredoc's delimiter"),
        (f"echo \\{VALUE}", "after a backslash"),
        (f"echo ${VALUE}", "right after a $"),
        (f"echo `echo {VALUE}`", "inside `...`"),
        (f"echo $((1 + {VALUE}))", "inside $((...))"),
        (f"echo ${{x:-{VALUE}}}", "inside ${...}"),
        (f'echo "$(case x in x) echo "{VALUE}";; esac)"', "`case`"),
        (f"echo 'a {VALUE}", "never closed"),
        (f'echo {VALUE} "', "the script ends inside double quotes"),
    ],
)
def test_misplaced_value_is_refused(script: str, place: str) -> None:
    """Where a shell would not read quotes as quotes there is no script, and the place is named."""
    with pytest.raises(MisplacedError) as error:
        fill(script, ["''"])
    assert place in str(error.value)
    assert "of the script" in str(error.value)


@pytest.mark.parametrize(
    "script",
    [
        f'x={VALUE}; echo "$x ${{x#v}} it\'s" {VALUE}',
        f'echo "$(basename {VALUE})" {VALUE}/{VALUE} --x={VALUE}',
        f"cat <<END # it's\nit's\nEND\necho {VALUE}",
        f'case "$x" in a) echo {VALUE} ;; *) (echo {VALUE}) ;; esac',
        f'echo $(($(date +%s) - began)) "$(($x + 1))" \\"{VALUE} $# a#b',
        f"# it's a comment\nf() {{ echo {VALUE}; }}\n",
        f"echo <<<word\n(cd /; x=$(echo {VALUE}))\n",
    ],
)
def test_common_shell_is_accepted(script: str) -> None:
    """Scripts as people write them take values wherever a word can stand."""
    assert fill(script, ["'v'"]) == script.replace(VALUE, "'v'")


@given(st.lists(st.sampled_from([*PIECES, VALUE, VALUE, VALUE]), min_size=2, max_size=12))
@settings(max_examples=150, deadline=None)
def test_accepted_script_never_runs_a_value(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    """However a template is put together: it is refused, or no value in it is executed."""
    script = "".join(pieces)
    try:
        fill(script, ["''"])
    except MisplacedError:
        return
    folder = tmp_path_factory.mktemp("shell", numbered=True)
    for value in EVIL:
        _run(fill(script, [quote(value)]), folder)
        assert not (folder / "pwned").exists(), (script, value)


def _run(script: str, folder: Path) -> None:
    subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=10,
        env={"PATH": "/usr/bin:/bin"},
        check=False,
    )
