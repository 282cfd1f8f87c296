# SPDX-License-Identifier: LGPL-2.1-or-later
"""Benchmarks: that they measure what they say, not how fast anything is."""
