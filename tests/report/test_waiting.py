# SPDX-License-Identifier: LGPL-2.1-or-later
"""Why runs are not placed, for people."""

from models import Deferral, Reason, ReasonCode, ReasonTier, RequestError
from planner.report.waiting import Sentence, causes
from tests.report.documents import ERROR, small


def waits(run: str, code: ReasonCode, text: str, job: str = "boot") -> Deferral:
    """Return a run that waits."""
    reason = Reason.of(code, text)
    return Deferral(run=run, request=run, job=job, parent="n", index=0, reason=reason)


def test_the_most_final_tier_comes_first() -> None:
    """Misconfigured before waiting before outbid, whatever their order in the plan."""
    deferrals = (waits("a", ReasonCode.OUTBID, "x"), waits("b", ReasonCode.QUEUE_FULL, "y"))
    document = small().model_copy(update={"deferrals": deferrals, "errors": (ERROR,)})
    found = [(cause.tier, cause.in_error, cause.count) for cause in causes(document)]
    assert found == [
        (ReasonTier.MISCONFIGURED, True, 1),
        (ReasonTier.WAITING, False, 1),
        (ReasonTier.OUTBID, False, 1),
    ]


def test_each_sentence_once() -> None:
    """With how many runs it holds for, most first, and each of their jobs once."""
    code = ReasonCode.OUTBID
    deferrals = (
        waits("a", code, "one"),
        waits("b", code, "two"),
        waits("c", code, "two", "ltp"),
        waits("d", code, "two"),
    )
    (cause,) = causes(small().model_copy(update={"deferrals": deferrals, "errors": ()}))
    assert cause.sentences == (Sentence("two", 3, ("boot", "ltp")), Sentence("one", 1, ("boot",)))


def test_runs_and_requests_of_one_code_stay_apart() -> None:
    """A request in error has no runs: they are not added up."""
    code = ReasonCode.NO_MATCHING_PLATFORM
    error = RequestError(request="r", job="j", parent="n", reason=Reason.of(code, "t"))
    document = small().model_copy(
        update={"deferrals": (waits("a", code, "t"),), "errors": (error,)}
    )
    assert [(cause.code, cause.in_error) for cause in causes(document)] == [
        (code, True),
        (code, False),
    ]
