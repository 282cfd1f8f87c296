# SPDX-License-Identifier: LGPL-2.1-or-later
"""What commands read: configuration, events and nodes, with everything wrong said on stderr."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from models import Batch, Catalog, Defect, EventError, ExitCode, NodeLookup
from planner.cli import output


@dataclass
class Inputs:
    """Reads what a command was given; `degraded` once a part of it could not be used.

    `told` are the errors of events that were said already.
    """

    degraded: bool = False
    told: set[str] = field(default_factory=set)

    @property
    def exit_code(self) -> ExitCode:
        """What a command that did its work exits with."""
        return ExitCode.DEGRADED if self.degraded else ExitCode.DONE

    def catalog(self, paths: Iterable[Path]) -> Catalog:
        """Return the catalog; what of it had to be left out is said."""
        from planner.config import load_catalog

        catalog = load_catalog(*paths)
        self.defects(catalog.malformed)
        return catalog

    def batch(self, path: str) -> Batch:
        """Return the events of a file or of standard input; the lines that are none are said."""
        from planner.events import read_events

        batch = read_events(path)
        self.errors(path, batch.errors)
        if not batch.events and not batch.errors:
            output.say(f"{path}: there are no events in it")
        return batch

    def nodes(self, path: Path | None) -> NodeLookup | None:
        """Return the nodes of a file, None if there is no file; bad lines are said."""
        from planner.events import read_nodes

        if path is None:
            return None
        nodes = read_nodes(path)
        self.errors(str(path), nodes.errors)
        return nodes

    def errors(self, path: str, errors: Iterable[EventError]) -> None:
        """Say which events could not be used, with their lines."""
        for error in errors:
            place = f"{path}:{error.line}" if error.line is not None else f"event {error.event}"
            self.told.add(str(error))
            self.problem(f"{place}: {error.text}")

    def defects(self, defects: Iterable[Defect]) -> None:
        """Say what of a file was left out."""
        for defect in defects:
            self.problem(str(defect))

    def problem(self, text: str) -> None:
        """Say one thing that was left out; the command then ends as degraded."""
        self.degraded = True
        output.say(text)
