# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was learned, signature by signature, beside what is declared."""

from collections import Counter
from datetime import datetime

from models import Catalog, History, LearnedEstimates, Learning, SignatureEstimate
from planner.estimates.estimator import Estimator
from planner.estimates.past import sieve
from planner.estimates.signatures import Signature


def survey(
    catalog: Catalog, history: History, *, learning: Learning, now: datetime
) -> LearnedEstimates:
    """Return the estimates of all that ran and that the catalog still defines, by name."""
    past = sieve(history, now)
    signatures = [*map(Signature, past.job, past.platform, past.runtime)]
    runs: Counter[Signature] = Counter()
    spoiled: Counter[Signature] = Counter()
    for one, count, failed in zip(signatures, past.runs.tolist(), past.failed, strict=True):
        runs[one] += count
        spoiled[one] += count if failed else 0
    defined = sorted(
        one
        for one in runs
        if one.job in catalog.jobs
        and one.platform in catalog.platforms
        and one.runtime in catalog.runtimes
    )
    learned = Estimator(catalog, history, learning=learning, now=now).estimates(defined)
    declared = Estimator(catalog, learning=learning, now=now).estimates(defined)
    return LearnedEstimates(
        signatures=tuple(
            SignatureEstimate(
                **one._asdict(),
                device_type=catalog.device_type(
                    catalog.jobs[one.job], catalog.platforms[one.platform]
                ),
                runs=runs[one],
                infrastructure=spoiled[one],
                median_s=learned[one].duration_s,
                p90_s=learned[one].p90_s,
                declared_s=declared[one].duration_s,
                risk_permille=learned[one].risk_permille,
                rung=learned[one].rung,
            )
            for one in defined
        ),
        undefined=runs.total() - sum(runs[one] for one in defined),
        garbage=past.garbage,
    )
