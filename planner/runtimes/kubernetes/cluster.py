# SPDX-License-Identifier: LGPL-2.1-or-later
"""One context of the kubeconfig: the few requests that the planner makes, and what errors mean.

Objects come and go as the API's JSON. The client's own models are not used: it checks them more
strictly than the server does, on the way out and on the way back.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from planner.runtimes.errors import NoAccessError, NotSentError, UnreachableError
from planner.runtimes.kubernetes.kubeconfig import namespace_of, new_client

_HINTS = {401: " (the kubeconfig's token or certificate for this context is not accepted)"}
PAGE = 500  # objects in one answer
CONNECT = 3.05  # seconds until a server has to have taken the connection
_NO_POD = "involvedObject.kind=Job,reason=FailedCreate"
_REVIEWS = ("authorization.k8s.io", "v1", "selfsubjectaccessreviews")
_ALIVE = "status.phase!=Succeeded,status.phase!=Failed"


class RefusedError(OSError):
    """The server answered, and the answer is no; `status` is of HTTP, `reason` Kubernetes' word."""

    def __init__(self, text: str, status: int, reason: str) -> None:
        super().__init__(text)
        self.status, self.reason = status, reason

    @property
    def is_taken(self) -> bool:
        """Whether an object of that name exists: a conflict of versions is a 409 as well."""
        return self.status == 409 and self.reason == "AlreadyExists"


class DeniedError(RefusedError, NoAccessError):
    """The server does not let us in, or not do that."""


class Cluster:
    """One context. The kubeconfig is read when the first request is made.

    Every method raises NotSentError if nobody was there, RefusedError if the server said no, and
    another OSError if there is no usable answer.
    """

    def __init__(self, context: str | None, namespace: str | None, patience: float) -> None:
        self.context, self._namespace, self._patience = context, namespace, patience
        self._lock = threading.Lock()
        self._client: Any = None

    @property
    def name(self) -> str:
        """The context's name, as messages have it."""
        return self.context or "the current context"

    @property
    def namespace(self) -> str:
        """Where our Jobs are: as configured, or as the kubeconfig says of the context."""
        if self._namespace is None:
            with self._errors():
                self._namespace = namespace_of(self.context)
        return self._namespace

    def version(self) -> str:
        """Return the server's version."""
        from kubernetes.client import VersionApi

        with self._errors():
            ask = VersionApi(self._open()).get_code
            raw = ask(_request_timeout=self._timeout, _preload_content=False)
            return str(_object(json.loads(raw.data))["gitVersion"])

    def may(self, verb: str, resource: str, group: str, *, everywhere: bool) -> bool:
        """Tell whether we may do that in our namespace, or `everywhere`."""
        from kubernetes.client import CustomObjectsApi

        asked = {"verb": verb, "resource": resource, "group": group}
        namespace = {} if everywhere else {"namespace": self.namespace}
        body = {"spec": {"resourceAttributes": asked | namespace}}
        with self._errors():
            answer = CustomObjectsApi(self._open()).create_cluster_custom_object(
                *_REVIEWS, body, _request_timeout=self._timeout
            )
            return bool(_object(answer)["status"]["allowed"])

    def nodes(self) -> list[dict[str, Any]]:
        """Return all nodes."""
        return self._pages(lambda core, **page: core.list_node(**page))

    def live_pods(self) -> list[dict[str, Any]]:
        """Return the pods of all namespaces that have not ended: they run, or wait."""
        return self._pages(
            lambda core, **page: core.list_pod_for_all_namespaces(field_selector=_ALIVE, **page)
        )

    def pods(self, selector: str) -> list[dict[str, Any]]:
        """Return the pods of our namespace with these labels."""
        return self._pages(
            lambda core, **page: core.list_namespaced_pod(
                self.namespace, label_selector=selector, **page
            )
        )

    def failures(self) -> list[dict[str, Any]]:
        """Return the events of our namespace that tell of pods which Jobs could not make."""
        return self._pages(
            lambda core, **page: core.list_namespaced_event(
                self.namespace, field_selector=_NO_POD, **page
            )
        )

    def quotas(self) -> list[dict[str, Any]]:
        """Return the quotas of our namespace."""
        return self._pages(
            lambda core, **page: core.list_namespaced_resource_quota(self.namespace, **page)
        )

    def jobs(self, selector: str) -> list[dict[str, Any]]:
        """Return the Jobs of our namespace with these labels."""
        found: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        while True:
            asked = {"label_selector": selector, "limit": PAGE, **more}
            answer = self._job_call("list", **asked)
            found += _items(answer)
            more = _rest(answer)
            if not more:
                return found

    def job(self, name: str) -> dict[str, Any] | None:
        """Return the Job of that name in our namespace, None if there is none."""
        try:
            return self._job_call("get", name=name)
        except RefusedError as refused:
            if refused.status == 404:
                return None
            raise

    def create(self, job: Mapping[str, Any]) -> None:
        """Create a Job, with a single request."""
        self._job_call("create", body=job)

    def change(self, name: str, patch: Mapping[str, Any]) -> None:
        """Merge `patch` into a Job."""
        self._job_call("patch", name=name, body=patch)

    def _job_call(self, verb: str, **arguments: Any) -> dict[str, Any]:
        from kubernetes.client import CustomObjectsApi

        with self._errors():
            call = getattr(CustomObjectsApi(self._open()), f"{verb}_namespaced_custom_object")
            answer = call(
                "batch", "v1", self.namespace, "jobs", _request_timeout=self._timeout, **arguments
            )
            return _object(answer)

    def _pages(self, ask: Callable[..., Any]) -> list[dict[str, Any]]:
        from kubernetes.client import CoreV1Api

        found: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        with self._errors():
            core = CoreV1Api(self._open())
            while True:
                page = {"limit": PAGE, "_request_timeout": self._timeout, **more}
                raw = ask(core, _preload_content=False, **page)
                answer = _object(json.loads(raw.data))
                found += _items(answer)
                more = _rest(answer)
                if not more:
                    return found

    @property
    def _timeout(self) -> tuple[float, float]:
        return (CONNECT, self._patience)

    def _open(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = new_client(self.context)
            return self._client

    def _forget(self) -> None:
        """Have the kubeconfig read anew: its token may have been renewed."""
        with self._lock:
            self._client = None

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what the client raises into errors that say what is certain."""
        from kubernetes.client.exceptions import ApiException
        from kubernetes.config import ConfigException
        from urllib3.exceptions import (
            ConnectTimeoutError,
            HTTPError,
            NewConnectionError,
            ReadTimeoutError,
            SSLError,
        )

        try:
            yield
        except ApiException as error:
            if error.status == 401:
                self._forget()
            raise self._refused(error) from None  # its text holds all that was sent back
        except ConfigException as error:
            raise NotSentError(f"{self.name}: {error}") from None
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise UnreachableError(f"{self.name}: no server: {_plain(error)}") from error
        except ReadTimeoutError as error:
            raise TimeoutError(f"{self.name}: no answer in {self._patience:g} s") from error
        except (HTTPError, SSLError) as error:
            raise OSError(f"{self.name}: {type(error).__name__}: {_plain(error)}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise OSError(f"{self.name}: no usable answer: {type(error).__name__}") from error

    def _refused(self, error: Any) -> OSError:
        if not error.status:  # how the client says that TLS failed
            text = f"{self.name}: {' '.join(str(error.reason).split())}"
            return NotSentError(text) if "CERTIFICATE" in text else OSError(text)
        said = _status_of(error.body)
        # The rest of a message about broken JSON quotes it, and there may be secrets in it.
        message = str(said.get("message") or error.reason).partition(", error found in")[0]
        hint = _HINTS.get(error.status, "")
        if error.status == 403 and "system:anonymous" in message:
            hint = " (the kubeconfig has no credentials for this context)"
        text = f"{self.name}: {error.status}: {message}{hint}"
        # Quotas say 403 as well, and that is no matter of rights.
        denied = error.status == 401 or (error.status == 403 and "exceeded quota" not in message)
        kind = DeniedError if denied else RefusedError
        return kind(text, error.status, str(said.get("reason") or ""))


def _status_of(body: Any) -> dict[str, Any]:
    """Return the `Status` in an error's body, which may be text, bytes, or no JSON at all."""
    try:
        said = json.loads(body or "{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise TypeError("not an object")
    return answer


def _items(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_object(item) for item in answer["items"] or ()]


def _rest(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the argument that asks for the next page, nothing after the last."""
    token = answer["metadata"].get("continue")
    return {"_continue": token} if token else {}


def _plain(error: Exception) -> str:
    return str(error).rpartition(">: ")[2] or type(error).__name__
