# SPDX-License-Identifier: LGPL-2.1-or-later
"""The planner against a real LAVA server: `make test-lava`."""
