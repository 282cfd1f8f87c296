# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests of what people ask of the past, and of a past that comes from elsewhere."""
