# SPDX-License-Identifier: LGPL-2.1-or-later
"""One batch on one page: collect, expand, admit, build, solve, check, record, submit, observe."""
