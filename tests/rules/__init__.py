# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each rule alone, without a solver."""
