# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same batch with something different: solved again, and compared.

scenario.py   a batch with all that decides about it
changes/      what can be different
compare.py    the two plans, side by side
certain.py    changes that the prices of a plan rule out
worth.py      what one more device of each type would bring
remedies.py   the cheapest change that places a run; options.py: those that are tried
conflict.py   the fewest rules that cannot be kept together
alone.py      one request with all labs to itself; demands.py: what it asks for, wish by wish

For people there is `show.show_what_if`, which is not imported here because of the library behind
it.
"""

from planner.whatif.changes import read_change
from planner.whatif.compare import what_if
from planner.whatif.conflict import smallest_conflict
from planner.whatif.remedies import remedy
from planner.whatif.scenario import Change, Scenario
from planner.whatif.worth import worth

__all__ = ["Change", "Scenario", "read_change", "remedy", "smallest_conflict", "what_if", "worth"]
