# SPDX-License-Identifier: LGPL-2.1-or-later
"""A runtime behind its breaker, and many asked at once, with labs on real sockets."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from models import Contact, Dispatch, RuntimeCapacity
from planner.runtimes import Guard, NoAccessError, NotSentError, Question, ask
from planner.runtimes.breaker import PAUSE
from planner.runtimes.lava import LavaRuntime
from tests.runtimes.lava.conftest import Connect, connect, dispatch, lab
from tests.runtimes.lava.double import TOKEN, Answer, Lab, always, closed_after

__all__ = ["connect", "dispatch", "lab"]


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock."""
    return Clock()


def guarded(runtime: LavaRuntime, clock: Clock) -> Guard:
    """Return the runtime behind a new breaker."""
    return Guard(runtime, Contact(runtime=runtime.name), clock)


def test_it_costs_its_deadline_once(
    lab: Lab, connect: Connect, clock: Clock, dispatch: Callable[..., Dispatch]
) -> None:
    """After one silence nothing is asked any more, and what was to be sent certainly was not."""
    lab.hanging = threading.Event()
    guard = guarded(connect(patience=0.2), clock)
    with pytest.raises(TimeoutError):
        guard.snapshot(clock.now, {"rock"})
    asked = len(lab.asked)
    for _ in range(5):
        with pytest.raises(NotSentError, match=r"left alone for 60 s more: .*no answer in"):
            guard.submit(dispatch(), "{}")
    assert len(lab.asked) == asked


def test_it_is_asked_again_after_its_pause(lab: Lab, connect: Connect, clock: Clock) -> None:
    """One question goes through; its answer makes everything as before."""
    lab.hanging = threading.Event()
    guard = guarded(connect(patience=0.2), clock)
    with pytest.raises(TimeoutError):
        guard.snapshot(clock.now, ())
    lab.hanging.set()
    lab.hanging = None
    with pytest.raises(NotSentError):
        guard.snapshot(clock.now, ())
    clock.now += PAUSE
    assert guard.snapshot(clock.now, ()).known
    assert guard.contact.last is not None
    assert guard.contact.failures == 0


def test_only_one_probes(clock: Clock) -> None:
    """While the probe is under way all others are turned away."""
    entered, leave = threading.Event(), threading.Event()

    class Slow(LavaRuntime):
        name, settles = "slow", 0

        def __init__(self) -> None:
            pass

        def snapshot(self, now: datetime, device_types: object) -> RuntimeCapacity:
            entered.set()
            leave.wait(10)
            return RuntimeCapacity(runtime=self.name)

    contact = Contact(runtime="slow", failures=3, why="dead", until=clock.now)
    guard = Guard(Slow(), contact, clock)
    probe = threading.Thread(target=guard.snapshot, args=(clock.now, ()))
    probe.start()
    assert entered.wait(10)
    with pytest.raises(NotSentError, match="dead"):
        guard.snapshot(clock.now, ())
    leave.set()
    probe.join()
    assert guard.snapshot(clock.now, ()).known


def test_an_answer_of_no_use_is_an_answer(lab: Lab, connect: Connect, clock: Clock) -> None:
    """A lab that says nonsense is there: it is not left alone."""
    lab.faults["GET"] = always(Answer(500, "x"))
    guard = guarded(connect(), clock)
    for _ in range(5):
        with pytest.raises(OSError, match="500"):
            guard.snapshot(clock.now, ())


def test_connections_that_break(lab: Lab, connect: Connect, clock: Clock) -> None:
    """They do not count one by one."""
    lab.faults["GET"] = closed_after
    guard = guarded(connect(), clock)
    for _ in range(3):
        with pytest.raises(ConnectionError):
            guard.snapshot(clock.now, ())
    with pytest.raises(NotSentError, match="left alone"):
        guard.snapshot(clock.now, ())


def test_a_lab_that_answers_and_takes_nothing(
    lab: Lab, connect: Connect, clock: Clock, dispatch: Callable[..., Dispatch]
) -> None:
    """Once it refused a job, its answers to questions do not count until it knows us."""
    guard = guarded(connect(token=None), clock)
    assert guard.snapshot(clock.now, ()).known
    with pytest.raises(NoAccessError):
        guard.submit(dispatch(), "{}")
    clock.now += timedelta(minutes=3)
    with pytest.raises(NoAccessError):
        guard.snapshot(clock.now, ())
    mended = Guard(connect(), guard.contact, clock)
    clock.now += timedelta(minutes=3)
    assert mended.snapshot(clock.now, ()).known


@pytest.fixture
def labs() -> Iterator[list[Lab]]:
    """Yield ten labs."""
    with ExitStack() as stack:
        yield [stack.enter_context(Lab()) for _ in range(10)]


def test_one_of_ten_hangs(labs: list[Lab], connect: Connect, clock: Clock) -> None:
    """All are asked at once: the answers of nine, and one deadline for the tenth."""
    for other in labs:
        other.add("rock", "Good")
    labs[3].hanging = threading.Event()
    questions = []
    for number, other in enumerate(labs):
        runtime = connect(TOKEN, patience=30, url=other.url, name=f"lab-{number}")
        guard = Guard(runtime, Contact(runtime=f"lab-{number}"), clock)
        questions.append(Question(guard, {"rock"}, deadline=3.0))
    begun = time.monotonic()
    answers = ask(questions, clock.now)
    took = time.monotonic() - begun
    silent = {name for name, answer in answers.items() if isinstance(answer, OSError)}
    assert silent == {"lab-3"}
    assert str(answers["lab-3"]) == "no answer in 3 s"
    assert took < 30  # the hanging lab would keep its own client for as long as that
    with pytest.raises(NotSentError, match="left alone"):
        questions[3].runtime.snapshot(clock.now, ())


def test_an_answer_that_nobody_waits_for_counts_no_more(clock: Clock) -> None:
    """What comes after the deadline changes nothing."""
    leave, left = threading.Event(), threading.Event()

    class Late(LavaRuntime):
        name, settles = "late", 0

        def __init__(self) -> None:
            pass

        def snapshot(self, now: datetime, device_types: object) -> RuntimeCapacity:
            leave.wait(10)
            return RuntimeCapacity(runtime=self.name)

    guard = Guard(Late(), Contact(runtime="late"), clock)

    def snapshot() -> None:
        guard.snapshot(clock.now, ())
        left.set()

    threading.Thread(target=snapshot, daemon=True).start()
    guard.give_up("no answer in 1 s")
    leave.set()
    assert left.wait(10)
    assert guard.contact.why == "no answer in 1 s"


def test_a_runtime_with_a_bug_costs_only_itself(clock: Clock) -> None:
    """Whatever a snapshot raises is the answer of that runtime."""

    class Broken(LavaRuntime):
        name, settles = "broken", 0

        def __init__(self) -> None:
            pass

        def snapshot(self, now: datetime, device_types: object) -> RuntimeCapacity:
            raise KeyError("devices")

    guard = Guard(Broken(), Contact(runtime="broken"), clock)
    answers = ask([Question(guard, (), 5.0)], clock.now)
    assert str(answers["broken"]) == "KeyError: 'devices'"


def test_who_answers_at_once_is_asked_in_the_caller_s_thread(clock: Clock) -> None:
    """It keeps nobody waiting, and what it raises is its answer as well."""
    asked: list[int] = []

    class Quick(LavaRuntime):
        settles, at_once = 0, True

        def __init__(self, name: str) -> None:
            self.name = name

        def snapshot(self, now: datetime, device_types: object) -> RuntimeCapacity:
            asked.append(threading.get_ident())
            if self.name == "broken":
                raise KeyError("devices")
            return RuntimeCapacity(runtime=self.name)

    guards = [Guard(Quick(name), Contact(runtime=name), clock) for name in ("sound", "broken")]
    answers = ask([Question(guard, (), 5.0) for guard in guards], clock.now)
    assert answers["sound"] == RuntimeCapacity(runtime="sound")
    assert str(answers["broken"]) == "KeyError: 'devices'"
    assert asked == [threading.get_ident()] * 2
