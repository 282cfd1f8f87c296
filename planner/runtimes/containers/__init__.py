# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs as containers, by the Docker API, which Podman speaks as well.

runtime.py  what the planner calls    engine.py   the requests, and what errors mean
recipe.py   what a run's container is images.py   images that are not there yet
outcome.py  what a container says of a run        settings.py  what the YAML may say
"""

from planner.runtimes.containers.runtime import ContainerRuntime

__all__ = ["ContainerRuntime"]
