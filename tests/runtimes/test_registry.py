# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which types of lab there is a way to."""

from models import LabType
from planner.config import load_catalog
from planner.runtimes import RUNTIMES, open_runtime
from planner.runtimes.tokens import no_tokens
from tests.runtimes.conftest import runtime_of


def test_registry() -> None:
    """Each type is there once, and opens before anything of it can be reached."""
    catalog = load_catalog()
    known = [lab_type for lab_type, _ in RUNTIMES]
    assert len(known) == len({*known})
    for lab_type in known:
        opened = open_runtime(runtime_of(lab_type), catalog, no_tokens)
        assert opened is not None
        assert opened.name == "lab"
    for lab_type in {*LabType} - {*known}:
        assert open_runtime(runtime_of(lab_type), catalog, no_tokens) is None
