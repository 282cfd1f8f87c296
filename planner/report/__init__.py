# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plan as one page of HTML that needs nothing but a browser.

page.py      a plan -> the page              labs.py      load against ceiling, slot by slot
jobs.py      what was asked, and coverage    waiting.py   what did not get a place, by reason
actual.py    estimates against outcomes      rows.py      each run with its why, as data
templates/   the page, its style and its script
"""

from planner.report.page import report_page

__all__ = ["report_page"]
