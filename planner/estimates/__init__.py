# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a run is expected to take, cost and risk in a place.

estimator.py    declarations and a past -> estimates
ladder.py       what is declared                  past.py        a history without its garbage
durations.py    how long runs last                signatures.py  who is related to whom
waits.py        how long they wait for that       shrinkage.py   groups that lean on their relatives
drains.py       what came of queues' promises     quantiles.py   of many groups at once
risks.py        how often a place spoils them     survey.py      what was learned, to look at
drift.py        how the pace of runtimes changed  nests.py       groups in groups, numbered
needs.py        CPU and memory that are shared    health.py      which places spoil runs
calibration.py  how good the estimates were       coverage.py    what has not run for how long
staleness.py    that, in days, for plans
"""

from planner.estimates.calibration import IN_SHORT, calibrate, gauges
from planner.estimates.coverage import coverage
from planner.estimates.estimator import Estimate, Estimator
from planner.estimates.health import Condition, Health, State, judge
from planner.estimates.ladder import Declaration, Ladder
from planner.estimates.needs import NOTHING, Needs, needs
from planner.estimates.signatures import Signature
from planner.estimates.staleness import Ran, Staleness
from planner.estimates.survey import survey
from planner.estimates.waits import Pace, Paces, Slot

__all__ = [
    "IN_SHORT",
    "NOTHING",
    "Condition",
    "Declaration",
    "Estimate",
    "Estimator",
    "Health",
    "Ladder",
    "Needs",
    "Pace",
    "Paces",
    "Ran",
    "Signature",
    "Slot",
    "Staleness",
    "State",
    "calibrate",
    "coverage",
    "gauges",
    "judge",
    "needs",
    "survey",
]
