# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stands for the machines of a cluster: says what becomes of the pods on its nodes.

Annotations of a pod say what happens to it: `test/seconds` it runs, `test/exit` it exits with,
`test/stuck` is why it never starts, `test/evicted` that its node throws it out.
"""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

PAUSE = 0.2  # seconds between two looks


class Kubelet(threading.Thread):
    """All nodes of one context; ends with `stop`."""

    def __init__(self, kubeconfig: str, context: str) -> None:
        super().__init__(daemon=True)
        self._api = client.CoreV1Api(config.new_client_from_config(kubeconfig, context=context))
        self._ended = threading.Event()
        self._since: dict[str, datetime] = {}

    def stop(self) -> None:
        """End, and wait for it."""
        self._ended.set()
        self.join()

    def run(self) -> None:
        """Look at the pods again and again; a server that is away is asked again."""
        while not self._ended.wait(PAUSE):
            try:
                pods = self._api.list_pod_for_all_namespaces(field_selector="spec.nodeName!=").items
                for pod in pods:
                    self._treat(pod)
            except HTTPError:
                continue
            except ApiException as error:
                if error.status not in (404, 409, 500, 503):
                    raise

    def _treat(self, pod: Any) -> None:
        name, namespace = pod.metadata.name, pod.metadata.namespace
        asked = pod.metadata.annotations or {}
        if pod.metadata.deletion_timestamp:
            self._api.delete_namespaced_pod(name, namespace, grace_period_seconds=0)
        elif pod.status.phase == "Pending":
            if "test/stuck" in asked:
                waiting = {"reason": asked["test/stuck"], "message": "as the test wants it"}
                if not pod.status.container_statuses:
                    self._say(pod, "Pending", {"waiting": waiting})
                return
            self._since[pod.metadata.uid] = datetime.now(UTC)
            self._say(pod, "Running", {"running": {"startedAt": _text(datetime.now(UTC))}})
        elif pod.status.phase == "Running":
            started = self._since.setdefault(pod.metadata.uid, datetime.now(UTC))
            if "test/evicted" in asked:
                self._say(
                    pod, "Failed", None, reason="Evicted", message="The node was low on memory"
                )
            elif datetime.now(UTC) - started >= timedelta(
                seconds=float(asked.get("test/seconds", 0))
            ):
                status = int(asked.get("test/exit", 0))
                ended = {
                    "exitCode": status,
                    "reason": "Error" if status else "Completed",
                    "startedAt": _text(started),
                    "finishedAt": _text(datetime.now(UTC)),
                }
                self._say(pod, "Failed" if status else "Succeeded", {"terminated": ended})

    def _say(self, pod: Any, phase: str, state: Any, **more: str) -> None:
        containers = [
            {
                "name": container.name,
                "image": container.image,
                "imageID": "",
                "ready": phase == "Running",
                "restartCount": 0,
                "state": state,
            }
            for container in pod.spec.containers
            if state is not None
        ]
        status = {"phase": phase, "containerStatuses": containers, **more}
        self._api.patch_namespaced_pod_status(
            pod.metadata.name, pod.metadata.namespace, {"status": status}
        )


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
