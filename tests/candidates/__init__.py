# SPDX-License-Identifier: LGPL-2.1-or-later
"""Admission alone: places against capacity."""
