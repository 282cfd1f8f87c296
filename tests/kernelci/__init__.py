# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client of a KernelCI API, against a double that answers as a real one was recorded to."""
