# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events in all shapes, good and bad."""
