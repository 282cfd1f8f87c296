# SPDX-License-Identifier: LGPL-2.1-or-later
"""A double of the API, and the client of it that the tests are about."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from planner.kernelci import Api
from planner.kernelci.connection import RETRY
from tests.kernelci.double import ADMIN, Double

AT_ONCE = RETRY.new(backoff_factor=0)


@pytest.fixture
def double() -> Iterator[Double]:
    """Give an API that knows nothing yet."""
    with Double() as double:
        yield double


@pytest.fixture
def api(double: Double) -> Iterator[Api]:
    """Give a client of the double that may write, and does not wait before it tries again."""
    with Api(double.url, SecretStr(ADMIN), retry=AT_ONCE) as api:
        yield api
