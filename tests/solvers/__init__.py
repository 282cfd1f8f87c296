# SPDX-License-Identifier: LGPL-2.1-or-later
"""What solvers make of small problems."""
