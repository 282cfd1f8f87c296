# SPDX-License-Identifier: LGPL-2.1-or-later
"""The container runtime without an engine, or with one that misbehaves."""
