# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an entry asks for: how many requests, how many runs, and where they may go."""

from typing import Any

import pytest

from models import Mode, ReasonCode, ReasonTier, VariantAttribute
from tests.demand.conftest import Site
from tests.demand.fleet import asked, where
from tests.demand.site import Json, demand, entry, event, only

NORTH = {"name": "north"}
LAVA = {"type": "lava"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"runtime": NORTH, "platforms": ["rock", "pi"]},
            [["north/rock"], ["north/pi"]],
            id="a request for each platform",
        ),
        pytest.param(
            {"runtime": LAVA, "platforms": ["rock", "pi"]},
            [["north/rock", "south/rock"], ["north/pi", "south/pi"]],
            id="each in any lab of the type",
        ),
        pytest.param(
            {"runtime": {"names": ["south", "north"]}, "platforms": ["rock"]},
            [["north/rock", "south/rock"]],
            id="each in the labs named",
        ),
        pytest.param(
            {"runtime": NORTH, "platforms": None}, [["north/lava"]], id="the lab type as platform"
        ),
        pytest.param(
            {"runtime": LAVA, "platforms": None},
            [["north/lava", "south/lava"]],
            id="the same in any lab of the type",
        ),
        pytest.param(
            {"runtime": {"type": "kubernetes"}, "platforms": []},
            [["cloud/kubernetes"]],
            id="an empty list lists none",
        ),
        pytest.param(
            {"runtime": NORTH | LAVA, "platforms": ["rock"]},
            [["north/rock"]],
            id="the name narrows the type",
        ),
        pytest.param(
            {"runtime": NORTH, "platforms": None, "criteria": {"arch": "arm64"}},
            [["north/pi", "north/qemu-arm64", "north/rock"]],
            id="criteria instead of platforms: one request",
        ),
        pytest.param(
            {"runtime": NORTH | {"criteria": {"mach": "qemu"}}, "platforms": None},
            [["north/qemu-arm", "north/qemu-arm64"]],
            id="criteria under runtime",
        ),
        pytest.param(
            {
                "runtime": NORTH | {"criteria": {"mach": "qemu"}},
                "criteria": {"arch": "arm"},
                "platforms": None,
            },
            [["north/qemu-arm"]],
            id="criteria in both places",
        ),
        pytest.param(
            {"runtime": NORTH, "platforms": ["rock", "nuc", "pi"], "criteria": {"arch": "arm64"}},
            [["north/rock"], ["north/pi"]],
            id="criteria narrow platforms: still a request for each",
        ),
        pytest.param(
            {"runtime": NORTH, "platforms": ["rock", "pi", "nuc"], "runs": {"number": 2}},
            [["north/nuc", "north/pi", "north/rock"]],
            id="platforms with runs: one request",
        ),
        pytest.param(
            {
                "runtime": LAVA,
                "platforms": ["rock", "nuc"],
                "criteria": {"arch": "arm64"},
                "runs": {"number": 2},
            },
            [["north/rock", "south/rock"]],
            id="platforms with criteria and runs",
        ),
        pytest.param(
            {"runtime": LAVA, "platforms": None, "runs": {"number": 2}},
            [["north/lava", "south/lava"]],
            id="runs alone",
        ),
    ],
)
def test_where_requests_may_go(site: Site, changes: Json, expected: list[list[str]]) -> None:
    """Platforms and runtimes, by name, by type and by criteria."""
    assert [where(request) for request in asked(site, **changes)] == expected


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (
            {"arch": ["arm", "arm64"], "mach": ["qemu", "broadcom"]},
            ["pi", "qemu-arm", "qemu-arm64"],
        ),
        ({"arch": "!arm64", "mach": "!x86"}, ["qemu-arm"]),
        ({"compatible": "rk3399"}, ["rock"]),
        ({"compatible": "!rk3399", "arch": "arm64"}, ["pi", "qemu-arm64"]),
        ({"boot_method": "u-boot"}, ["pi"]),
        ({"name": ["rock", "pi"]}, ["pi", "rock"]),
        ({"size": "small"}, ["nuc"]),
        ({"device_type": "qemu"}, ["qemu-arm", "qemu-arm64"]),
        ({"device_type": ["qemu", "!qemu"]}, []),
    ],
)
def test_criteria(site: Site, criteria: Json, expected: list[str]) -> None:
    """Attributes and params of platforms, with the list semantics of rules."""
    [request] = asked(site, runtime=NORTH, platforms=None, criteria=criteria)
    assert where(request) == [f"north/{name}" for name in expected]
    assert (request.error is None) is bool(expected)


def test_one_run_where_nothing_is_said(site: Site) -> None:
    """Without `runs` a request has one run that need not differ from anything."""
    for request in asked(site, runtime=LAVA, platforms=["rock", "pi"]):
        assert (request.runs.number, request.runs.variant) == (1, ())


@pytest.mark.parametrize(
    ("runs", "number", "variant", "mode"),
    [
        ({"number": 3}, 3, [], "permissive"),
        ({"number": 2, "variant": "mach"}, 2, ["mach"], "permissive"),
        ({"number": 2, "variant": ["mach", "runtime"]}, 2, ["mach", "runtime"], "permissive"),
        ({"number": 2, "variant": "platform", "mode": "strict"}, 2, ["platform"], "strict"),
    ],
)
def test_runs(site: Site, runs: Json, number: int, variant: list[str], mode: str) -> None:
    """Number, variant (one or several) and mode reach the request; permissive is the default."""
    [request] = asked(site, runtime=LAVA, platforms=None, criteria={"arch": "arm64"}, runs=runs)
    assert request.runs.number == number
    assert request.runs.variant == tuple(map(VariantAttribute, variant))
    assert request.runs.mode is Mode(mode)


# Too few variants


@pytest.mark.parametrize(
    ("variant", "number", "enough"),
    [
        ("platform", 3, True),
        ("platform", 4, False),
        ("device_type", 3, True),
        ("device_type", 4, False),
        ("mach", 3, True),
        ("mach", 4, False),
        ("arch", 1, True),
        ("arch", 2, False),
        ("runtime", 2, True),
        ("runtime", 3, False),
        (["platform", "runtime"], 2, True),
        (["platform", "runtime"], 3, False),
    ],
)
@pytest.mark.parametrize("mode", ["strict", "permissive"])
def test_too_few_variants(site: Site, variant: Any, number: int, enough: bool, mode: str) -> None:
    """Strict runs need as many values as runs, of each attribute; permissive ones repeat."""
    runs = {"number": number, "variant": variant, "mode": mode}
    [request] = asked(site, runtime=LAVA, platforms=None, criteria={"arch": "arm64"}, runs=runs)
    if enough or mode == "permissive":
        assert request.error is None
    else:
        assert request.error is not None
        assert request.error.code is ReasonCode.TOO_FEW_VARIANTS
        assert request.error.tier is ReasonTier.MISCONFIGURED
        assert str(number) in request.error.text


def test_strict_without_a_variant_is_plain(site: Site) -> None:
    """Runs that need not differ in anything are never too few."""
    runs = {"number": 5, "mode": "strict"}
    [request] = asked(site, runtime=NORTH, platforms=["rock"], runs=runs)
    assert request.error is None


# Device types


@pytest.mark.parametrize(
    ("platform", "params", "expected"),
    [
        ({}, {}, "board"),
        ({"base_name": "base"}, {}, "base"),
        ({"base_name": "base", "params": {"device_type": "own"}}, {}, "own"),
        ({"params": {"device_type": "own"}}, {}, "own"),
        ({"base_name": "base", "params": {"device_type": "own"}}, {"device_type": "job"}, "job"),
        ({}, {"device_type": "job"}, "job"),
        ({"base_name": "base"}, {"other": "x"}, "base"),
    ],
)
def test_device_type(site: Site, platform: Json, params: Json, expected: str) -> None:
    """The platform's base name or name, then its params, then the job's."""
    catalog = site(
        jobs={"boot": {"kind": "job", "params": params}},
        platforms={"board": platform},
        scheduler=[entry(platforms=["board"])],
    )
    [place] = only(demand(catalog, event())).candidates
    assert (place.platform, place.device_type) == ("board", expected)


def test_the_order_of_requests_is_the_order_of_the_entry(site: Site) -> None:
    """Platforms come in the order in which the entry lists them."""
    listed = ["pi", "nuc", "rock"]
    found = asked(site, runtime=NORTH, platforms=listed)
    assert [request.candidates[0].platform for request in found] == listed
