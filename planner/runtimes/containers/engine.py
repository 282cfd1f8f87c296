# SPDX-License-Identifier: LGPL-2.1-or-later
"""The few requests that the planner makes to a container engine, and what its errors mean."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from planner.runtimes.containers.recipe import CANCELLED, RUNTIME
from planner.runtimes.errors import NoAccessError, UnreachableError

TAIL = 20  # lines of a log
PULL = 3600  # seconds without a word while an image is fetched
_NO_SUCH_IMAGE = ("manifest unknown", "not found", "denied", "unauthorized", "no such image")


class RefusedError(OSError):
    """The engine answered, and the answer is no; `status` is of HTTP."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class Engine:
    """An engine at `url`, or where `DOCKER_HOST` and its kin say; connected when first asked.

    Every method raises NotSentError if nobody was there, RefusedError if the engine said no, and
    another OSError if there is no usable answer.
    """

    def __init__(self, url: str | None, patience: float) -> None:
        self._url, self._patience = url, patience
        self._lock = threading.Lock()
        self._client: Any = None

    @property
    def name(self) -> str:
        """The engine's place, as messages have it."""
        return self._url or "the container engine"

    def version(self) -> str:
        """Return what the engine is, and the version of its API."""
        with self._errors():
            said = self._open().version()
            parts = said.get("Components") or [{}]
            name = str(parts[0].get("Name") or "engine")
            return f"{name} {said.get('Version') or '?'}, API {said['ApiVersion']}"

    def ours(self, runtime: str) -> list[dict[str, Any]]:
        """Return the containers of a runtime, ended ones as well."""
        with self._errors():
            wanted = {"label": [f"{RUNTIME}={runtime}"]}
            found: list[dict[str, Any]] = self._open().containers(all=True, filters=wanted)
            return found

    def processors(self) -> int:
        """Return how many the engine's machine has."""
        with self._errors():
            return int(self._open().info()["NCPU"])

    def look(self, name: str) -> dict[str, Any] | None:
        """Return all that is known of a container, None if there is none of that name."""
        try:
            with self._errors():
                found: dict[str, Any] = self._open().inspect_container(name)
                return found
        except RefusedError as refused:
            if refused.status == 404:
                return None
            raise

    def create(
        self, name: str, image: str, command: list[str], *, binds: list[str], **more: Any
    ) -> None:
        """Create a container that does not run yet, with a single request."""
        with self._errors():
            api = self._open()
            # An image's own entry point would take the command for its arguments.
            host = api.create_host_config(binds=binds or None)
            api.create_container(image, [], name=name, entrypoint=command, host_config=host, **more)

    def put(self, name: str, files: bytes) -> None:
        """Unpack an archive at the root of a container."""
        with self._errors():
            self._open().put_archive(name, "/", files)

    def start(self, name: str) -> None:
        """Start a container; one that runs goes on."""
        with self._errors():
            self._open().start(name)

    def stop(self, name: str, grace: int) -> None:
        """Ask a container to end, and end it after `grace` seconds."""
        with self._errors():
            self._open().stop(name, timeout=grace)

    def remove(self, name: str) -> None:
        """Remove a container that does not run."""
        with self._errors():
            self._open().remove_container(name, v=True)

    def tail(self, name: str) -> str:
        """Return the last lines of a container's log."""
        with self._errors():
            said: bytes = self._open().logs(name, tail=TAIL)
            return said.decode("utf-8", "replace")

    def was_cancelled(self, name: str) -> bool:
        """Tell whether a container holds the mark of having been cancelled."""
        try:
            with self._errors():
                chunks, _ = self._open().get_archive(name, CANCELLED)
                chunks.close()
                return True
        except RefusedError as refused:
            if refused.status == 404:
                return False
            raise

    def pull(self, image: str) -> None:
        """Fetch an image, however long that takes.

        Raises:
            RefusedError: if the registry gives none, with status 404 if it has none such.
        """
        import docker
        from docker.utils import parse_repository_tag

        name, tag = parse_repository_tag(image)
        with self._errors():
            api = docker.APIClient(**self._way(), version="auto", timeout=PULL)
            try:
                # The answer begins with success; what goes wrong after that is told in it.
                for line in api.pull(name, tag=tag or "latest", stream=True, decode=True):
                    if "error" in line:
                        text = " ".join(str(line["error"]).split())
                        never = any(words in text for words in _NO_SUCH_IMAGE)
                        raise RefusedError(f"{self.name}: {text}", 404 if never else 503)
            finally:
                api.close()

    def _open(self) -> Any:
        import docker

        with self._lock:
            if self._client is None:
                self._client = docker.APIClient(
                    **self._way(), version="auto", timeout=self._patience
                )
            return self._client

    def _way(self) -> Mapping[str, Any]:
        from docker.utils import kwargs_from_env

        way: dict[str, Any] = kwargs_from_env()
        return way | ({"base_url": self._url} if self._url else {})

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what the client raises into errors that say what is certain."""
        from docker.errors import APIError, DockerException
        from requests import RequestException
        from requests.exceptions import ConnectTimeout, ReadTimeout
        from urllib3.exceptions import HTTPError

        try:
            yield
        except APIError as error:
            status = error.status_code or 500
            text = " ".join(str(error.explanation or error.response.reason).split())
            raise RefusedError(f"{self.name}: {status}: {text}", status) from None
        except (RequestException, DockerException, HTTPError) as error:
            root = _root(error)
            never = isinstance(error, ConnectTimeout) or isinstance(
                root, ConnectionRefusedError | FileNotFoundError
            )
            kind: type[OSError] = UnreachableError if never else OSError
            if isinstance(error, ReadTimeout):
                kind = TimeoutError
            said = root.strerror if isinstance(root, OSError) and root.strerror else ""
            text = f"{self.name}: {said or type(root).__name__}"
            if isinstance(root, PermissionError):
                raise NoAccessError(
                    f"{text} (this user may not use the engine's socket)"
                ) from error
            raise kind(text) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise OSError(f"{self.name}: no usable answer: {type(error).__name__}") from error


def _root(error: BaseException) -> BaseException:
    """Return the first error of a chain: the libraries wrap the socket's three times."""
    seen: BaseException = error
    while (deeper := seen.__cause__ or seen.__context__) is not None:
        seen = deeper
    return seen
