# SPDX-License-Identifier: LGPL-2.1-or-later
"""What planners import, imported once for all that are forked."""

import planner.cli.collecting
import planner.cli.run
import planner.cli.service
import planner.cli.show_cycle
import planner.config
import planner.cycle
import planner.events.polling
import planner.events.subscription
import planner.kernelci
import planner.ledger
import planner.monitor.logs
import planner.plan.show
import planner.runtimes.definition
import planner.runtimes.lava
import planner.runtimes.shell
import planner.solvers

__all__ = ["planner"]
