# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names that stand in the configuration and name nothing, with what was probably meant."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from models import LabType, PlannerSettings
from planner.config.findings import Findings
from planner.config.located import LocatedMap, Mark, find

# Of sections that are not ours to know: so much of a name has to be that of one that is.
ALIKE = 0.8

# The sections that are read.
SECTIONS = (
    "jobs",
    "platforms",
    "runtimes",
    "scheduler",
    "build_configs",
    "trees",
    "fragments",
    "rootfs",
    "api",
    "storage",
    "planner",
)

# Parts of `planner:` whose keys are names of runtimes or of types of runtimes.
_BY_RUNTIME: tuple[tuple[str, ...], ...] = (
    ("capacity",),
    ("contracts",),
    ("submit",),
    ("estimates", "defaults", "rates"),
)


@dataclass(frozen=True)
class Names:
    """All that the `planner:` section may name."""

    runtimes: Collection[str]
    platforms: Collection[str]
    jobs: Collection[str]
    trees: Collection[str]
    apis: Collection[str]
    policies: Collection[str]


def check_sections(tree: LocatedMap, findings: Findings) -> None:
    """Say so where a section is none that is read, and nearly has the name of one."""
    for name in tree:
        if name in SECTIONS or not isinstance(name, str):
            continue
        meant = _meant(name, SECTIONS)
        if meant:
            text = f"section {name!r} is not read{meant}"
            findings.note(tree.key_marks[name], "unknown_section", name, text)


def check_names(
    section: LocatedMap, mark: Mark, settings: PlannerSettings, names: Names, findings: Findings
) -> None:
    """Say so where the `planner:` section names what is not defined."""
    for path in _BY_RUNTIME:
        _check_runtimes(path, section, mark, names.runtimes, findings)
    if settings.policy not in names.policies and settings.policy != "default":
        text = f"planner.policy names {settings.policy!r}, and there is no such policy"
        place = find(section, ["policy"], mark)
        findings.note(place, "unknown_policy", settings.policy, text)
    api = settings.events.api
    if api is not None and "://" not in api and api not in names.apis:
        text = f"planner.events.api names {api!r}, which is no URL and not in section 'api'"
        findings.note(find(section, ["events", "api"], mark), "unknown_api", api, text)
    _check_quotas(section, mark, settings, names, findings)
    for number, pin in enumerate(settings.pins):
        for kind, known in (("runtime", names.runtimes), ("platform", names.platforms)):
            name = getattr(pin, kind)
            if name is None or _is_known(name, f"{kind}s", known, findings):
                continue
            text = f"planner.pins names {kind} {name!r}, which is not defined{_meant(name, known)}"
            place = find(section, ["pins", number, kind], mark)
            findings.note(place, f"unknown_{kind}", name, text)


def _check_runtimes(
    path: tuple[str, ...],
    section: LocatedMap,
    mark: Mark,
    runtimes: Collection[str],
    findings: Findings,
) -> None:
    """Say so where a key of the mapping at `path` is neither a runtime nor a type of one."""
    names: Any = section
    for part in path:
        names = names.get(part) if isinstance(names, dict) else None
    for name in names if isinstance(names, dict) else ():
        if name in tuple(LabType) or _is_known(str(name), "runtimes", runtimes, findings):
            continue
        place = find(section, (*path, name), mark, key=True)
        text = f"planner.{'.'.join(path)} names {name!r}, which is no runtime and no type of one"
        findings.note(place, "unknown_runtime", str(name), text + _meant(str(name), runtimes))


def _check_quotas(
    section: LocatedMap, mark: Mark, settings: PlannerSettings, names: Names, findings: Findings
) -> None:
    """Say so where a quota counts runs of a job or a tree that there is not: it limits nothing."""
    known = {"job": ("jobs", names.jobs), "tree": ("trees", names.trees)}
    for runtime, contract in settings.contracts.items():
        quotas = {"job": contract.quotas.job, "tree": contract.quotas.tree}
        for kind, limits in quotas.items():
            of, defined = known[kind]
            # A site may leave its trees to KernelCI, and then nobody knows them all.
            for name in limits if defined else ():
                if _is_known(name, of, defined, findings):
                    continue
                path = ("contracts", runtime, "quotas", kind)
                text = f"planner.{'.'.join(path)} counts {kind} {name!r}, which is not defined"
                place = find(section, (*path, name), mark, key=True)
                findings.note(place, f"unknown_{kind}", name, text + _meant(name, defined))


def _is_known(name: str, section: str, defined: Iterable[str], findings: Findings) -> bool:
    """Tell whether there is such a thing, or was until it had to be left out."""
    lost = {defect.subject for defect in findings.malformed}
    return name in defined or f"{section}.{name}" in lost


def _meant(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=ALIKE)
    return f"; did you mean {close[0]!r}?" if close else ""
