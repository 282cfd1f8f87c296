# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page as a document: everything in it, nothing fetched, no name that becomes markup."""

import base64
import hashlib
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings

from models import PlanDocument
from planner.plan.wording import amount
from planner.report import report_page
from tests.report.documents import MISCHIEF, names, plans, record, renamed, runs, small
from tests.report.markup import Page


@settings(max_examples=25, deadline=None)
@given(document=plans)
def test_every_run_is_in_the_data_once(document: PlanDocument) -> None:
    """Each run of the plan, placed or not, with what became of it."""
    page = Page(report_page(document))
    found = Counter((row[0], row[3]) for row in page.rows())
    assert found == Counter(
        [(a.run, 0) for a in document.assignments] + [(d.run, 1) for d in document.deferrals]
    )


@settings(max_examples=25, deadline=None)
@given(document=plans)
def test_every_run_is_listed_without_scripts(document: PlanDocument) -> None:
    """The texts of the page have each run, reason, slot and tier."""
    text = Page(report_page(document)).text
    for run in runs(document):
        assert run.run in text
    for deferral in document.deferrals:
        assert deferral.reason.text in text
    for slot in document.slots:
        assert slot.device_type in text
    for tier in document.solve.tiers:
        assert amount(tier.name, tier.value) in text


@settings(max_examples=40, deadline=None)
@given(suffix=names)
def test_names_never_become_markup(suffix: str) -> None:
    """Whatever stands in names, the page has the same elements as with plain ones."""
    document = small()
    plain, page = (Page(report_page(d)) for d in (document, renamed(document, suffix)))
    assert page.tags == plain.tags
    assert [(tag, name) for tag, name, _ in page.attributes] == [
        (tag, name) for tag, name, _ in plain.attributes
    ]


@pytest.mark.parametrize("suffix", MISCHIEF)
def test_names_arrive_as_they_are(suffix: str) -> None:
    """The data has each name character by character."""
    document = renamed(small(), suffix)
    jobs = {row[1] for row in Page(report_page(document)).rows()}
    assert jobs == {one.job for one in (*runs(document), *document.errors)}


def test_nothing_is_fetched() -> None:
    """No element names another file; links go to parts of the page that are there."""
    page = Page(report_page(small()))
    assert not {"link", "img", "iframe", "object", "base"} & set(page.tags)
    assert [name for _, name, _ in page.attributes if name == "src"] == []
    ids = {value for _, name, value in page.attributes if name == "id"}
    links = {value for _, name, value in page.attributes if name == "href"}
    assert links
    assert {f"#{one}" for one in ids} >= links


def test_only_its_own_script_may_run() -> None:
    """The policy forbids everything but the one script, by its digest, and the style."""
    page = Page(report_page(small()))
    policy = next(
        v
        for tag, name, v in page.attributes
        if (tag, name) == ("meta", "content") and v and "script-src" in v
    )
    digest = base64.b64encode(hashlib.sha256(page.texts["script"][1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_it_can_be_read_by_ear_and_keyboard() -> None:
    """Landmarks, one first heading, headings that skip no level, and labelled fields and tables."""
    page = Page(report_page(small()))
    assert {"header", "nav", "main", "h1"} <= set(page.tags)
    levels = [int(tag[1]) for tag in page.tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    labels = {value for _, name, value in page.attributes if name == "aria-labelledby"}
    # The dialog's own title is made with its content.
    assert labels - {"why-title"} <= set(ids)
    scoped = Counter(tag for tag, name, _ in page.attributes if name == "scope")
    assert scoped["th"] == page.tags.count("th")
    assert page.tags.count("label") >= page.tags.count("input") + page.tags.count("select")


def test_estimates_stand_against_outcomes() -> None:
    """With runs that are over in the ledger's records the page has a part about them."""
    document = small()
    assert 'id="actual"' not in report_page(document)
    html = report_page(document, cycle=7, records=[record(document, 0, waited=65, took=3725)])
    assert "cycle 7" in html
    assert "1h02m" in Page(html).text
    assert "1 pass" in Page(html).text


def test_what_more_room_would_bring() -> None:
    """One more device by what it changes, one more place by its price; no part without either."""
    document = small()
    text = Page(report_page(document)).text
    for word in (
        "lab/rock",
        "+30.00 points",
        "-10m",
        "slot_ceiling",
        "at most 1m30s of completion",
    ):
        assert word in text
    without = document.model_copy(update={"prices": (), "boards": ()})
    assert "What more room would bring" not in report_page(without)
    useless = document.model_copy(update={"boards": document.boards[1:]})
    assert "would bring nothing" in report_page(useless)


def test_the_same_plan_gives_the_same_page() -> None:
    """Nothing of the page depends on when and where it is made."""
    assert report_page(small()) == report_page(small())


def test_a_plan_without_explanations_and_slots() -> None:
    """A plan that another program wrote is shown as far as it says something."""
    document = small()
    bare = document.model_copy(update={"explanations": (), "slots": ()})
    page = Page(report_page(bare))
    assert len(page.rows()) == len(document.assignments) + len(document.deferrals) + 1
    assert page.data["whys"] == []
    assert "no ceiling" in page.text


def test_an_empty_plan() -> None:
    """Nothing asked, nothing placed: still a page."""
    lists = ("assignments", "deferrals", "errors", "explanations", "slots", "prices", "boards")
    none = dict.fromkeys(lists, ())
    text = Page(report_page(small().model_copy(update=none))).text
    assert "Every run has a place." in text
    assert "No lab takes part." in text
