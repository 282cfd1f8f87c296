# SPDX-License-Identifier: LGPL-2.1-or-later
"""Images that are fetched beside the planner's work."""

import threading

import pytest

from models import PlannerError
from planner.runtimes.containers.engine import RefusedError
from planner.runtimes.containers.images import Images
from planner.runtimes.errors import NotSentError


def test_one_that_takes_long() -> None:
    """A run is not kept waiting, the image is fetched once, and then it is there."""
    go_on, asked = threading.Event(), []

    def pull(image: str) -> None:
        asked.append(image)
        go_on.wait(60)

    images = Images(pull, wait=0.01)
    for _ in range(3):
        with pytest.raises(NotSentError, match="'gcc' is being fetched"):
            images.fetch("gcc")
    go_on.set()
    images.wait = 60
    images.fetch("gcc")
    assert asked == ["gcc"]


@pytest.mark.parametrize(("status", "error"), [(404, PlannerError), (503, NotSentError)])
def test_one_that_cannot_be_had(status: int, error: type[Exception]) -> None:
    """An image that does not exist fails the run; while the registry is away, it waits."""

    def pull(image: str) -> None:
        raise RefusedError("no", status)

    images = Images(pull)
    for _ in range(2):
        with pytest.raises(error, match=r"image 'gcc' .*no"):
            images.fetch("gcc")
