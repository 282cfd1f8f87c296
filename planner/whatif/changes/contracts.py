# SPDX-License-Identifier: LGPL-2.1-or-later
"""A contract of a lab set aside."""

from dataclasses import dataclass, replace

from planner.whatif.scenario import Scenario, unknown


@dataclass(frozen=True)
class NoContract:
    """A lab whose owner sets no terms."""

    runtime: str

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the scenario without the contract of the lab, or that of its type."""
        catalog = scenario.catalog
        declared = catalog.planner.contracts
        if self.runtime not in catalog.runtimes:
            raise unknown("runtime", self.runtime, catalog.runtimes)
        if not has_contract(scenario, self.runtime):
            raise unknown("contract of", self.runtime, declared)
        lab_type = catalog.runtimes[self.runtime].lab_type
        # A contract of a type holds for each of its runtimes: all others keep theirs.
        contracts = {
            name: contract
            for name, runtime in catalog.runtimes.items()
            if (contract := declared.get(name, declared.get(runtime.lab_type))) is not None
            and name != self.runtime
        }
        kept = {n: c for n, c in declared.items() if n not in (self.runtime, lab_type)}
        planner = catalog.planner.model_copy(update={"contracts": {**kept, **contracts}})
        return replace(scenario, catalog=catalog.model_copy(update={"planner": planner}))

    def __str__(self) -> str:
        return f"contract={self.runtime}:none"


def has_contract(scenario: Scenario, runtime: str) -> bool:
    """Tell whether a contract is declared for `runtime`, or for its type."""
    known = scenario.catalog.runtimes.get(runtime)
    declared = scenario.catalog.planner.contracts
    return known is not None and (runtime in declared or known.lab_type in declared)
