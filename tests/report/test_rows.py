# SPDX-License-Identifier: LGPL-2.1-or-later
"""The data that the page's script is given."""

from typing import Any

from hypothesis import given, settings

from models import PlanDocument
from planner.plan import explain_document
from planner.report.jobs import asked
from planner.report.rows import page_data
from tests.report.documents import plans, runs, small


def data_of(document: PlanDocument) -> dict[str, Any]:
    """Return the data of a plan nothing is known of but itself."""
    return page_data(document, asked(document), {})


@settings(max_examples=15, deadline=None)
@given(document=plans)
def test_every_candidate_has_its_verdict(document: PlanDocument) -> None:
    """A run's why has the candidates and verdicts that `why` says, in their order."""
    data = data_of(document)
    texts = data["texts"]
    for row, (refused, *candidates) in zip(data["rows"], data["whys"], strict=True):
        explanation = explain_document(document, texts[row[0]])
        said = [(texts[c[0]], texts[c[1]], c[3], texts[c[6]]) for c in candidates]
        assert said == [
            (c.runtime, c.platform, c.wait_s, c.verdict) for c in explanation.candidates
        ]
        assert len(data["refusals"][refused]) == len(explanation.rejections)


def test_texts_stand_once() -> None:
    """No text twice: thousands of rows share the names of a few places."""
    texts = data_of(small())["texts"]
    assert len(texts) == len(set(texts))


@settings(max_examples=25, deadline=None)
@given(document=plans)
def test_the_matrix_adds_up(document: PlanDocument) -> None:
    """Its cells have every placed run; cells of nothing are places that a run could have had."""
    data = data_of(document)
    matrix, texts = data["matrix"], data["texts"]
    assert sum(count for cells in matrix["cells"] for _, count in cells) == len(
        document.assignments
    )
    job_of = {one.request: one.job for one in runs(document)}
    could = {(job_of[o.request], p.device_type) for o in document.explanations for p in o.options}
    for job, cells in zip(matrix["jobs"], matrix["cells"], strict=True):
        for kind, _ in cells:
            assert (texts[job], texts[matrix["kinds"][kind]]) in could
