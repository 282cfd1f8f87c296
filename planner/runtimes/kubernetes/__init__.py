# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs as Jobs of Kubernetes clusters; each context of the kubeconfig is a place of its own.

runtime.py    what the planner calls      settings.py  what the YAML may say
clusters.py   all contexts side by side   cluster.py   one context, and what its errors mean
kubeconfig.py the way to a context        room.py      what nodes, pods and quotas leave
manifest.py   a definition becomes a Job  outcome.py   what a Job and its pods say of a run
watch.py      the runs of one context       access.py    whether a context lets us in
"""

from planner.runtimes.kubernetes.runtime import KubernetesRuntime

__all__ = ["KubernetesRuntime"]
