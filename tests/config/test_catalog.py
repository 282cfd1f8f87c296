# SPDX-License-Identifier: LGPL-2.1-or-later
"""KernelCI's sections become nouns; what cannot be understood is left out and named."""

from collections.abc import Callable

import pytest

from models import Catalog, LabType

Load = Callable[..., Catalog]
Check = Callable[..., list[tuple[int, str, str]]]


def test_jobs_platforms_and_runtimes(load: Load) -> None:
    """Fields, defaults and places of each kind of item."""
    catalog = load(
        """
        jobs:
          build:
            kind: kbuild
            priority: 70
            image: some/image
            params: {arch: arm64}
            rules: {tree: ['!x']}
            kcidb_test_suite: ignored
        platforms:
          empty:
          board:
            compatible: one
            dtb: [a.dtb, b.dtb]
            flash_image: ignored
        build_configs:
          main: {tree: t, branch: b, priority: high, architectures: [arm64]}
        trees: {t: {url: 'https://x.example'}}
        """,
        base=False,
    )
    job = catalog.jobs["build"]
    assert (job.kind, job.priority, job.params, job.where.line) == (
        "kbuild",
        70,
        {"arch": "arm64"},
        2,
    )
    assert job.rules == {"tree": ["!x"]}
    assert catalog.platforms["empty"].arch == "x86_64"
    assert catalog.platforms["board"].compatible == ("one",)
    assert catalog.platforms["board"].dtb == ("a.dtb", "b.dtb")
    assert catalog.build_configs["main"].architectures == ("arm64",)
    assert catalog.trees == {"t": {"url": "https://x.example"}}
    assert catalog.defects == ()


def test_runtimes_keep_their_other_keys_as_params(load: Load) -> None:
    """Keys without a field are params, contexts a tuple, and a token stays a token's name."""
    catalog = load(
        """
        runtimes:
          lava: &lava
            lab_type: lava
            priority_min: 10
            max_queue_depth: 5
            notify: {callback: {token: token-name}}
          other:
            <<: *lava
            url: https://other.example
          k8s: {lab_type: kubernetes, context: one}
          k8s-two: {lab_type: kubernetes, context: [one, two]}
          pull: {lab_type: pull_labs, poll_interval: 30, timeout: 60}
        """
    )
    runtimes = catalog.runtimes
    assert runtimes["lava"].params == {"notify": {"callback": {"token": "token-name"}}}
    assert (runtimes["other"].priority_min, runtimes["other"].url) == (10, "https://other.example")
    assert runtimes["k8s"].contexts == ("one",)
    assert runtimes["k8s-two"].contexts == ("one", "two")
    assert runtimes["pull"].lab_type is LabType.PULL_LABS
    assert runtimes["pull"].params == {"poll_interval": 30, "timeout": 60}


@pytest.mark.parametrize(
    ("text", "line", "code", "subject"),
    [
        ("jobs:\n  a: {}\n  b: [1]\n", 3, "bad_value", "jobs.b"),
        ("jobs:\n  b:\n    params: text\n", 3, "bad_value", "jobs.b"),
        ("jobs: [1]\n", 1, "bad_value", "jobs"),
        ("platforms:\n  b:\n    compatible:\n    - {x: 1}\n", 4, "bad_value", "platforms.b"),
        ("runtimes:\n  b:\n    url: x\n", 2, "missing_key", "runtimes.b"),
        ("runtimes:\n  b:\n    lab_type: magic\n", 3, "bad_value", "runtimes.b"),
        ("runtimes:\n  b:\n    lab_type: lava\n    priority: high\n", 4, "bad_value", "runtimes.b"),
        ("build_configs:\n  b:\n    tree: x\n", 2, "missing_key", "build_configs.b"),
        ("jobs:\n  b:\n    rules: [tree]\n", 3, "bad_rules", "jobs.b"),
        ("jobs:\n  b:\n    rules:\n      tree: mainline\n", 4, "bad_rules", "jobs.b"),
        ("jobs:\n  b:\n    rules:\n      tree:\n      - x\n      - 5\n", 6, "bad_rules", "jobs.b"),
        ("platforms:\n  b:\n    rules:\n      min_version: 6\n", 4, "bad_rules", "platforms.b"),
        (
            "platforms:\n  b:\n    rules:\n      max_version:\n        version: 6\n",
            4,
            "bad_rules",
            "platforms.b",
        ),
        (
            "jobs:\n  b:\n    rules:\n      min_version: {version: '6', patchlevel: 1}\n",
            4,
            "bad_rules",
            "jobs.b",
        ),
        (
            "jobs:\n  b:\n    rules:\n      min_version: {version: 6,\n"
            "       patchlevel: 1,\n       x: 2}\n",
            6,
            "bad_rules",
            "jobs.b",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_left_out(
    load: Load, check: Check, text: str, line: int, code: str, subject: str
) -> None:
    """Each kind of mistake is one defect at its most specific place; the rest is loaded."""
    catalog = load(text)
    assert [(d.where.line, d.code, d.subject) for d in catalog.malformed] == [(line, code, subject)]
    assert check(text) == [(line, code, subject)]
    assert "b" not in {
        *catalog.jobs,
        *catalog.platforms,
        *catalog.runtimes,
        *catalog.build_configs,
    }
    assert {"boot", "rock", "lab-a"} <= {*catalog.jobs, *catalog.platforms, *catalog.runtimes}


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("jobs:\n  b:\n    priority: urgent\n", 3, "bad_priority"),
        ("jobs:\n  b:\n    priority: 101\n", 3, "bad_priority"),
        ("jobs:\n  b:\n    params:\n      frequency: weekly\n", 4, "bad_frequency"),
        ("jobs:\n  b:\n    params: {frequency: ''}\n", 3, "bad_frequency"),
        ("jobs:\n  b: {}\n  b: {kind: job}\n", 3, "repeated_key"),
    ],
)
def test_what_is_doubtful_is_named_and_kept(load: Load, text: str, line: int, code: str) -> None:
    """A doubtful value is a defect, and its item is still there."""
    catalog = load(text)
    assert [(d.where.line, d.code) for d in catalog.defects] == [(line, code)]
    assert catalog.malformed == ()
    assert "b" in catalog.jobs


@pytest.mark.parametrize("frequency", ["1d", "2h", "30m", "1d12h", "1d2h3m"])
def test_frequencies_that_are_fine(check: Check, frequency: str) -> None:
    """Days, hours and minutes, each optional, in this order."""
    assert check(f"jobs: {{b: {{params: {{frequency: {frequency}}}}}}}\n") == []


def test_one_mistake_hides_no_other(load: Load) -> None:
    """Several mistakes in one item and in several items are all reported."""
    catalog = load(
        """
        jobs:
          b: {kind: [1], image: [2]}
        platforms:
          b: 5
        """
    )
    assert len(catalog.malformed) == 3
