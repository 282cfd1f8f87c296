# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one plan decides otherwise than another."""

from collections.abc import Iterable

from models import (
    Assignment,
    Deferral,
    Place,
    PlanDiff,
    PlanDocument,
    Reason,
    RequestError,
    RunChange,
    TierChange,
)

Subject = Assignment | Deferral


def diff(before: PlanDocument, after: PlanDocument) -> PlanDiff:
    """Return what `after` decides otherwise than `before`; runs stand in the order of `after`."""
    old, new = _subjects(before), _subjects(after)
    both = [_change(old[run], subject) for run, subject in new.items() if run in old]
    return PlanDiff(
        before=before.plan.id,
        after=after.plan.id,
        placed=tuple(c for c in both if c.reason_before and c.place_after),
        moved=tuple(
            c for c in both if c.place_before and c.place_after and c.place_before != c.place_after
        ),
        deferred=tuple(c for c in both if c.place_before and c.reason_after),
        new=tuple(_change(None, subject) for run, subject in new.items() if run not in old),
        gone=tuple(_change(subject, None) for run, subject in old.items() if run not in new),
        reasons=tuple(
            c
            for c in both
            if c.reason_before and c.reason_after and c.reason_before.code != c.reason_after.code
        ),
        new_errors=_only(after.errors, before.errors),
        gone_errors=_only(before.errors, after.errors),
        tiers=_tiers(before, after),
    )


def _subjects(document: PlanDocument) -> dict[str, Subject]:
    subjects: Iterable[Subject] = (*document.assignments, *document.deferrals)
    return {subject.run: subject for subject in subjects}


def _change(before: Subject | None, after: Subject | None) -> RunChange:
    subject = after or before
    assert subject is not None
    return RunChange(
        run=subject.run,
        request=subject.request,
        job=subject.job,
        parent=subject.parent,
        place_before=_place(before),
        place_after=_place(after),
        reason_before=_reason(before),
        reason_after=_reason(after),
    )


def _place(subject: Subject | None) -> Place | None:
    if not isinstance(subject, Assignment):
        return None
    return Place(
        runtime=subject.runtime, platform=subject.platform, device_type=subject.device_type
    )


def _reason(subject: Subject | None) -> Reason | None:
    return subject.reason if isinstance(subject, Deferral) else None


def _only(
    errors: Iterable[RequestError], others: Iterable[RequestError]
) -> tuple[RequestError, ...]:
    known = {(error.request, error.reason.text) for error in others}
    return tuple(error for error in errors if (error.request, error.reason.text) not in known)


def _tiers(before: PlanDocument, after: PlanDocument) -> tuple[TierChange, ...]:
    old = {tier.name: tier.value for tier in before.solve.tiers}
    new = {tier.name: tier.value for tier in after.solve.tiers}
    return tuple(
        TierChange(name=name, before=old.get(name), after=new.get(name))
        for name in dict.fromkeys((*new, *old))
        if old.get(name) != new.get(name)
    )
