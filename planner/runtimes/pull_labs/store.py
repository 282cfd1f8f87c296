# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where pull labs find the definitions of their jobs: a KernelCI storage, or a folder of ours."""

import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin

import requests
from pydantic import SecretStr

from models import Catalog, Order, PlannerError, Runtime
from planner.runtimes.errors import NoAccessError, NotSentError
from planner.runtimes.tokens import Tokens

_SAFE = re.compile(r"[A-Za-z0-9_-]+")
_TIMEOUT = (5.0, 20.0)  # seconds to connect, and between two pieces of the answer
_FOLDER = "pull_labs_jobs"  # in a storage, as KernelCI's scheduler has it
_KNOWN = "backend"


class Store(Protocol):
    """Keeps definitions; keeping one again changes nothing."""

    def keep(self, order: Order, definition: str) -> str:
        """Keep the definition of a run, whole or not at all, and return its URL.

        Raises:
            NotSentError: if that is not possible now.
        """

    def check(self) -> str:
        """Return where definitions go, as far as it can be told without keeping one.

        Raises:
            NoAccessError: if none would be taken from us; the text says why.
            OSError: if there is no usable answer.
        """


@dataclass(frozen=True)
class Folder:
    """Writes definitions to `path`, which somebody serves at `url`."""

    path: Path
    url: str

    def keep(self, order: Order, definition: str) -> str:
        """Keep the definition of a run, whole or not at all, and return its URL.

        Raises:
            NotSentError: if it cannot be written.
        """
        name = _name(order, definition)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=self.path, delete=False
            ) as file:
                file.write(definition)
            Path(file.name).chmod(0o644)
            Path(file.name).replace(self.path / name)
        except OSError as error:
            text = f"{self.path}: the definition cannot be stored: {error}"
            raise NotSentError(text) from error
        return f"{self.url.rstrip('/')}/{name}"

    def check(self) -> str:
        """Return where definitions go.

        Raises:
            NoAccessError: if we may not write there.
        """
        there = next(p for p in (self.path, *self.path.absolute().parents) if p.exists())
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            raise NoAccessError(f"{self.path}: definitions cannot be written there")
        return f"definitions go to {self.path}, for {self.url}"


class Storage:
    """Uploads definitions to a KernelCI storage: `api_url` takes them, `base_url` has them."""

    def __init__(self, api_url: str, base_url: str, token: SecretStr | None) -> None:
        self._upload_url = urljoin(f"{api_url.rstrip('/')}/", "upload")
        self._check_url = urljoin(f"{api_url.rstrip('/')}/", "v1/checkauth")
        self._base_url = f"{base_url.rstrip('/')}/"
        self._token = token
        self._session = requests.Session()

    def keep(self, order: Order, definition: str) -> str:
        """Keep the definition of a run, whole or not at all, and return its URL.

        Raises:
            NotSentError: if the storage does not take it, or does not answer.
        """
        name = _name(order, definition)
        folder = f"{_FOLDER}/{order.intended:%Y%m%d}"
        try:
            reply = self._session.post(
                self._upload_url,
                data={"path": folder},
                files={"file0": (name, definition.encode())},
                auth=self._authorized,
                timeout=_TIMEOUT,
                allow_redirects=False,  # the token is for this storage
            )
        except requests.RequestException as error:
            text = f"{self._upload_url}: the storage does not answer: {type(error).__name__}"
            raise NotSentError(text) from error
        if not 200 <= reply.status_code < 300:
            text = f"{self._upload_url}: the storage answers {reply.status_code} {reply.reason}"
            hint = "" if self._token else ", and there is no token for it"
            raise NotSentError(f"{text}{hint if reply.status_code in (401, 403) else ''}")
        return urljoin(self._base_url, f"{folder}/{name}")

    def check(self) -> str:
        """Return where definitions go, and whether the token is taken there; nothing is uploaded.

        Raises:
            NoAccessError: if it is not.
            OSError: if there is no usable answer.
        """
        asked = self._check_url
        try:
            reply = self._session.get(
                asked, auth=self._authorized, timeout=_TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            text = f"{asked}: the storage does not answer: {type(error).__name__}"
            raise OSError(text) from error
        if reply.status_code in (401, 403):
            given = "is not taken" if self._token else "is missing"
            raise NoAccessError(
                f"{asked}: {reply.status_code}: the token {given} (storage_cred in [storage.NAME]"
                " of kernelci.toml, or KCI_STORAGE_CREDENTIALS in the environment)"
            )
        if reply.status_code == 404:
            return f"{self._upload_url} does not tell whether it takes the token"
        if reply.status_code != 200:
            raise OSError(f"{asked}: the storage answers {reply.status_code} {reply.reason}")
        return f"definitions go to {self._upload_url}, which takes the token"

    def _authorized(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return request


def store_of(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> Store | None:
    """Return where the definitions of a runtime go, None where nobody says it.

    That is the storage that the runtime names (`storage_name`), or else the folder of
    `planner.pull_labs`, or else the storage that `planner.storage` names.

    Raises:
        PlannerError: if there is no such storage, or nothing can be uploaded to one of its type.
    """
    said = catalog.planner.pull_labs
    name = runtime.params.get("storage_name")
    if name is None and said.url is not None:
        return Folder(Path(said.directory), said.url)
    name = catalog.planner.storage if name is None else str(name)
    if name is None:
        return None
    return _storage(runtime, name, catalog.storages.get(name), tokens)


def _storage(runtime: Runtime, name: str, told: dict[str, Any] | None, tokens: Tokens) -> Storage:
    where = f"{runtime.where}: runtime '{runtime.name}' stores its definitions in '{name}'"
    if told is None:
        raise PlannerError(f"{where}, which is not in section 'storage'")
    if told.get("storage_type") != _KNOWN:
        text = f"and only storages of type '{_KNOWN}' are known here"
        raise PlannerError(f"{where}, which is of type '{told.get('storage_type')}', {text}")
    base = told.get("base_url")
    if not base:
        raise PlannerError(f"{where}, which has no base_url")
    return Storage(str(told.get("api_url") or base), str(base), tokens.storage(name))


def _name(order: Order, definition: str) -> str:
    if not _SAFE.fullmatch(order.run):
        raise PlannerError(f"{order.run!r} is no run id")
    try:
        json.loads(definition)
    except ValueError:
        return f"{order.run}.yaml"
    return f"{order.run}.json"
