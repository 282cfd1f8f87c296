# SPDX-License-Identifier: LGPL-2.1-or-later
"""A day of the service: the real program in simulated time, among an API and labs that fail.

`python -m tests.day` prints what came of 480 cycles and some 9,000 runs.

world.py    KernelCI's API and ten LAVA labs on real sockets, three minutes later each time
past.py     the days before it
service.py  the service in a process of its own, measured after each cycle
verdict.py  what became of each run: by the ledger, the nodes and the labs
"""
