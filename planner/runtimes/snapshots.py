# SPDX-License-Identifier: LGPL-2.1-or-later
"""All runtimes asked at once what they can take, and none waited for beyond its deadline."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Thread

from models import RuntimeCapacity
from planner.runtimes.guard import Guard

Answer = RuntimeCapacity | OSError


@dataclass(frozen=True)
class Question:
    """What a runtime is asked: for these device types, with so many seconds for the answer."""

    runtime: Guard
    device_types: Collection[str]
    deadline: float


def ask(questions: Collection[Question], now: datetime) -> Mapping[str, Answer]:
    """Return what each runtime answers, or the error in its place; takes the longest deadline.

    A runtime that is late is left behind, and counts as silent.
    """
    news: SimpleQueue[tuple[str, Answer]] = SimpleQueue()
    begun = time.monotonic()
    for question in sorted(questions, key=lambda question: question.runtime.at_once):
        if question.runtime.at_once:
            _ask(question, now, news.put)
            continue
        # A daemon: a lab that never answers must not keep the planner from ending.
        Thread(
            target=_ask,
            args=(question, now, news.put),
            name=f"snapshot-{question.runtime.name}",
            daemon=True,
        ).start()
    waiting = {question.runtime.name: question for question in questions}
    answers: dict[str, Answer] = {}
    while waiting:
        first = min(waiting.values(), key=lambda question: question.deadline)
        try:
            left = begun + first.deadline - time.monotonic()
            name, answer = news.get(timeout=max(left, 0))
        except Empty:
            name = first.runtime.name
            answer = TimeoutError(f"no answer in {first.deadline:g} s")
            first.runtime.give_up(str(answer))
        if waiting.pop(name, None) is not None:
            answers[name] = answer
    return answers


def _ask(question: Question, now: datetime, tell: Callable[[tuple[str, Answer]], None]) -> None:
    runtime = question.runtime
    try:
        answer: Answer = runtime.snapshot(now, question.device_types)
    except OSError as error:
        answer = error
    # Whatever it is, it belongs to this runtime and must not cost the others their snapshot.
    except Exception as error:
        answer = OSError(f"{type(error).__name__}: {error}")
    tell((runtime.name, answer))
