# SPDX-License-Identifier: LGPL-2.1-or-later
"""The way to a context, as the kubeconfig in the usual places has it."""

import logging
import os
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_OWN_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


def load_client() -> None:
    """Have the client's library loaded: that takes seconds, which no deadline should pay for."""
    from kubernetes import client, config, utils

    # The interfaces are loaded by their names, and those are most of it.
    used = (client.CoreV1Api, client.CustomObjectsApi, config, utils)
    log.debug("loaded %s", ", ".join(each.__name__ for each in used))


def new_client(context: str | None) -> Any:
    """Return a client of the context; where there is no kubeconfig, of the cluster we run in.

    Raises:
        ConfigException: if the kubeconfig is missing, broken, or has no such context.
    """
    from kubernetes import client, config

    settings = client.Configuration()
    if _is_inside(context):
        config.load_incluster_config(client_configuration=settings)
    else:
        config.load_kube_config(
            str(_kubeconfig()), context=context, client_configuration=settings, persist_config=False
        )
    settings.retries = False  # each request is made once: the planner says when it is made again
    return client.ApiClient(settings)


def namespace_of(context: str | None) -> str:
    """Return the namespace that the kubeconfig has for the context.

    Raises:
        ConfigException: if there is no such context.
    """
    from kubernetes import config

    if _is_inside(context):
        return _OWN_NAMESPACE.read_text("utf-8").strip()
    contexts, current = config.list_kube_config_contexts(str(_kubeconfig()))
    for each in contexts:
        if each["name"] == (context or current["name"]):
            return str(each["context"].get("namespace") or "default")
    raise config.ConfigException(f"the kubeconfig has no context {context!r}")


def _is_inside(context: str | None) -> bool:
    """Tell whether the cluster that the planner itself runs in is meant."""
    return context is None and _OWN_NAMESPACE.is_file() and "KUBECONFIG" not in os.environ


def _kubeconfig() -> Path | str:
    """Return the kubeconfig as it is now: the client looks only when it is imported."""
    return os.environ.get("KUBECONFIG") or Path.home() / ".kube/config"
