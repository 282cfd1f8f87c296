# SPDX-License-Identifier: LGPL-2.1-or-later
"""Speed and quality, each measured against a named baseline in the same run."""
