# SPDX-License-Identifier: LGPL-2.1-or-later
"""Values are words for a real shell, and never code, whatever the template."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.runtimes.shell.quoting import MARK, MisplacedError, check_places, fill, quote

VALUE = MARK.format(0)

# Pieces of shell out of which a careless template could be made.
PIECES = [
    *('"', "'", "$(", ")", "(", " ", "\n", "# ", "\\", "`", "}", "; ", "#", "$"),
    *("<<E\n", "<<-E\n", "<<'E'\n", "\nE\n", "\n\tE\n", "${y:-", "${y%", "$((1+", "))"),
    *("echo ", "case y in y) ", ";; esac", "if :; then ", "; fi", "| cat ", "&& ", "f() "),
]
# Values that do something in one place or another, if a shell reads them as code.
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
    "a[$(touch pwned)]",
]
# A script that only a whole grammar of the shell could read: its value is in double quotes.
HARD = f'echo ${{x:-$(case y in y) # "\necho " }} {VALUE} "\n;; esac # "\n)}}\n'

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(text)
@settings(max_examples=100, deadline=None)
def test_word_is_exactly_its_text(value: str) -> None:
    """A quoted text reaches a command byte for byte."""
    assert shell(f"printf %s {quote(value)}") == value


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
        (f'echo "it\'s {VALUE}"', "inside double quotes"),
        (f'sh -c "\necho {VALUE}\n"', "inside double quotes"),
        (f'echo "$(echo "a" {VALUE})"', "inside double quotes"),
        (f"echo '{VALUE}'", "inside single quotes"),
        (f"true # {VALUE}", "in a comment"),
        (f"cat <<END\n{VALUE}\nEND\n", "in a heredoc"),
        (f"sh <<'END'\n\"\n{VALUE}\nEND\n", "in a heredoc"),
        (f"cat <<-END\n\tx\n\tEND\ncat <<END\n\tEND\n{VALUE}\nEND\n", "in a heredoc"),
        (f"echo \\{VALUE}", "after a backslash"),
        (f"echo ${VALUE}", "right after a $"),
        (f"echo `echo {VALUE}`", "inside `...`"),
        (f"echo $((1 + {VALUE}))", "inside $((...))"),
        (f"echo ${{x:-{VALUE}}}", "inside ${...}"),
    ],
)
def test_misplaced_value_is_refused(script: str, place: str) -> None:
    """Where a value would not be one word there is no script, and place and line are named."""
    with pytest.raises(MisplacedError) as error:
        check_places(script)
    number = script[: script.index(VALUE)].count("\n") + 1
    assert f"a value stands {place}" in str(error.value)
    assert f"in line {number} of the script" in str(error.value)


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        (f'x={VALUE}; echo "$x ${{x#v}} it\'s" {VALUE}', "{0} {0} it's {0}\n"),
        (f'echo $(echo {VALUE}/) --x={VALUE}"."', "{0}/ --x={0}.\n"),
        (f"cat <<END # it's\nit's\nEND\necho {VALUE}", "it's\n{0}\n"),
        (f"cat <<-END\n\tit's\n\tEND\necho {VALUE}", "it's\n{0}\n"),
        (f'case "$y" in a) ;; *) (echo {VALUE}) ;; esac', "{0}\n"),
        (f'y=2; echo $(($(echo 3) - 1)) "$(($y + 1))" \\"{VALUE} $# a#b', '2 3 "{0} 0 a#b\n'),
        (f"# it's a comment\nf() {{ echo {VALUE}; }}\nf", "{0}\n"),
        (f'echo "$(echo \'it"s\' "it\'s")" {VALUE}', "it\"s it's {0}\n"),
        (f'(cd /; x=$(echo {VALUE}); echo "$x")\n', "{0}\n"),
    ],
)
def test_common_shell_is_accepted(script: str, shown: str) -> None:
    """Scripts as people write them show a value as it is, wherever a word can stand."""
    check_places(script)
    value = "$(a)'`b`'\"*"
    assert shell(fill(script, [quote(value)])) == shown.format(value)


def test_many_quotes_are_read_fast() -> None:
    """A long script with a quote that is never closed is judged at once, not in years."""
    check_places('"' + "$(x " * 200 + "`$(x)" * 200)


@given(st.lists(st.sampled_from([*PIECES, VALUE, VALUE, VALUE]), min_size=2, max_size=12))
@example([HARD])
@settings(max_examples=60, deadline=None)
def test_no_script_runs_a_value(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    """However a template is put together, even wrongly, no value in it is executed."""
    folder = tmp_path_factory.mktemp("shell", numbered=True)
    for value in EVIL:
        shell(fill("".join(pieces), [quote(value)]), folder)
        assert not (folder / "pwned").exists(), value


def shell(script: str, folder: Path | None = None) -> str:
    """Run a script, and return what it printed."""
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=10,
        env={"PATH": "/usr/bin:/bin"},
        check=False,
    )
    return done.stdout.decode("utf-8", "replace")
