# SPDX-License-Identifier: LGPL-2.1-or-later
"""Images that an engine does not have yet are fetched beside the planner's work."""

import threading
from collections.abc import Callable

from models import PlannerError
from planner.runtimes.errors import NotSentError

WAIT = 20.0  # seconds that a run waits for its image before it is planned again
_NOT_TO_BE_HAD = (400, 401, 403, 404)


class Images:
    """Fetches each image once at a time; runs that need it are sent when it is there."""

    def __init__(self, pull: Callable[[str], None], wait: float = WAIT) -> None:
        self._pull, self.wait = pull, wait
        self._lock = threading.Lock()
        self._under_way: dict[str, _Fetch] = {}

    def fetch(self, image: str) -> None:
        """Return once the image is there.

        Raises:
            NotSentError: if that takes longer, or the registry cannot be reached now.
            PlannerError: if there is no such image.
        """
        with self._lock:
            fetch = self._under_way.get(image)
            if fetch is None:
                fetch = self._under_way[image] = _Fetch(self._pull, image)
                fetch.start()
        fetch.join(self.wait)
        if fetch.is_alive():
            raise NotSentError(f"image '{image}' is being fetched")
        with self._lock:
            self._under_way.pop(image, None)
        if fetch.error is None:
            return
        if getattr(fetch.error, "status", None) in _NOT_TO_BE_HAD:
            raise PlannerError(f"image '{image}' is not to be had: {fetch.error}")
        raise NotSentError(f"image '{image}' cannot be fetched now: {fetch.error}")


class _Fetch(threading.Thread):
    """One image on its way; a daemon, so that the planner can end meanwhile."""

    def __init__(self, pull: Callable[[str], None], image: str) -> None:
        super().__init__(name=f"fetch {image}", daemon=True)
        self._pull, self._image = pull, image
        self.error: OSError | None = None

    def run(self) -> None:
        try:
            self._pull(self._image)
        except OSError as error:
            self.error = error
