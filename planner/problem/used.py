# SPDX-License-Identifier: LGPL-2.1-or-later
"""The values that earlier runs took, as columns; others are new."""

from collections.abc import Iterable

from models import Place, Request, SentRun, VariantAttribute
from planner.candidates import Admission
from planner.problem.problem import ATTRIBUTES, Ints
from planner.problem.tables import Codes, table


def attribute_values(admission: Admission, place: Place | SentRun) -> dict[VariantAttribute, str]:
    """Return the value that `place` has of each attribute."""
    known = admission.catalog.platforms.get(place.platform)
    return {
        VariantAttribute.DEVICE_TYPE: place.device_type,
        VariantAttribute.PLATFORM: place.platform,
        VariantAttribute.MACH: known.mach if known else "",
        VariantAttribute.ARCH: known.arch if known else "",
        VariantAttribute.RUNTIME: place.runtime,
    }


def used_columns(admission: Admission, codes: dict[VariantAttribute, Codes]) -> dict[str, Ints]:
    """Return the values that each request has had, in the attributes in which its runs differ.

    Values that no candidate has are of no interest.
    """
    rows = sorted(
        {
            (position, ATTRIBUTES.index(attribute), codes[attribute].of(value))
            for position, request in enumerate(admission.requests)
            if request.runs.variant
            for place in _earlier(admission, request)
            for attribute, value in attribute_values(admission, place).items()
            if attribute in request.runs.variant and value in codes[attribute].names
        }
    )
    return table(("used_request", "used_attribute", "used_value"), rows)


def _earlier(admission: Admission, request: Request) -> Iterable[Place | SentRun]:
    """Yield where its own runs went, and those of others that tested the same if it varies.

    For a strict request only its own count: what others had must not keep it waiting for ever.
    """
    yield from request.sent
    if request.varies and request.under_test is not None:
        yield from admission.before.get(request.under_test, ())
