# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real Podman on this machine, by its Docker API: `make test-containers`.

podman.py  installs it, starts it, and gives it an image of its own
"""
