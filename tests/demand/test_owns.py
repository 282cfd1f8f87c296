# SPDX-License-Identifier: LGPL-2.1-or-later
"""Entries whose jobs belong to another scheduler are left alone."""

from pathlib import Path

import pytest

from tests.demand.site import demand, entry, event, site

JOBS = ("boot", "boot-nfs", "kselftest")


@pytest.mark.parametrize(
    ("owns", "jobs"),
    [
        (None, set(JOBS)),
        (["boot*"], {"boot", "boot-nfs"}),
        (["kselftest", "boot"], {"boot", "kselftest"}),
        ([], set()),
    ],
)
def test_jobs_that_are_ours(tmp_path: Path, owns: list[str] | None, jobs: set[str]) -> None:
    """Names and patterns say whose a job is; without a word all are ours."""
    catalog = site(
        tmp_path,
        jobs={name: {"kind": "job"} for name in JOBS},
        scheduler=[entry(job=name) for name in JOBS],
        planner={} if owns is None else {"owns": owns},
    )
    assert {request.job for request in demand(catalog, event()).requests} == jobs
