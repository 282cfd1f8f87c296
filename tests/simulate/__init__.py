# SPDX-License-Identifier: LGPL-2.1-or-later
"""The simulator: labs by themselves, scenarios, whole simulations, measures."""
