# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real Kubernetes API servers on this machine: `make test-kubernetes`.

build.py     their binaries, from Debian's source package
servers.py   start and stop them     kubelet.py   what stands for the machines that run pods
"""
