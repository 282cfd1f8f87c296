# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sites in a temporary folder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from models import Catalog
from tests.demand import site as words

Site = Callable[..., Catalog]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a function that makes a site with the given sections in place of the usual ones."""
    return partial(words.site, tmp_path)
