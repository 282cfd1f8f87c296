# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which jobs a batch of events asks for: KernelCI's semantics, exactly.

matching.py  event -> the entries that it triggers      filters.py   KernelCI's ten filters
wishes.py    entry -> where it may go, before any event  rules.py     what `rules` allow
facts.py     where rules look values up                  priority.py  who comes first
subject.py   event -> the node that it is about          variants.py  whether runs can differ at all
retries.py   a spoiled run -> a request elsewhere
expand.py    a batch of events -> requests               backlog.py   what still waits, what ends
"""

from planner.demand.backlog import is_superseded, newest_revisions, review_backlog
from planner.demand.expand import DEADLINE_S, expand
from planner.demand.retries import retry_of

__all__ = [
    "DEADLINE_S",
    "expand",
    "is_superseded",
    "newest_revisions",
    "retry_of",
    "review_backlog",
]
