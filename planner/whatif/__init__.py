# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same batch with something different: solved again, and compared.

scenario.py   a batch with all that decides about it     spelling.py   changes as users write them
capacity.py   changes of what labs have                  compare.py    the two plans, side by side
wishes.py     changes of what is wanted, and how judged  amounts.py    +2, -1, =3
ceilings.py   changes of what labs admit                 certain.py    changes that prices rule out
worth.py      one more device of each type

For people there is `show.show_what_if`, which is not imported here because of the library behind
it.
"""

from planner.whatif.compare import what_if
from planner.whatif.scenario import Change, Scenario
from planner.whatif.spelling import read_change
from planner.whatif.worth import worth

__all__ = ["Change", "Scenario", "read_change", "what_if", "worth"]
