# SPDX-License-Identifier: LGPL-2.1-or-later
"""How solvers fail."""


class SolverError(Exception):
    """A solver ended without the solution that was asked for; its text is the status."""
