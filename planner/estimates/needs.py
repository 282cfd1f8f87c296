# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a run takes of the CPU and memory that it shares with others."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from models import Job, Platform, Runtime

_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(m|[kKMGT]|[KMGT]i)?")
_FACTORS = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGT", start=1)},
    **{letter: Decimal(1000) ** power for power, letter in enumerate("KMGT", start=1)},
    "k": Decimal(1000),
}
_MIB = Decimal(1 << 20)


class Needs(NamedTuple):
    """Thousandths of a CPU and MiB of memory."""

    cpu: int
    memory: int


NOTHING = Needs(0, 0)


def needs(job: Job, platform: Platform, runtime: Runtime) -> Needs:
    """Return what a run of `job` on `platform` asks for in a Kubernetes runtime.

    It is what the params of the job say under `cpu` and `memory` (2, 500m, 4Gi), or those of the
    platform, or the runtime's `requests`; else one CPU and one GiB.
    """
    requests = runtime.params.get("requests")
    said: tuple[Mapping[str, Any], ...] = (job.params, platform.params)
    said += (requests if isinstance(requests, Mapping) else {}, {"cpu": 1, "memory": "1Gi"})

    def first(name: str) -> Decimal:
        found = (_quantity(params.get(name)) for params in said)
        return next(quantity for quantity in found if quantity is not None)

    return Needs(math.ceil(first("cpu") * 1000), math.ceil(first("memory") / _MIB))


def _quantity(said: Any) -> Decimal | None:
    """Return a quantity as Kubernetes writes them; None where the text is none."""
    found = _QUANTITY.fullmatch(str(said))
    return Decimal(found[1]) * _FACTORS[found[2] or ""] if found else None
