# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a plan says of itself."""
