# SPDX-License-Identifier: LGPL-2.1-or-later
"""A shorter way to write entries, and what exactly it would change."""

from enum import StrEnum

from models.base import Ours


class SuggestionKind(StrEnum):
    """What makes entries longer than they need be."""

    LABS = "labs"  # several entries that differ only by lab
    CRITERIA = "criteria"  # one entry with a list of boards that criteria would match


class Fate(StrEnum):
    """What becomes of a place under a suggestion."""

    STAYS = "stays"
    APPEARS = "appears"
    DISAPPEARS = "disappears"


class PlaceFate(Ours):
    """One place where a job may go before or after, and what becomes of it.

    `job` is the job's name there after the change, or before it if the place disappears; `was`
    are its names there before, empty if the place appears. `platform` is None where the
    configuration names a runtime that it does not define.
    """

    job: str
    runtime: str
    platform: str | None
    fate: Fate
    was: tuple[str, ...] = ()


class PlatformRuns(Ours):
    """How many runs of one event are bound to a platform, before and after.

    `platform` is None for the runs that may go to several.
    """

    platform: str | None
    before: int
    after: int


class Suggestion(Ours):
    """Entries, by their ids, and what could be written in their place.

    `yaml` is a list of entries as it would stand under `scheduler:`. `runs_before` and
    `runs_after` count the runs that one event asks for; `fewer` names the platforms that get
    fewer of them. `notes` are sentences about everything else that would not be as before.
    """

    kind: SuggestionKind
    entries: tuple[str, ...]
    yaml: str
    runs_before: int
    runs_after: int
    fewer: tuple[PlatformRuns, ...] = ()
    places: tuple[PlaceFate, ...]
    notes: tuple[str, ...] = ()

    def with_fate(self, fate: Fate) -> tuple[PlaceFate, ...]:
        """Return the places of that fate."""
        return tuple(place for place in self.places if place.fate is fate)
