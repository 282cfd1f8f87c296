# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plain reference itself, against what KernelCI's own scheduler was seen to do."""

import json
import lzma
from pathlib import Path

from tests.demand.reference import expected, read_sections
from tests.demand.site import Json


def _lines(path: Path) -> list[Json]:
    with lzma.open(path) as file:
        return [json.loads(line) for line in file]


def test_the_reference_agrees_with_the_reference_scheduler(shared: Path) -> None:
    """On real events and a real configuration it allows exactly the places that were asked for."""
    kernelci = shared / "kernelci"
    answers = expected(
        read_sections(kernelci / "config"),
        _lines(kernelci / "events.jsonl.xz"),
        _lines(kernelci / "nodes.jsonl.xz"),
    )
    found = {
        (triple.parent, triple.job, triple.runtime, triple.platform)
        for triple, given in answers.items()
        if None in given
    }
    with (kernelci / "expected" / "demand.jsonl").open() as file:
        lines = map(json.loads, file)
        asked = {
            tuple(line[key] for key in ("parent", "job", "runtime", "platform")) for line in lines
        }
    assert found == asked
