# SPDX-License-Identifier: LGPL-2.1-or-later
"""From lists to criteria: shorter entries, and proof of what they would change.

alike.py     entries that differ only by lab      shorter.py   criteria that match a list of boards
merging.py   alike entries -> one entry           writing.py   an entry as YAML
proof.py     two sets of entries, expanded and compared
suggest.py   a catalog -> suggestions
"""

from planner.suggestions.suggest import suggest

__all__ = ["suggest"]
