# SPDX-License-Identifier: LGPL-2.1-or-later
"""The jobs that a lab finished, from whomever they were."""

from collections.abc import Iterator
from typing import Any

from pydantic import SecretStr

from models import PlannerError, Runtime
from planner.runtimes.lava.outcomes import error_of
from planner.runtimes.lava.rest import Params, Rest, page

PATIENCE_S = 60.0
PAGE = 100  # jobs; each comes with its whole definition


class FinishedJobs:
    """The jobs of one lab.

    Raises:
        PlannerError: if the runtime has no URL.
    """

    def __init__(self, runtime: Runtime, token: SecretStr | None) -> None:
        if not runtime.url:
            raise PlannerError(f"{runtime.where}: LAVA lab '{runtime.name}' has no url")
        self._rest = Rest(runtime.url, token, PATIENCE_S)

    def after(self, last: int) -> Iterator[dict[str, Any]]:
        """Yield records of finished jobs with a higher number, in their order, page by page.

        Raises:
            OSError: if there is no usable answer.
        """
        while True:
            # By number and not by offset: what is deleted meanwhile would shift the pages.
            asked: Params = {"state": "Finished", "ordering": "id", "id__gt": last, "limit": PAGE}
            reply = self._rest.get("jobs/", asked)
            jobs = page(reply)
            for job in jobs:
                yield job
                last = max(last, int(job["id"]))
            if not jobs or reply.body.get("next") is None:
                return

    def spoiled(self, number: int) -> bool:
        """Tell whether the lab says that a job ended for a fault of the lab.

        Raises:
            OSError: if there is no usable answer.
        """
        error = error_of(page(self._rest.get(f"jobs/{number}/tests/", {"page": "last"})))
        return error is not None and error[0] == "Infrastructure"
