# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a runtime of this type may say: KernelCI's keys, and one of ours."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from models import PlannerError
from models.base import Theirs
from models.catalog import Names
from models.duration import Seconds


class ContainerSettings(Theirs):
    """What an item of `runtimes:` says of its containers.

    `volumes` are `HOST:CONTAINER` or `HOST:CONTAINER:MODE`, `timeout` is for jobs without their
    own. A container stays `keep` after its end.
    """

    env_file: str | None = None
    volumes: Names = ()
    user: Annotated[
        str | None, BeforeValidator(lambda said: str(said) if isinstance(said, int) else said)
    ] = None
    timeout: Seconds | None = None
    keep: Seconds = 86400

    def binds(self) -> list[str]:
        """Return the volumes as the API takes them: relative folders are made absolute."""
        return [_absolute(volume) for volume in self.volumes]

    def secrets(self) -> dict[str, str]:
        """Return the variables in `env_file`, read anew.

        Raises:
            PlannerError: if it cannot be read; no line of it is in the text.
        """
        if self.env_file is None:
            return {}
        from docker.errors import DockerException
        from docker.utils import parse_env_file

        try:
            variables: dict[str, str] = parse_env_file(self.env_file)
        except OSError as error:
            raise PlannerError(f"{self.env_file}: {error.strerror}") from error
        except (DockerException, ValueError):
            raise PlannerError(f"{self.env_file}: a line is not NAME=VALUE") from None
        return variables


def _absolute(volume: str) -> str:
    """Return a volume whose host side, if it is a relative path and no name, is absolute."""
    host, colon, rest = volume.partition(":")
    if "/" in host and not host.startswith("/"):
        host = str(Path(host).absolute())
    return host + colon + rest
