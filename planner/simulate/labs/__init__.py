# SPDX-License-Identifier: LGPL-2.1-or-later
"""Labs as discrete-event models, which the planner meets as it meets real ones.

lab.py         what every lab is: it answers or does not, takes runs, tells of them
lava.py        boards, LAVA's order, health checks, other users
kubernetes.py  pods on nodes
slots.py       so many runs at a time (containers, shell), and labs that come and ask
"""

from planner.simulate.labs.kubernetes import KubernetesLab
from planner.simulate.labs.lab import Item, SimulatedLab, World
from planner.simulate.labs.lava import LavaLab
from planner.simulate.labs.slots import PullLab, SlotLab

__all__ = ["Item", "KubernetesLab", "LavaLab", "PullLab", "SimulatedLab", "SlotLab", "World"]
