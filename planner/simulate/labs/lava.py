# SPDX-License-Identifier: LGPL-2.1-or-later
"""A LAVA lab: boards by device type, its own order, health checks, and other users."""

from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush

from models import DeviceCapacity, RuntimeCapacity
from planner.simulate.fleet import LabSpec
from planner.simulate.labs.lab import Item, Process, SimulatedLab, World

# What other users of a lab run: how long in the mean, and at which priority.
OTHERS_S, OTHERS_PRIORITY = 900.0, 50


@dataclass
class Board:
    """One device. A `broken` one spoils what runs on it until a health check finds out."""

    name: str
    broken: bool = False
    offline: bool = False
    busy: bool = False
    suspect: bool = False
    checked: float = 0.0


@dataclass
class _Kind:
    """The boards of one device type and the queue for them."""

    boards: list[Board]
    queue: list[tuple[tuple[int, float, str], Item]] = field(default_factory=list)
    looked_for: bool = False  # whether the next look at its free boards is under way


class LavaLab(SimulatedLab):
    """Highest priority first, then first come; the board is any idle one of the type."""

    def __init__(self, world: World, spec: LabSpec) -> None:
        super().__init__(world, spec)
        self._kinds = {
            device_type: _Kind([Board(f"{device_type}-{n:02}") for n in range(1, count + 1)])
            for device_type, count in sorted(spec.devices.items())
        }
        for device_type, kind in self._kinds.items():
            for board in kind.boards:
                # Not all are checked at the same time.
                board.checked = -float(self.draw.uniform(0, spec.health_every_s))
                self.env.process(self._break(board))
            if spec.others and kind.boards:
                self.env.process(self._others(device_type, len(kind.boards)))

    def capacity(self, now: datetime) -> RuntimeCapacity:
        """Return boards that are online, jobs that wait and jobs that run, by device type."""
        return RuntimeCapacity(
            runtime=self.name,
            devices={
                device_type: DeviceCapacity(
                    devices=0 if self.closed else sum(not b.offline for b in kind.boards),
                    queue=len(kind.queue),
                    running=sum(b.busy for b in kind.boards),
                )
                for device_type, kind in self._kinds.items()
            },
            taken=now,
        )

    def take(self, item: Item) -> None:
        """Queue a job for its device type."""
        kind = self._kinds.setdefault(item.device_type, _Kind([]))
        heappush(kind.queue, (item.order, item))
        self._serve(kind)

    def start_waiting(self) -> None:
        """Give every idle board something to do."""
        for kind in self._kinds.values():
            self._serve(kind)

    def _serve(self, kind: _Kind) -> None:
        if self.closed:
            return
        idle = [board for board in kind.boards if not (board.busy or board.offline)]
        while kind.queue and idle:
            board = idle.pop(int(self.draw.integers(len(idle))))
            board.busy = True
            if board.suspect or self.env.now - board.checked >= self.spec.health_every_s:
                self.env.process(self._check(board, kind))
                continue
            _, item = heappop(kind.queue)
            item.spoiled = item.spoiled or board.broken

            def free(item: Item, board: Board = board) -> None:
                board.busy, board.suspect = False, item.spoiled
                self._look_later(kind)

            self.run(item, board.name, free)

    def _check(self, board: Board, kind: _Kind) -> Process:
        yield self.env.timeout(self.spec.health_check_s)
        board.busy, board.suspect, board.checked = False, False, self.env.now
        if board.broken:
            board.offline = True
            self.env.process(self._repair(board, kind))
        self._look_later(kind)

    def _repair(self, board: Board, kind: _Kind) -> Process:
        yield self.env.timeout(float(round(self.draw.exponential(self.spec.repair_s))))
        board.broken = board.offline = False
        board.checked = self.env.now
        self._look_later(kind)

    def _look_later(self, kind: _Kind) -> None:
        """Have a board that became free given away when LAVA looks next.

        A job that is submitted makes LAVA look at once; the event of a board that becomes free
        races with the change itself, so that it is often the next look that finds the board.
        """
        if kind.queue and not kind.looked_for:
            kind.looked_for = True
            self.env.process(self._look(kind))

    def _look(self, kind: _Kind) -> Process:
        yield self.env.timeout(-self.env.now % self.spec.poll_s if self.spec.poll_s else 0.0)
        kind.looked_for = False
        self._serve(kind)

    def _break(self, board: Board) -> Process:
        while True:
            yield self.env.timeout(float(round(self.draw.exponential(self.spec.board_life_s))))
            board.broken = True

    def _others(self, device_type: str, boards: int) -> Process:
        """Send what other users want of these boards: a share of all that they can do."""
        gap = OTHERS_S / (self.spec.others * boards)
        number = 0
        while True:
            yield self.env.timeout(float(round(self.draw.exponential(gap))))
            number += 1
            seconds = float(round(max(30.0, self.draw.exponential(OTHERS_S))))
            name = f"other-{device_type}-{number}"
            self.take(Item(name, device_type, OTHERS_PRIORITY, seconds, False, self.env.now))
