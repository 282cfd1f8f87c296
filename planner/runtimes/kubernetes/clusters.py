# SPDX-License-Identifier: LGPL-2.1-or-later
"""All contexts of a runtime, asked side by side."""

import time
from collections.abc import Callable, Collection
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from planner.runtimes.errors import NotSentError
from planner.runtimes.kubernetes.cluster import Cluster
from planner.runtimes.kubernetes.kubeconfig import load_client

Answer = TypeVar("Answer")


class Clusters:
    """The contexts of a runtime; without any named, the current one of the kubeconfig.

    Each has `patience` seconds for an answer.
    """

    def __init__(
        self, runtime: str, contexts: tuple[str, ...], namespace: str | None, patience: float
    ) -> None:
        self._runtime, self._patience = runtime, patience
        self.contexts: tuple[str | None, ...] = contexts or (None,)
        self._clusters = {each: Cluster(each, namespace, patience) for each in self.contexts}

    def get(self, context: str | None) -> Cluster:
        """Return a context.

        Raises:
            NotSentError: if the runtime has no such context.
        """
        try:
            return self._clusters[context]
        except KeyError:
            text = f"runtime '{self._runtime}' has no context '{context}' any more"
            raise NotSentError(text) from None

    def ask(
        self,
        question: Callable[[Cluster], Answer],
        contexts: Collection[str | None] | None = None,
    ) -> tuple[dict[str | None, Answer], dict[str | None, OSError]]:
        """Ask these contexts, or all; return the answers, and the errors of those without one.

        A context that is late is left behind. It costs the others nothing.
        """
        asked = self.contexts if contexts is None else contexts
        clusters = {each: self.get(each) for each in asked}
        news: SimpleQueue[tuple[str | None, Answer | OSError]] = SimpleQueue()

        def one(cluster: Cluster) -> None:
            try:
                said: Answer | OSError = question(cluster)
            except OSError as error:
                said = error
            except Exception as error:
                # What was read is not shaped as the API's objects are.
                said = OSError(f"{cluster.name}: no usable answer: {type(error).__name__}")
            news.put((cluster.context, said))

        load_client()  # not at the cost of whoever is asked first
        end = time.monotonic() + self._patience
        for cluster in clusters.values():
            # A daemon: a cluster that never answers must not keep the planner from ending.
            Thread(target=one, args=(cluster,), daemon=True).start()
        told: dict[str | None, Answer | OSError] = {}
        while len(told) < len(clusters):
            try:
                context, said = news.get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                break
            told[context] = said
        answers: dict[str | None, Answer] = {}
        failures: dict[str | None, OSError] = {}
        for context, cluster in clusters.items():
            late = TimeoutError(f"{cluster.name}: no answer in {self._patience:g} s")
            said = told.get(context, late)
            if isinstance(said, OSError):
                failures[context] = said
            else:
                answers[context] = said
        return answers, failures
