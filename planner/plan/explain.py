# SPDX-License-Identifier: LGPL-2.1-or-later
"""Why a run went where it went, or nowhere."""

from collections.abc import Iterable, Iterator, Sequence

from models import (
    Assignment,
    Deferral,
    Explanation,
    PlanDocument,
    PlannerError,
    Price,
    RequestError,
    RequestOptions,
    Tier,
)
from planner.plan.assignments import assignments
from planner.plan.document import deferral
from planner.plan.judgement import Case
from planner.plan.options import OptionTable
from planner.plan.plan import Plan
from planner.plan.prices import prices
from planner.plan.reasons import why_waiting
from planner.plan.takers import Takers
from planner.problem import Problem


def explain(problem: Problem, plan: Plan, run: str) -> Explanation:
    """Return why `plan` places `run` where it does, or why nowhere.

    To explain many runs of one plan, write it down once and ask `explain_document`.

    Raises:
        PlannerError: if the problem has no such run.
    """
    try:
        position = problem.run_position(run)
    except KeyError:
        raise PlannerError(f"the problem has no run {run!r}") from None
    request = int(problem.run_request[position])
    table = OptionTable(problem, plan)
    options = table.of(request)
    placed = assignments(problem, plan)
    subject: Assignment | Deferral | None = next((a for a in placed if a.run == run), None)
    takers = table.takers(placed)
    if subject is None:
        first, last = problem.run_start[request : request + 2]
        missing = int((plan.choice[first:last] < 0).sum())
        index = int(problem.run_index[position])
        reason = why_waiting(options, index, missing, takers, plan.solver)
        subject = deferral(problem, position, reason)
    tiers = [t.name for t in plan.tiers]
    return _explain(subject, options, placed, takers, tiers, prices(problem, plan))


def explain_document(document: PlanDocument, run: str) -> Explanation:
    """Return why `document` places `run` where it does, or why nowhere.

    The key of a request in error, which has no runs, gives its error.

    Raises:
        PlannerError: if the plan speaks of no such run, or does not say enough to explain it.
    """
    for error in document.errors:
        if error.request == run:
            return _in_error(error)
    subjects: Iterable[Assignment | Deferral] = (*document.assignments, *document.deferrals)
    subject = next((one for one in subjects if one.run == run), None)
    if subject is None:
        raise PlannerError(f"plan {document.plan.id} speaks of no run {run!r}")
    return _Explainer(document).of(subject)


def explain_all(document: PlanDocument) -> Iterator[Explanation]:
    """Yield the explanation of each run of `document`, placed ones first, in the plan's order.

    Raises:
        PlannerError: if the plan does not say enough to explain them.
    """
    explainer = _Explainer(document)
    yield from map(explainer.of, document.assignments)
    yield from map(explainer.of, document.deferrals)


class _Explainer:
    """Explains the runs of one plan, out of what has to be sorted only once."""

    def __init__(self, document: PlanDocument) -> None:
        self._document = document
        self._options = {o.request: o for o in document.explanations}
        self._of_request: dict[str, list[Assignment]] = {}
        for one in document.assignments:
            self._options_of(one)
            self._of_request.setdefault(one.request, []).append(one)
        self._takers = Takers(
            document.assignments,
            {o.request: o.slack_s for o in document.explanations},
            {o.request: o.quotas for o in document.explanations},
            {o.request: o.reserved for o in document.explanations},
        )
        self._tiers = [t.name for t in document.solve.tiers]

    def of(self, subject: Assignment | Deferral) -> Explanation:
        """Return the explanation of one run of the plan."""
        siblings = self._of_request.get(subject.request, ())
        options, prices = self._options_of(subject), self._document.prices
        return _explain(subject, options, siblings, self._takers, self._tiers, prices)

    def _options_of(self, one: Assignment | Deferral) -> RequestOptions:
        options = self._options.get(one.request)
        if options is None:
            plan = self._document.plan.id
            raise PlannerError(f"plan {plan} does not explain request {one.request}")
        return options


def _in_error(error: RequestError) -> Explanation:
    return Explanation(
        run=error.request,
        request=error.request,
        job=error.job,
        parent=error.parent,
        index=None,
        reason=error.reason,
    )


def _explain(
    subject: Assignment | Deferral,
    options: RequestOptions,
    placed: Iterable[Assignment],
    takers: Takers,
    tiers: Iterable[str],
    prices: Sequence[Price],
) -> Explanation:
    assignment = subject if isinstance(subject, Assignment) else None
    case = Case(
        request=options,
        index=subject.index,
        assignment=assignment,
        siblings=[a for a in placed if a.request == subject.request and a.run != subject.run],
        takers=takers,
        tiers=[Tier(name) for name in tiers if name in set(Tier)],
        prices=prices,
    )
    return Explanation(
        run=subject.run,
        request=subject.request,
        job=subject.job,
        parent=subject.parent,
        index=subject.index,
        assignment=assignment,
        reason=subject.reason if isinstance(subject, Deferral) else None,
        candidates=case.judgements(),
        rejections=options.rejections,
    )
