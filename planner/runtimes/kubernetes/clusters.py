# SPDX-License-Identifier: LGPL-2.1-or-later
"""All contexts of a runtime, asked side by side."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from planner.runtimes.errors import NotSentError
from planner.runtimes.kubernetes.cluster import Cluster

Answer = TypeVar("Answer")


class Clusters:
    """The contexts of a runtime; without any named, the current one of the kubeconfig."""

    def __init__(
        self, runtime: str, contexts: tuple[str, ...], namespace: str | None, patience: float
    ) -> None:
        self._runtime = runtime
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
        """Ask these contexts, or all; return the answers, and the errors of those without one."""
        clusters = [self.get(each) for each in (self.contexts if contexts is None else contexts)]
        answers: dict[str | None, Answer] = {}
        failures: dict[str | None, OSError] = {}

        def one(cluster: Cluster) -> None:
            try:
                answers[cluster.context] = question(cluster)
            except OSError as error:
                failures[cluster.context] = error
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                # What was read is not shaped as the API's objects are.
                text = f"{cluster.name}: no usable answer: {type(error).__name__}"
                failures[cluster.context] = OSError(text)

        with ThreadPoolExecutor(max_workers=max(1, len(clusters))) as pool:
            list(pool.map(one, clusters))
        return answers, failures
