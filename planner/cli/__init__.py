# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command line: thin commands, each in its own file, imported when it is called."""

from planner.cli.main import main

__all__ = ["main"]
