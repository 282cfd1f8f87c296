# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which types of lab there is a way to."""

import pytest

from models import EventSettings, LabType, PlannerSettings, PullSettings
from planner.config import load_catalog
from planner.runtimes import RUNTIMES, open_runtime
from planner.runtimes.pull_labs import PullLabsRuntime
from planner.runtimes.tokens import Tokens
from tests.runtimes.conftest import runtime_of


def test_registry() -> None:
    """Each type is there once, and opens before anything of it can be reached."""
    catalog = load_catalog()
    known = [lab_type for lab_type, _ in RUNTIMES]
    assert len(known) == len({*known})
    for lab_type in {*known} - {LabType.PULL_LABS}:
        opened = open_runtime(runtime_of(lab_type), catalog, Tokens())
        assert opened is not None
        assert opened.name == "lab"
    for lab_type in {*LabType} - {*known}:
        assert open_runtime(runtime_of(lab_type), catalog, Tokens()) is None


@pytest.mark.parametrize("lab_type", [LabType.PULL_LABS, LabType.LAVA])
def test_labs_that_pull_need_an_api_and_a_place(lab_type: LabType) -> None:
    """Without somewhere for their definitions, or an API, nothing can be offered to them."""
    catalog = load_catalog()
    pulls = runtime_of(lab_type).model_copy(update={"url": None})
    assert open_runtime(pulls, catalog, Tokens()) is None
    planner = PlannerSettings(
        events=EventSettings(api="https://api.example"),
        pull_labs=PullSettings(url="https://files.example"),
    )
    ready = catalog.model_copy(update={"planner": planner})
    assert isinstance(open_runtime(pulls, ready, Tokens()), PullLabsRuntime)
