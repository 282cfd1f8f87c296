# SPDX-License-Identifier: LGPL-2.1-or-later
"""Entries that name what the configuration does not define: misconfigured, said, not dropped."""

import pytest

from models import ReasonCode, ReasonTier
from tests.demand.conftest import Site
from tests.demand.fleet import asked, where
from tests.demand.site import Json, demand, entry, event, only

NORTH = {"name": "north"}


def test_an_unknown_job(site: Site) -> None:
    """The request is there, without a candidate, and says so with file and line."""
    [request] = asked(site, job="ghost")
    assert (request.job, request.candidates) == ("ghost", ())
    assert request.error is not None
    assert request.error.code is ReasonCode.UNKNOWN_JOB
    assert "site.yaml:" in request.error.text


def test_an_unknown_platform(site: Site) -> None:
    """It is refused as misconfigured, with file and line; other platforms are served."""
    known, unknown = asked(site, runtime=NORTH, platforms=["rock", "ghost"])
    assert where(known) == ["north/rock"]
    [rejection] = unknown.rejections
    assert (unknown.candidates, rejection.runtime, rejection.platform) == ((), "north", "ghost")
    assert rejection.reason.code is ReasonCode.UNKNOWN_PLATFORM
    assert rejection.reason.tier is ReasonTier.MISCONFIGURED
    assert "site.yaml:" in rejection.reason.text


@pytest.mark.parametrize("platforms", [["rock"], None])
def test_an_unknown_runtime(site: Site, platforms: list[str] | None) -> None:
    """It is refused as misconfigured; without it, nobody knows which platform was meant."""
    [request] = asked(site, runtime={"name": "ghost"}, platforms=platforms)
    [rejection] = request.rejections
    assert (request.candidates, rejection.runtime) == ((), "ghost")
    assert rejection.platform == (platforms[0] if platforms else None)
    assert rejection.reason.code is ReasonCode.UNKNOWN_RUNTIME
    assert "site.yaml:" in rejection.reason.text


def test_one_unknown_runtime_of_several(site: Site) -> None:
    """The request may go to the labs that there are."""
    [request] = asked(site, runtime={"names": ["ghost", "south"]}, platforms=["rock"])
    assert where(request) == ["south/rock"]
    assert [no.reason.code for no in request.rejections] == [ReasonCode.UNKNOWN_RUNTIME]


def test_no_runtime_of_the_type(site: Site) -> None:
    """An entry for a type that nothing is of has nowhere to go."""
    [request] = asked(site, runtime={"type": "docker"}, platforms=None)
    assert request.candidates == ()
    assert request.error is not None
    assert request.error.code is ReasonCode.UNKNOWN_RUNTIME


@pytest.mark.parametrize("runs", [None, {"number": 2}])
def test_criteria_that_match_nothing(site: Site, runs: Json | None) -> None:
    """The request says that no platform matches, rather than being silently none."""
    for platforms in (None, ["nuc"]):
        criteria = {"arch": "riscv"}
        [request] = asked(site, runtime=NORTH, platforms=platforms, criteria=criteria, runs=runs)
        assert request.candidates == ()
        assert request.error is not None
        assert request.error.code is ReasonCode.NO_MATCHING_PLATFORM


def test_the_platform_of_a_lab_type_may_be_undefined(site: Site) -> None:
    """Where an entry lists no platform and none is named like the lab type, that is said."""
    catalog = site(platforms={"rock": {}}, scheduler=[entry(platforms=None)])
    request = only(demand(catalog, event()))
    assert [no.reason.code for no in request.rejections] == [ReasonCode.UNKNOWN_PLATFORM]
