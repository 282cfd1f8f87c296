# SPDX-License-Identifier: LGPL-2.1-or-later
"""The commands, as a user calls them."""
