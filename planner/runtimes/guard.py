# SPDX-License-Identifier: LGPL-2.1-or-later
"""A runtime behind a circuit breaker."""

import threading
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol, TypeVar, runtime_checkable

from models import Contact, Dispatch, Order, Outcome, RuntimeCapacity, Sent
from planner.runtimes import breaker
from planner.runtimes.errors import NoAccessError, NotSentError
from planner.runtimes.protocol import LabRuntime, at_once

Result = TypeVar("Result")


@runtime_checkable
class Checkable(Protocol):
    """A runtime that can say whether it lets us in."""

    def check(self) -> str:
        """Return as whom it knows us.

        Raises:
            NoAccessError: if it does not; the text says what to do.
            OSError: if there is no usable answer.
        """


class Guard:
    """The same runtime, left alone while it does not answer: then each call fails at once.

    What fails that way was certainly not sent. `contact` is what is remembered of the runtime, to
    be kept between cycles.
    """

    def __init__(
        self, runtime: LabRuntime, contact: Contact, clock: Callable[[], datetime]
    ) -> None:
        self.name = runtime.name
        self.settles = runtime.settles
        self.at_once = bool(at_once({self.name: runtime}))
        self.contact = contact
        self.runtime, self._clock = runtime, clock
        self._lock = threading.Lock()
        self._probing = False
        self._epoch = 0

    def job_id(self, run: str) -> str | None:
        """Return the id that the job of a run will have, as the runtime knows it."""
        return self.runtime.job_id(run)

    def snapshot(self, now: datetime, device_types: Collection[str]) -> RuntimeCapacity:
        """Return what the runtime can take now, and remember it.

        Raises:
            OSError: if it does not answer, or is left alone.
        """

        def ask() -> RuntimeCapacity:
            # A lab may answer questions to those from whom it takes no jobs.
            if self.contact.refused and isinstance(self.runtime, Checkable):
                self.runtime.check()
            return self.runtime.snapshot(now, device_types)

        told = self._through(ask)
        with self._lock:
            self.contact = self.contact.model_copy(update={"last": told})
        return told

    def render(self, dispatch: Dispatch) -> str:
        """Return the definition of a run; that asks nothing of the runtime."""
        return self.runtime.render(dispatch)

    def submit(self, dispatch: Dispatch, definition: str) -> str:
        """Send a run, as the runtime does."""
        return self._through(lambda: self.runtime.submit(dispatch, definition))

    def find(self, order: Order) -> str | None:
        """Look for a run, as the runtime does."""
        return self._through(lambda: self.runtime.find(order))

    def observe(self, runs: Sequence[Sent]) -> tuple[Outcome, ...]:
        """Look at runs, as the runtime does."""
        return self._through(lambda: self.runtime.observe(runs))

    def cancel(self, run: Sent) -> None:
        """Cancel a run, as the runtime does."""
        self._through(lambda: self.runtime.cancel(run))

    def give_up(self, why: str) -> None:
        """Have the question that is under way count as one without an answer."""
        with self._lock:
            self._epoch += 1
            self._probing = False
            self.contact = breaker.silent(self.contact, self._clock(), why)

    def _through(self, call: Callable[[], Result]) -> Result:
        epoch = self._enter()
        try:
            result = call()
        except NoAccessError as error:
            self._leave(epoch, breaker.refused, str(error))
            raise
        except TimeoutError as error:
            self._leave(epoch, breaker.silent, str(error))
            raise
        except ConnectionError as error:
            self._leave(epoch, breaker.broken, str(error))
            raise
        except BaseException:
            self._leave(epoch)  # whatever it is, it is an answer
            raise
        self._leave(epoch)
        return result

    def _enter(self) -> int:
        with self._lock:
            now = self._clock()
            state = breaker.state(self.contact, now)
            if state is breaker.State.CLOSED:
                return self._epoch
            if state is breaker.State.HALF_OPEN and not self._probing:
                self._probing = True
                return self._epoch
            until = self.contact.until or now
            left = max(0, round((until - now).total_seconds()))
            raise NotSentError(f"{self.name} is left alone for {left} s more: {self.contact.why}")

    def _leave(
        self,
        epoch: int,
        failed: Callable[[Contact, datetime, str], Contact] | None = None,
        why: str = "",
    ) -> None:
        with self._lock:
            if epoch != self._epoch:
                return  # nobody waited for it any more
            self._probing = False
            if failed is None:
                self.contact = breaker.answered(self.contact)
            else:
                self.contact = failed(self.contact, self._clock(), why)
