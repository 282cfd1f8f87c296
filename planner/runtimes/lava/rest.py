# SPDX-License-Identifier: LGPL-2.1-or-later
"""One session with one lab: what every request has, and what every failure means."""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from pydantic import SecretStr
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError
from urllib3.util import Retry

from models import PlannerError
from planner.runtimes.errors import NoAccessError, UnreachableError

log = logging.getLogger(__name__)

CONNECT_S = 5.0
PAGE = 1000  # items
THREADS = 8  # requests under way at a time
_LIMIT = 64_000_000  # bytes of an answer
_DETAIL = 300  # characters of an answer that an error shows at most

# A GET that a proxy could not pass on is asked once more; what hangs or fails is not.
_RETRY = Retry(
    total=1,
    connect=0,
    read=0,
    allowed_methods={"GET"},
    status_forcelist={502, 503, 504},
    backoff_factor=0.2,
    raise_on_status=False,
    respect_retry_after_header=False,
)

Params = Mapping[str, str | int]


@dataclass(frozen=True)
class Reply:
    """What a lab answered: `body` is what its JSON holds, None where it is none."""

    asked: str
    status: int
    body: Any
    text: str

    @property
    def detail(self) -> str:
        """Why the lab says no, in one line, whatever shape it says it in."""
        told = self.body if self.body is not None else self.text
        if isinstance(told, dict):
            told = told.get("detail") or told.get("message") or told
        if self.body is None and "<html" in self.text[:500].lower():
            told = "a page of HTML"
        return " ".join(str(told).split())[:_DETAIL]

    def error(self) -> OSError:
        """Return the error for an answer that is of no use."""
        return OSError(f"{self.asked}: {self.status}: {self.detail}")


class _Token(AuthBase):
    """Shows the token to the lab and to nobody else."""

    def __init__(self, token: SecretStr | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        # LAVA answers a request with an unknown kind of authorization as if it had none.
        if self._token is not None:
            request.headers["Authorization"] = f"Token {self._token.get_secret_value()}"
        return request


class Rest:
    """A session with the lab at `url`, in which no request takes longer than `patience` seconds.

    Raises:
        PlannerError: if `url` is none of a lab.
    """

    def __init__(self, url: str, token: SecretStr | None, patience: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise PlannerError(f"{url!r} is no URL of a lab: one is http(s)://host[:port]")
        if parts.username is not None or parts.password is not None:
            raise PlannerError(f"the URL of {parts.hostname} has a secret in it")
        self.url = url.rstrip("/")
        self.has_token = token is not None
        self._patience = patience
        self._session = requests.Session()
        self._session.auth = _Token(token)
        self._session.mount(self.url, HTTPAdapter(pool_maxsize=THREADS, max_retries=_RETRY))

    def __repr__(self) -> str:
        return f"Rest({self.url})"

    def get(self, path: str, params: Params | None = None) -> Reply:
        """Return the answer to a question, whatever its status."""
        return self._ask("GET", path, params=params)

    def post(self, path: str, body: Any) -> Reply:
        """Return the answer to what is sent, whatever its status; it is sent once.

        Raises:
            UnreachableError: if it was not sent; any other OSError leaves that open.
        """
        return self._ask("POST", path, body=body)

    def items(self, path: str, params: Params) -> list[dict[str, Any]]:
        """Return all items of a list.

        Raises:
            NoAccessError: if we may not see it.
            OSError: if there is no usable answer.
        """
        found: list[dict[str, Any]] = []
        before: list[dict[str, Any]] = []
        while True:
            # By offset and not by the lab's `next`: behind a proxy it may not know its own name.
            reply = self.get(path, {"limit": PAGE, "offset": len(found), **params})
            results = page(reply)
            if results and results == before:  # it would go on like that for ever
                raise OSError(f"{reply.asked}: the same page comes again and again")
            found += results
            before = results
            if not results or reply.body.get("next") is None:
                return found

    def _ask(
        self, method: str, path: str, *, params: Params | None = None, body: Any = None
    ) -> Reply:
        address = urljoin(f"{self.url}/api/v0.2/", path)
        asked = f"{method} {address}"
        end = time.monotonic() + self._patience
        try:
            with self._session.request(
                method,
                address,
                params=params,
                json=body,
                timeout=(min(CONNECT_S, self._patience), self._patience),
                allow_redirects=False,
                stream=True,
            ) as answer:
                text = self._read(answer, end)
        except requests.ConnectTimeout as error:
            raise UnreachableError(f"{asked}: nobody is there") from error
        except requests.Timeout as error:
            raise TimeoutError(f"{asked}: no answer in {self._patience:g} s") from error
        except requests.ConnectionError as error:
            raise _broken(asked, error, self._patience) from error
        except requests.RequestException as error:
            raise OSError(f"{asked}: {_reason(error)}") from error
        log.debug("%s: %s", asked, answer.status_code)
        return _reply(asked, answer.status_code, text)

    def _read(self, answer: requests.Response, end: float) -> str:
        """Return the text of an answer that has to be whole at the time `end`."""
        pieces: list[bytes] = []
        size = 0
        for piece in answer.iter_content(65536):
            pieces.append(piece)
            size += len(piece)
            if time.monotonic() > end:
                raise requests.Timeout
            if size > _LIMIT:
                raise requests.RequestException(f"the answer is longer than {_LIMIT} bytes")
        return b"".join(pieces).decode("utf-8", "replace")


def page(reply: Reply) -> list[dict[str, Any]]:
    """Return the items of one page of a list.

    Raises:
        NoAccessError: if we may not see it.
        OSError: if there is no usable answer.
    """
    if reply.status == 403:
        raise NoAccessError(f"{reply.asked}: 403: {reply.detail}")
    if reply.status != 200 or not isinstance(reply.body, dict):
        raise reply.error()
    results = reply.body.get("results")
    if not isinstance(results, list) or not all(isinstance(item, dict) for item in results):
        raise OSError(f"{reply.asked}: the answer is no list of items")
    return results


def _reply(asked: str, status: int, text: str) -> Reply:
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    return Reply(asked, status, body, text)


def _broken(asked: str, error: requests.ConnectionError, patience: float) -> OSError:
    """Return what a connection that failed means, which is whether it was ever made."""
    inner = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(inner, ReadTimeoutError):
        return TimeoutError(f"{asked}: no answer in {patience:g} s")
    text = f"{asked}: {_reason(error)}"
    if isinstance(inner, NewConnectionError | ConnectTimeoutError):
        return UnreachableError(text)
    return ConnectionError(text)


def _reason(error: BaseException) -> str:
    """Return what went wrong without the names of the layers that it went through."""
    for inner in (getattr(error, "reason", None), *reversed(error.args)):
        if isinstance(inner, BaseException):
            return _reason(inner)
    return " ".join(str(error).split())[:_DETAIL] or type(error).__name__
