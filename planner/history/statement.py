# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab's month, for its owner."""

from calendar import monthrange
from datetime import date

import numpy as np

from models import Account, By, Catalog, Cells, DeviceAccount, Statement
from planner.history.accounts import accounts, total

LONGEST = 10  # jobs that are shown


def month_days(month: date, today: date) -> tuple[date, date]:
    """Return the first day of a month, and its last one that has begun."""
    first = month.replace(day=1)
    last = month.replace(day=monthrange(month.year, month.month)[1])
    return first, max(first, min(last, today))


def statement(catalog: Catalog, cells: Cells, lab: str, first: date, last: date) -> Statement:
    """Return what was done in `lab` from `first` to `last`; `cells` are of these days, all labs."""
    here = np.array([one.runtime == lab for one in cells.subjects], dtype=np.bool_)
    cells = cells.where(here[cells.subject])
    days = (last - first).days + 1
    settings = catalog.planner.capacity
    runtime = catalog.runtimes.get(lab)
    capacity = settings.get(lab) or (settings.get(runtime.lab_type) if runtime else None)
    devices = (capacity.devices if capacity else None) or {}
    contract = catalog.planner.contracts.get(lab)
    every = total(cells)

    def rows(by: By) -> tuple[Account, ...]:
        return accounts(cells, by, first, last).rows

    def busy(account: Account, count: int | None) -> float | None:
        """Return how many percent of the devices' time runs took."""
        return round(100 * account.device_s / (count * days * 86400), 1) if count else None

    longest = sorted(rows(By.JOB), key=lambda one: (-(one.duration_p90_s or 0), one.name or ""))
    known = sum(devices.values()) or None
    return Statement(
        lab=lab,
        month=f"{first:%Y-%m}",
        days=days,
        total=every,
        devices=known,
        utilisation_percent=busy(every, known),
        by_tree=rows(By.TREE),
        by_device_type=tuple(
            DeviceAccount(
                account=one,
                devices=devices.get(one.name or ""),
                utilisation_percent=busy(one, devices.get(one.name or "")),
            )
            for one in rows(By.DEVICE_TYPE)
        ),
        by_day=rows(By.DAY),
        longest=tuple(longest[:LONGEST]),
        contract=None if contract is None else contract.model_dump(mode="json"),
    )
