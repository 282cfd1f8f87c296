# SPDX-License-Identifier: LGPL-2.1-or-later
"""KernelCI's semantics, rule by rule."""
