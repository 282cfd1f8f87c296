# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner demand`: the requests of a batch, and what becomes of input that cannot be used."""

import io
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from models import TIER_OF, ExitCode, ReasonCode
from tests.cli.conftest import Done, Kci
from tests.demand.site import BUILD, CHECKOUT, SECTIONS, Json, entry, event

Args = list[str | Path]

KEYS = [
    "request",
    "entry",
    "job",
    "kind",
    "parent",
    "retry",
    "priority",
    "runs",
    "candidates",
    "rejections",
]


def rows(done: Done) -> list[Json]:
    """Return the objects that stand on stdout, one a line."""
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.fixture
def small(tmp_path: Path) -> Args:
    """Return the arguments for a site that is served, refused and misconfigured, and one event."""
    asked = [
        entry(platforms=["rock", "ghost"]),
        entry(job="build"),
        entry(job="ghost"),
        entry(runtime={"name": "ghost"}, platforms=None),
        entry(platforms=None, criteria={"arch": "arm64"}, runs={"number": 9, "variant": "mach"}),
        entry(
            platforms=None,
            criteria={"arch": "arm64"},
            runs={"number": 9, "variant": ["mach", "runtime"], "mode": "strict"},
        ),
    ]
    written: dict[str, list[Json]] = {
        "site.yaml": [SECTIONS | {"scheduler": asked}],
        "events.jsonl": [event(jobfilter=["boot", "ghost"])],
        "nodes.jsonl": [CHECKOUT, BUILD],
    }
    for name, objects in written.items():
        (tmp_path / name).write_text("".join(json.dumps(each) + "\n" for each in objects))
    site, events, nodes = (tmp_path / name for name in written)
    return ["-c", site, "--events", events, "--nodes", nodes]


def replaced(args: Args, name: str, text: str) -> Path:
    """Write another text into one of the files of `small`, and return its path."""
    path = next(path for path in args if isinstance(path, Path) and path.name == name)
    path.write_text(text)
    return path


# What comes out


def check_row(row: Json) -> None:
    """Check that a line has the documented keys, in their order, and values of their types."""
    assert list(row) == KEYS
    assert all(isinstance(row[key], str) for key in ("request", "entry", "job", "kind", "parent"))
    assert isinstance(row["retry"], int)
    assert 0 <= row["priority"] <= 100
    assert list(row["runs"]) == ["number", "variant", "mode"]
    assert row["runs"]["mode"] in ("strict", "permissive")
    assert isinstance(row["runs"]["variant"], list)
    for place in row["candidates"]:
        assert list(place) == ["runtime", "platform", "device_type"]
        assert all(isinstance(value, str) for value in place.values())
    for rejection in row["rejections"]:
        assert list(rejection) == ["runtime", "platform", "reason"]
        assert list(rejection["reason"]) == ["tier", "code", "text"]
        assert rejection["reason"]["tier"] == TIER_OF[ReasonCode(rejection["reason"]["code"])]


def test_lines_have_the_documented_keys(kci: Kci, small: Args, batch: Args) -> None:
    """Every line, whether served, refused or misconfigured, has the same keys."""
    for args in (small, batch):
        found = rows(kci("demand", *args, "-o", "json"))
        assert found
        for row in found:
            check_row(row)


def test_a_request_with_no_candidate_is_a_line(kci: Kci, small: Args) -> None:
    """Each request is a line; one that goes nowhere says why."""
    found = rows(kci("demand", *small, "-o", "json"))
    said = {
        (row["job"], row["runs"]["mode"], code)
        for row in found
        for code in [no["reason"]["code"] for no in row["rejections"]] or ["served"]
    }
    assert said == {
        ("boot", "permissive", "served"),
        ("boot", "permissive", "unknown_platform"),
        ("boot", "permissive", "unknown_runtime"),
        ("boot", "strict", "too_few_variants"),
        ("build", "permissive", "jobfilter"),
        ("ghost", "permissive", "unknown_job"),
    }
    assert all(row["candidates"] or row["rejections"] for row in found)


def test_yaml_says_the_same(kci: Kci, small: Args) -> None:
    """YAML is the list of the very same objects."""
    as_yaml = yaml.safe_load(kci("demand", *small, "-o", "yaml").out)
    assert as_yaml == rows(kci("demand", *small, "-o", "json"))


def test_a_table_for_people(kci: Kci, small: Args) -> None:
    """A line a request, with places, priorities and reasons, without colours."""
    found = rows(kci("demand", *small, "-o", "json"))
    header, *lines = kci("demand", *small).out.splitlines()
    assert all(word in header for word in ("job", "parent", "places", "refused"))
    assert sum(line.startswith(("boot", "build", "ghost")) for line in lines) == len(found)
    text = "\n".join(lines)
    assert "lab/rock" in text
    assert all(code in text for code in ("unknown_job", "jobfilter", "too_few_variants"))
    assert "\x1b" not in text


def test_a_table_of_names_with_brackets(kci: Kci, small: Args) -> None:
    """What looks like a console's mark-up is a name like any other."""
    odd = BUILD | {"id": "[/b]", "name": "[red]"}
    replaced(small, "events.jsonl", json.dumps(event(odd)))
    replaced(small, "nodes.jsonl", json.dumps(odd))
    done = kci("demand", *small)
    assert done.code == ExitCode.DONE
    assert "[/b]" in done.out


@pytest.mark.parametrize("output", ["json", "yaml", "table"])
def test_nothing_but_results_on_stdout(kci: Kci, small: Args, output: str) -> None:
    """What goes wrong is said on stderr, and stdout is the same as without it."""
    good = kci("demand", *small, "-o", output)
    events = replaced(small, "events.jsonl", "no JSON\n")
    events.write_text(json.dumps(event(jobfilter=["boot", "ghost"])) + "\n{]\n")
    bad = kci("demand", *small, "-o", output)
    assert bad.out == good.out
    assert f"{events}:2" in bad.err
    assert f"{events}:2" not in bad.out


def test_stderr_says_how_much_there_was(kci: Kci, small: Args) -> None:
    """A summary: how many events and requests."""
    done = kci("demand", *small, "-o", "json")
    assert "1 events" in done.err
    assert f"{len(rows(done))} requests" in done.err


def test_the_same_twice(kci: Kci, batch: Args) -> None:
    """The same batch gives the same output, byte for byte."""
    one, two = (kci("demand", *batch, "-o", "json") for _ in range(2))
    assert one == two


# Exit codes


def test_a_whole_batch_is_done(kci: Kci, small: Args, batch: Args) -> None:
    """What is refused or misconfigured is a result; the command did its work."""
    assert kci("demand", *small).code == ExitCode.DONE
    assert kci("demand", *batch).code == ExitCode.DONE


def test_bad_lines_degrade(kci: Kci, small: Args) -> None:
    """Lines that are no events are said with file and number; the others are processed; exit 3."""
    whole = rows(kci("demand", *small, "-o", "json"))
    good = json.dumps(event(jobfilter=["boot", "ghost"]))
    events = replaced(small, "events.jsonl", f"{{\n\n{good}\n[]\n\x00\n")
    done = kci("demand", *small, "-o", "json")
    assert done.code == ExitCode.DEGRADED
    assert rows(done) == whole
    assert [f"{events}:{line}" in done.err for line in (1, 2, 3, 4, 5)] == [
        True,
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("nodes.jsonl", json.dumps(BUILD) + "\nno node\n", "nodes.jsonl:2"),
        ("nodes.jsonl", json.dumps(CHECKOUT) + "\n", BUILD["id"]),
        ("nodes.jsonl", "", BUILD["id"]),
    ],
)
def test_bad_nodes_degrade(kci: Kci, small: Args, name: str, text: str, word: str) -> None:
    """A line that is no node, and an event whose node is missing, are said; exit 3."""
    replaced(small, name, text)
    done = kci("demand", *small, "-o", "json")
    assert done.code == ExitCode.DEGRADED
    assert word in done.err


def test_a_part_of_the_configuration_degrades(kci: Kci, small: Args) -> None:
    """An entry that cannot be understood is left out and said with file and line; exit 3."""
    whole = rows(kci("demand", *small, "-o", "json"))
    path = replaced(small, "site.yaml", "")
    asked: list[Any] = [entry(), entry(colour="red")]
    path.write_text(json.dumps(SECTIONS | {"scheduler": asked}, indent=1))
    done = kci("demand", *small, "-o", "json")
    assert done.code == ExitCode.DEGRADED
    assert f"{path}:" in done.err
    assert "colour" in done.err
    assert [row["request"] for row in rows(done)] == [whole[0]["request"]]


def test_an_empty_batch(kci: Kci, small: Args) -> None:
    """No event is no request and no error; it is said."""
    events = replaced(small, "events.jsonl", "")
    done = kci("demand", *small, "-o", "json")
    assert (done.code, done.out) == (ExitCode.DONE, "")
    assert str(events) in done.err
    assert yaml.safe_load(kci("demand", *small, "-o", "yaml").out) == []


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [("site.yaml", "a: [\n", "site.yaml:"), ("site.yaml", "\tx: 1\n", "site.yaml:1")],
)
def test_a_broken_configuration(kci: Kci, small: Args, name: str, text: str, place: str) -> None:
    """A file that is no YAML ends the command: one line with file and line, exit 1, no output."""
    replaced(small, name, text)
    done = kci("demand", *small, "-o", "json")
    assert (done.code, done.out) == (ExitCode.ERROR, "")
    assert place in done.err


@pytest.mark.parametrize("option", ["-c", "--events", "--nodes"])
def test_a_file_that_is_not_there(kci: Kci, small: Args, tmp_path: Path, option: str) -> None:
    """A path that does not exist is an error that names it."""
    done = kci("demand", *small, option, tmp_path / "missing.file")
    assert (done.code, done.out) == (ExitCode.ERROR, "")
    assert "missing.file" in done.err


@pytest.mark.parametrize("missing", ["-c", "--events"])
def test_an_option_that_is_needed(kci: Kci, small: Args, missing: str) -> None:
    """Without configuration or events the command is called wrongly: exit 2."""
    at = small.index(missing)
    assert kci("demand", *small[:at], *small[at + 2 :]).code == ExitCode.USAGE


# Where input comes from


def test_events_from_standard_input(kci: Kci, small: Args, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--events -` reads standard input."""
    whole = kci("demand", *small, "-o", "json").out
    at = small.index("--events") + 1
    content = Path(small[at]).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    done = kci("demand", *small[:at], "-", *small[at + 1 :], "-o", "json")
    assert (done.code, done.out) == (ExitCode.DONE, whole)


def test_without_nodes(kci: Kci, small: Args) -> None:
    """Events stand for their nodes."""
    at = small.index("--nodes")
    done = kci("demand", *small[:at], *small[at + 2 :], "-o", "json")
    assert done.code == ExitCode.DONE
    assert any(row["candidates"] for row in rows(done))


def test_configurations_overlaid(kci: Kci, small: Args, tmp_path: Path) -> None:
    """A second `-c` adds its entries to those of the first."""
    whole = rows(kci("demand", *small, "-o", "json"))
    more = tmp_path / "more.yaml"
    more.write_text(json.dumps({"scheduler": [entry(platforms=["pi"])]}))
    both = rows(kci("demand", *small, "-c", more, "-o", "json"))
    assert both[: len(whole)] == whole
    assert [row["candidates"][0]["platform"] for row in both[len(whole) :]] == ["pi"]


# Real events


def test_real_events_ask_for_the_expected_places(kci: Kci, shared: Path) -> None:
    """The acceptance: exactly the reference scheduler's places, none missing and none more."""
    kernelci = shared / "kernelci"
    done = kci(
        "demand",
        *("-c", kernelci / "config"),
        *("--events", kernelci / "events.jsonl.xz"),
        *("--nodes", kernelci / "nodes.jsonl.xz"),
        *("-o", "json"),
    )
    assert done.code == ExitCode.DONE
    found = Counter(
        (row["parent"], row["job"], row["kind"], place["runtime"], place["platform"])
        for row in rows(done)
        for place in row["candidates"]
    )
    with (kernelci / "expected" / "demand.jsonl").open() as file:
        lines = map(json.loads, file)
        expected = Counter(
            tuple(line[key] for key in ("parent", "job", "kind", "runtime", "platform"))
            for line in lines
        )
    assert found == expected
