# SPDX-License-Identifier: LGPL-2.1-or-later
"""One session with one API: what every request has, and what every failure means."""

import logging
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util import Retry

from models import PlannerError
from planner.kernelci.errors import AwayError, RefusedError, SilentError, UnreachableError
from planner.kernelci.tokens import TOKEN_VARIABLE

log = logging.getLogger(__name__)

CONNECT_S = 5.0
READ_S = 30.0
LISTEN = "/listen/"

# Only what changes nothing is asked again. A server that gave up is asked as one that is busy.
RETRY = Retry(
    total=3,
    read=1,
    allowed_methods={"GET"},
    status_forcelist={429, 500, 502, 503, 504},
    backoff_factor=0.2,
    backoff_max=3.0,
    raise_on_status=False,
    respect_retry_after_header=False,
)

# Statuses of the client's range that say nothing about the request itself.
_LATER = {408, 425, 429}
_DETAIL = 300  # characters of an answer that an error shows at most

Params = Mapping[str, str | int]


class _Bearer(AuthBase):
    """Shows the token to the API and to nobody else."""

    def __init__(self, token: SecretStr | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return request


class Connection:
    """A session with the API at `url`; a GET is repeated where that helps, nothing else ever is.

    Raises:
        PlannerError: if `url` is none of an API.
    """

    def __init__(self, url: str, token: SecretStr | None = None, *, retry: Retry = RETRY) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise PlannerError(f"{url!r} is no URL of an API: one is http(s)://host[:port]")
        if parts.username is not None or parts.password is not None:
            place = f"{parts.scheme}://…@{parts.hostname}"
            raise PlannerError(f"{place}: secrets do not stand in URLs; use {TOKEN_VARIABLE}")
        self.url = url.rstrip("/")
        self._base = f"{self.url}/latest"
        self._session = requests.Session()
        self._session.auth = _Bearer(token)
        self._session.mount(self.url, HTTPAdapter(max_retries=retry))
        # A listen that is given up swallows an event: it must never be repeated unnoticed.
        self._session.mount(f"{self._base}{LISTEN}", HTTPAdapter(max_retries=0))

    def __repr__(self) -> str:
        return f"Connection({self.url})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Any = None,
        patience: float = READ_S,
    ) -> Any:
        """Return what the API answers, read as JSON.

        Raises:
            RefusedError: if it said no, or sent us elsewhere.
            AwayError: if there was nobody to ask.
            SilentError: if nothing came within `patience` seconds.
            UnreachableError: if there was no usable answer for another reason.
        """
        asked = f"{method} {self._base}{path}"
        try:
            reply = self._session.request(
                method,
                f"{self._base}{path}",
                params=params,
                json=body,
                timeout=(CONNECT_S, patience),
                allow_redirects=False,
            )
        except requests.ReadTimeout as error:
            raise SilentError(asked, f"no answer in {patience:g} s") from error
        except requests.RequestException as error:
            kind = AwayError if _never_left(error) else UnreachableError
            raise kind(asked, _reason(error)) from error
        log.debug("%s: %s", asked, reply.status_code)
        return _answer(asked, reply)


def _answer(asked: str, reply: requests.Response) -> Any:
    status = reply.status_code
    if status >= 500 or status in _LATER:
        raise UnreachableError(asked, f"{status}: {_detail(reply)}", status)
    if status == 401:
        text = f"401: {_detail(reply)}; is the token right, and allowed to do this?"
        raise RefusedError(asked, text, status)
    if status >= 300:
        raise RefusedError(asked, f"{status}: {_detail(reply)}", status)
    try:
        return reply.json()
    except ValueError as error:
        raise UnreachableError(asked, "the answer is no JSON", status) from error


def _detail(reply: requests.Response) -> str:
    """Return why the API says no, in one line, whatever shape it says it in."""
    try:
        told = reply.json()
    except ValueError:
        told = reply.text.strip() or reply.reason
    if isinstance(told, dict):
        told = told.get("detail") or told.get("message") or told
    if isinstance(told, list):
        told = "; ".join(map(_complaint, told))
    return " ".join(str(told).split())[:_DETAIL]


def _complaint(item: Any) -> str:
    if not isinstance(item, dict) or not isinstance(item.get("loc"), list):
        return str(item)
    return f"{'.'.join(map(str, item['loc']))}: {item.get('msg')}"


def _never_left(error: requests.RequestException) -> bool:
    """Tell whether there was no connection on which anything could have been sent."""
    inner = error.args[0] if error.args else None
    cause = getattr(inner, "reason", None)
    return isinstance(cause, (NewConnectionError, ConnectTimeoutError))


def _reason(error: BaseException) -> str:
    """Return what went wrong without the names of the layers that it went through."""
    for inner in (getattr(error, "reason", None), *reversed(error.args)):
        if isinstance(inner, BaseException):
            return _reason(inner)
    return " ".join(str(error).split())[:_DETAIL] or type(error).__name__
