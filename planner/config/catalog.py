# SPDX-License-Identifier: LGPL-2.1-or-later
"""From the files of a site to its catalog."""

from pathlib import Path

from models import Catalog
from planner.config.findings import Findings
from planner.config.names import Names, check_sections
from planner.config.overlay import read_documents
from planner.config.policies import policy_files
from planner.config.scheduler import read_entries
from planner.config.sections import (
    read_apis,
    read_build_configs,
    read_jobs,
    read_platforms,
    read_runtimes,
    read_table,
)
from planner.config.settings import read_settings


def load_catalog(*paths: str | Path) -> Catalog:
    """Return the catalog that KernelCI's YAML at `paths` describes, later paths over earlier.

    A path is a file or a directory, searched recursively for *.yaml and *.yml. Whatever can be
    understood is in the catalog; what cannot is left out and named in `malformed` and `defects`.
    Relative paths in the `planner:` section (events, nodes, templates) come back joined to the
    folder of the file that names them.

    Raises:
        PlannerError: if a path does not exist, or a file is no YAML (with file and line).
    """
    names = tuple(str(path) for path in paths)
    documents = read_documents(tuple(Path(name) for name in names))
    tree = documents.tree
    findings = Findings(defects=list(documents.defects))
    findings.malformed += [d for d in documents.defects if d.code == "bad_value"]
    check_sections(tree, findings)
    runtimes, apis = read_runtimes(tree, findings), read_apis(tree, findings)
    jobs, platforms = read_jobs(tree, findings), read_platforms(tree, findings)
    configs = read_build_configs(tree, findings)
    trees = read_table(tree, "trees", findings)
    known = Names(
        runtimes=runtimes,
        platforms=platforms,
        jobs=jobs,
        trees={*trees, *(config.tree for config in configs.values())},
        apis=apis,
        policies=policy_files(names),
    )
    return Catalog(
        paths=names,
        jobs=jobs,
        platforms=platforms,
        runtimes=runtimes,
        entries=read_entries(tree, documents.relative, findings),
        build_configs=configs,
        trees=trees,
        fragments=read_table(tree, "fragments", findings),
        rootfs=read_table(tree, "rootfs", findings),
        apis=apis,
        api_configs=read_table(tree, "api", Findings()),
        storages=read_table(tree, "storage", findings),
        planner=read_settings(tree, known, findings),
        defects=tuple(findings.defects),
        malformed=tuple(findings.malformed),
    )
