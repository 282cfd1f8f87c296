# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests against real systems that have to be built or installed first; `make test` skips them."""
