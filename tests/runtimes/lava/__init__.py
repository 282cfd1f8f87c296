# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests of LAVA as a runtime, against a double of a lab on a real socket."""
