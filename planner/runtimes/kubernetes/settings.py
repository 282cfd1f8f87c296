# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a runtime of this type may say beside KernelCI's keys."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from models.base import Theirs
from models.duration import Seconds

# As in 1, 0.5, 250m, 4Gi; YAML's numbers are welcome.
Quantity = Annotated[
    str,
    Field(pattern=r"^[0-9]+(\.[0-9]+)?([numkKMGTPE]|[KMGTPE]i)?$"),
    BeforeValidator(lambda said: str(said) if isinstance(said, int | float) else said),
]


class KubernetesSettings(Theirs):
    """What an item of `runtimes:` may say beside KernelCI's keys.

    `namespace` is where Jobs are, or else the one of the context. `requests` are what a container
    asks for that asks for nothing. A Job stays `keep` after its end.
    """

    namespace: str | None = None
    requests: dict[str, Quantity] = Field(default_factory=lambda: {"cpu": "1", "memory": "1Gi"})
    keep: Seconds = 86400
