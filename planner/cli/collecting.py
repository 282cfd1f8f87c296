# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the batches of a service come from: a file, or a KernelCI API."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from models import Batch, Catalog, EventFeed, EventSettings, NodeLookup, PlannerError
from planner.cli.inputs import Inputs
from planner.ledger import Ledger

if TYPE_CHECKING:
    from planner.kernelci import Api


class Collected(NamedTuple):
    """What a cycle works on; `api` is where its runs get their nodes, None where nowhere."""

    batch: Batch
    nodes: NodeLookup | None
    api: "Api | None" = None


@dataclass
class Collector:
    """Collects batches; `events` and `nodes` name files that count instead of the settings'.

    `settings` is the file with the tokens; None leaves it to the usual places.
    """

    events: str | None
    nodes: Path | None
    settings: Path | None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _netted: datetime | None = None  # when this process last read the history behind pub/sub

    @contextmanager
    def batch(
        self, catalog: Catalog, ledger: Ledger, inputs: Inputs, *, look_only: bool = False
    ) -> Iterator[Collected]:
        """Give the events of a cycle and the nodes behind them; leave it once they are recorded.

        An API that cannot be reached gives no events: what waits is planned all the same. With
        `look_only` nothing is taken from its pub/sub.

        Raises:
            PlannerError: if there is nowhere to read events, or the API refuses to give them.
        """
        said = catalog.planner.events
        if self.events is None and said.api is not None:
            with self._from_api(said, catalog, ledger, inputs, look_only=look_only) as collected:
                yield collected
        else:
            yield self._from_files(said, inputs)

    def _from_files(self, said: EventSettings, inputs: Inputs) -> Collected:
        events = self.events or said.file
        if events is None:
            text = "say --events FILE, planner.events.file or planner.events.api"
            raise PlannerError(f"there are no events to read: {text}")
        nodes = self.nodes or (Path(said.nodes) if said.nodes and not self.events else None)
        return Collected(inputs.batch(events), inputs.nodes(nodes))

    @contextmanager
    def _from_api(
        self,
        said: EventSettings,
        catalog: Catalog,
        ledger: Ledger,
        inputs: Inputs,
        *,
        look_only: bool,
    ) -> Iterator[Collected]:
        from planner.events.polling import Polling
        from planner.events.subscription import Subscription
        from planner.kernelci import CycleNodes, UnreachableError

        assert said.api is not None
        now = self.clock()
        netted, self._netted = self._netted, None
        with open_api(said.api, catalog, self.settings) as api:
            polling = Polling(api, timedelta(seconds=said.lookback), time.monotonic)
            position = ledger.cursor(api.url)
            try:
                if said.source is EventFeed.POLL or look_only:
                    batch = polling.collect(position, now)
                else:
                    subscription = Subscription(api, polling, said.subscriber, time.monotonic)
                    batch = subscription.collect(position, now, netted)
            except UnreachableError as error:
                inputs.problem(f"no events came: {error}")
                yield Collected(Batch(), None, api)
                return
            nodes = inputs.nodes(self.nodes) if self.nodes else CycleNodes(api)
            yield Collected(batch, nodes, api)
        # Only now are they recorded; had they not been, all is read again from the history.
        self._netted = now if batch.cursor is not None else netted


def open_api(said: str, catalog: Catalog, settings: Path | None) -> "Api":
    """Return the API that `planner.events.api` names, with its token from the usual places.

    Raises:
        PlannerError: if there is no such API.
    """
    from planner.kernelci import Api, default_settings, read_token

    name, url = which_api(said, catalog, "planner.events.api")
    token = read_token(name, settings or default_settings(Path.home()), os.environ)
    return Api(url, token)


def which_api(said: str, catalog: Catalog, where: str) -> tuple[str, str]:
    """Return name and URL of the API that is meant by what is said there.

    Raises:
        PlannerError: if there is no such API.
    """
    if said in catalog.apis:
        return said, catalog.apis[said]
    if "://" in said:
        url = said.rstrip("/")
        names = (name for name, known in catalog.apis.items() if known.rstrip("/") == url)
        return next(names, said), said
    known = ", ".join(sorted(catalog.apis)) or "none"
    raise PlannerError(f"{where}: there is no API '{said}'; known are: {known}")
