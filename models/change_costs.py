# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a site would give for changes."""

from typing import Annotated

from pydantic import Field

from models.base import Ours

Cost = Annotated[int, Field(ge=0)]


class ChangeCosts(Ours):
    """What a site would give for a change, so that the cheapest one can be told.

    One more device, one more job at a time in a runtime, each run more under a ceiling or a total,
    a contract set aside, each run fewer in a request, strict runs that only should differ.
    """

    device: Cost = 100
    slot: Cost = 50
    ceiling: Cost = 10
    total: Cost = 10
    contract: Cost = 200
    number: Cost = 5
    permissive: Cost = 3
