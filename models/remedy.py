# SPDX-License-Identifier: LGPL-2.1-or-later
"""What it would take to place a run that waits."""

from pydantic import Field

from models.base import Ours
from models.demand import Place


class NamedRule(Ours):
    """One rule as it applies to a request: its name, and a sentence with place and number."""

    rule: str
    text: str


class TriedChange(Ours):
    """A change that was tried, what it costs as the site declares, and whether it places the run.

    `solved` is False where the prices of the plan prove that it cannot.
    """

    change: str
    cost: int
    works: bool
    solved: bool


class Remedy(Ours):
    """The cheapest single change that would place a run, found by solving.

    `change` is spelled as for `--what-if`, None where none of those tried does; `places` are where
    the runs of the request go then. `gains` is by how much each tier would change. `tried` are in
    the order of their costs; `complete` is False where the limit of solves ended the search.
    `conflict` is the smallest set of rules that cannot be kept together, if the request could not
    be placed in full even if the labs were there for it alone.
    """

    run: str
    change: str | None = None
    cost: int | None = None
    places: tuple[Place, ...] = ()
    gains: dict[str, int] = Field(default_factory=dict)
    tried: tuple[TriedChange, ...] = ()
    complete: bool = True
    conflict: tuple[NamedRule, ...] = ()
