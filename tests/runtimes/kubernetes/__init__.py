# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Kubernetes runtime, over a real socket, against doubles of the API."""
