# SPDX-License-Identifier: LGPL-2.1-or-later
"""Policies: files of their own, in the `policies` folder of a configuration or shipped."""

from collections.abc import Iterator
from pathlib import Path

from models import Catalog, Defect, PlannerError, Policy
from planner.config.findings import Findings
from planner.config.located import LocatedMap, Mark, plain
from planner.config.yaml_file import YamlError, read_yaml

_HERE = Path(__file__).resolve().parent

# Beside this module in an installed package, in `config/` in a checkout.
SHIPPED = (_HERE / "policies", _HERE.parent.parent / "config" / "policies")


def load_policy(name: str, catalog: Catalog) -> Policy:
    """Return the policy of that name: the last configured path that has it, or the shipped one.

    `default` always exists, if need be as the defaults of its fields. A policy is named like its
    file, whatever the file says.

    Raises:
        PlannerError: if there is no such policy (the text lists those that there are), or if its
            file is wrong, with file and line.
    """
    files = policy_files(catalog.paths)
    if name not in files:
        if name == "default":
            return Policy()
        known = ", ".join(sorted({*files, "default"}))
        raise PlannerError(f"there is no policy {name!r}; there are: {known}")
    findings = Findings()
    policy = _read(name, files[name], findings)
    if policy is None:
        raise PlannerError("\n".join(f"{d.where}: {d.text}" for d in findings.defects))
    return policy


def policy_files(paths: tuple[str, ...]) -> dict[str, Path]:
    """Return the files of all policies by name; configured paths win over shipped ones."""
    folders = [*SHIPPED, *(Path(path) / "policies" for path in paths)]
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.yaml"))}


def check_policies(catalog: Catalog) -> Iterator[Defect]:
    """Yield what is wrong with the policies that the configured paths bring."""
    for name, file in policy_files(catalog.paths).items():
        if file.parent in SHIPPED:
            continue
        findings = Findings()
        try:
            _read(name, file, findings)
        except YamlError as error:
            findings.note(Mark(str(file), error.line), "broken_yaml", name, error.problem)
        yield from findings.defects


def _read(name: str, file: Path, findings: Findings) -> Policy | None:
    content, _ = read_yaml(file)
    mark = Mark(str(file), 1)
    if content is None:
        return Policy(name=name)
    if not isinstance(content, LocatedMap):
        findings.lose(mark, "bad_value", name, f"policy {name!r} is no mapping")
        return None
    data = {**plain(content), "name": name}
    return findings.read(Policy, data, content, mark, f"policy {name}")
