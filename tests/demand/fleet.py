# SPDX-License-Identifier: LGPL-2.1-or-later
"""A fleet of two labs, a cluster and boards of several kinds, for entries to choose from."""

from typing import Any

from models import Request
from tests.demand.conftest import Site
from tests.demand.site import Json, demand, entry, event

FLEET: Json = {
    "runtimes": {
        "north": {"lab_type": "lava"},
        "south": {"lab_type": "lava"},
        "cloud": {"lab_type": "kubernetes", "context": "c1"},
    },
    "platforms": {
        "rock": {"arch": "arm64", "mach": "rockchip", "compatible": ["maker,rock", "rk3399"]},
        "pi": {"arch": "arm64", "mach": "broadcom", "boot_method": "u-boot"},
        "nuc": {"mach": "x86", "params": {"size": "small"}},
        "qemu-arm": {"arch": "arm", "mach": "qemu", "base_name": "qemu"},
        "qemu-arm64": {"arch": "arm64", "mach": "qemu", "base_name": "qemu"},
        "kubernetes": {},
        "lava": {},
    },
}


def asked(site: Site, **changes: Any) -> tuple[Request, ...]:
    """Return what one entry of the fleet, with these changes, makes of one event."""
    catalog = site(**FLEET, scheduler=[entry(**changes)])
    return demand(catalog, event()).requests


def where(request: Request) -> list[str]:
    """Return where a request may go, as "runtime/platform", sorted."""
    return sorted(f"{place.runtime}/{place.platform}" for place in request.candidates)
