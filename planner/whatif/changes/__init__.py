# SPDX-License-Identifier: LGPL-2.1-or-later
"""What can be different, one file a subject: to add a change, write it and name it in `spelling`.

spelling.py   changes as users write them     amounts.py   +2, -1, =3
capacity.py   what labs have                  ceilings.py  what labs admit
contracts.py  what their owners allow         wishes.py    what is wanted, and how it is judged
pins.py      places that operators insist on
"""

from planner.whatif.changes.spelling import read_change

__all__ = ["read_change"]
