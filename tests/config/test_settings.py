# SPDX-License-Identifier: LGPL-2.1-or-later
"""The `planner:` section: read strictly, salvaged where parts are wrong, paths made usable."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from models import CapacitySource, Catalog, EventFeed, PlannerSettings, SubmitMode
from planner.config import load_catalog

Load = Callable[..., Catalog]
Check = Callable[..., list[tuple[int, str, str]]]


def test_absent_means_defaults(load: Load) -> None:
    """A configuration without anything of ours has the default settings."""
    assert load("jobs: {}\n").planner == PlannerSettings()


def test_relative_paths_are_those_of_the_file_that_names_them(site: Callable[..., Path]) -> None:
    """Events, nodes and templates are joined to the file's folder; the ledger is not."""
    root = site(
        sub__planner="""
        planner:
          events: {file: e.jsonl, nodes: /abs/n.jsonl}
          ledger: sqlite:///run/x.db
          shell: {templates: [templates, ../more], directory: run/here}
        """
    )
    settings = load_catalog(root).planner
    assert settings.events.file == str(root / "sub" / "e.jsonl")
    assert settings.events.nodes == "/abs/n.jsonl"
    assert settings.shell.templates == (
        str(root / "sub" / "templates"),
        str(root / "sub" / ".." / "more"),
    )
    assert settings.ledger == "sqlite:///run/x.db"
    assert settings.shell.directory == "run/here"


def test_overlaid_settings_keep_the_folders_of_their_files(site: Callable[..., Path]) -> None:
    """What an upper path sets is relative to the upper path, the rest to the lower one."""
    lower = site("lower", p="planner: {events: {file: e, nodes: n}, shell: {templates: [t]}}\n")
    upper = site("upper", p="planner: {events: {file: e}, shell: {templates: [u]}}\n")
    settings = load_catalog(lower, upper).planner
    assert settings.events.file == str(upper / "e")
    assert settings.events.nodes == str(lower / "n")
    assert settings.shell.templates == (str(lower / "t"), str(upper / "u"))


def test_what_is_wrong_is_left_out_and_the_rest_counts(load: Load) -> None:
    """Each wrong part is named at its own line; what stands beside it is used."""
    catalog = load(
        """
        planner:
          policy: fastest
          cycel: 3m
          cycle: soon
          capacity:
            lab-a: {devices: {rock: 2}}
            lab-b: {devices: {rock: -2}, slots: 4}
          estimates:
            defaults:
              duration: 10m
              places:
                - {platform: rock, duration: 5m}
                - {job: boot, platform: rock, duration: 5m}
                - {job: boot, duration: 5m}
          submit: {lava: maybe, shell: live}
        """
    )
    assert [(d.where.line, d.code) for d in catalog.malformed] == [
        (4, "bad_value"),
        (7, "bad_value"),
        (12, "bad_value"),
        (14, "bad_value"),
        (15, "bad_value"),
        (3, "unknown_key"),
    ]
    settings = catalog.planner
    assert settings.policy == "fastest"
    assert settings.cycle == 180
    assert settings.capacity["lab-a"].devices == {"rock": 2}
    assert settings.capacity["lab-b"].slots == 4
    assert settings.capacity["lab-b"].source is CapacitySource.STATIC
    assert settings.estimates.defaults.duration == 600
    assert [place.job for place in settings.estimates.defaults.places] == ["boot"]
    assert settings.submit == {"shell": SubmitMode.LIVE}


def test_a_section_that_is_no_mapping(load: Load) -> None:
    """The section is named and the defaults hold."""
    catalog = load("planner: [policy]\n")
    assert catalog.planner == PlannerSettings()
    assert [(d.where.line, d.code) for d in catalog.malformed] == [(1, "bad_value")]


def test_keys_that_are_no_text(load: Load) -> None:
    """A number or truth value as a key is named and does no harm."""
    catalog = load("planner:\n  5: x\n  true: y\n  policy: fastest\n")
    assert len(catalog.malformed) == 2
    assert catalog.planner in (PlannerSettings(policy="fastest"), PlannerSettings())


def test_runtimes_that_do_not_exist_are_named(check: Check) -> None:
    """Capacity, submit and rates may name runtimes and types of runtimes, nothing else."""
    assert check(
        """
        planner:
          capacity:
            lava: {}
            lab-a: {}
            lab-x: {}
          submit: {docker: dry-run, lab-y: live}
          estimates:
            defaults:
              rates:
                lab-b: 1
                lab-z: 2
        """
    ) == [
        (5, "unknown_runtime", "lab-x"),
        (6, "unknown_runtime", "lab-y"),
        (11, "unknown_runtime", "lab-z"),
    ]


def test_events_from_an_api(load: Load) -> None:
    """An API is named as KernelCI's files name it, and its feed and first look back are ours."""
    catalog = load(
        """
        api: {staging: {url: https://api.example}}
        planner: {events: {api: staging, source: pubsub, lookback: 2h, subscriber: me-2}}
        """
    )
    events = catalog.planner.events
    assert catalog.apis == {"staging": "https://api.example"}
    assert (events.api, events.source) == ("staging", EventFeed.PUBSUB)
    assert (events.lookback, events.subscriber) == (7200, "me-2")
    assert catalog.defects == ()


def test_an_api_by_its_url(check: Check) -> None:
    """A URL needs no name."""
    assert check("planner: {events: {api: 'http://127.0.0.1:8001'}}\n") == []


def test_apis_that_do_not_exist_are_named(check: Check) -> None:
    """A name that is in no `api:` section is said, and so is an item without a URL."""
    assert check(
        """
        api:
          staging: {}
          local: {url: 5}
        planner:
          events:
            api: production
        """
    ) == [
        (2, "missing_key", "api.staging"),
        (3, "missing_key", "api.local"),
        (6, "unknown_api", "production"),
    ]


def test_a_subscriber_is_a_plain_name(load: Load) -> None:
    """A name that an address could not hold is left out, and the usual one holds."""
    catalog = load("planner: {events: {subscriber: 'a b/..', source: push}}\n")
    assert [d.code for d in catalog.malformed] == ["bad_value", "bad_value"]
    assert catalog.planner.events.subscriber == "kci-planner"
    assert catalog.planner.events.source is EventFeed.POLL


def test_contracts_are_read_with_their_hours(load: Load, check: Check) -> None:
    """Windows, shares and quotas come as they are written; what is no hours is named."""
    text = """
        runtimes: {lab: {lab_type: lava}}
        planner:
          contracts:
            lab:
              max_share: 0.3
              max_duration: 3h
              quotas: {tree: {android: 0}}
              windows: [sat-sun, "mon-fri 25:00-08:00", "8-9", noon]
            lost: {max_share: 2}
        """
    contract = load(text).planner.contracts["lab"]
    assert (contract.max_share, contract.max_duration) == (Decimal("0.3"), 10800)
    assert contract.quotas.tree == {"android": 0}
    assert contract.windows == ("sat-sun",)
    assert {(line, code) for line, code, _ in check(text)} == {
        (8, "bad_value"),
        (9, "bad_value"),
        (9, "unknown_runtime"),
    }
