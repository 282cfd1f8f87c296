# SPDX-License-Identifier: LGPL-2.1-or-later
"""What would be otherwise, and what it would take."""
