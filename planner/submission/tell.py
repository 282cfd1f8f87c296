# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tells the API what came of the runs that have nodes there."""

import logging

from models import Catalog
from planner.kernelci import RefusedError
from planner.submission.journal import Journal
from planner.submission.nodes import Nodes

log = logging.getLogger(__name__)


def tell(journal: Journal, nodes: Nodes, catalog: Catalog) -> dict[str, str]:
    """Tell what is in the journal to be told; return what could not be, by run, with why.

    That is told the next time. What the API will not hear is not said again.
    """
    words = journal.untold()
    if nodes.api is None or not words:
        return {}
    lab_types = {name: runtime.lab_type for name, runtime in catalog.runtimes.items()}
    told, failed = [], {}
    for word, error in nodes.tell(words, lab_types):
        if error is not None:
            log.warning("%s: the API does not know that it is %s: %s", word.run, word.state, error)
            failed[word.run] = str(error)
        if error is None or (isinstance(error, RefusedError) and error.status != 401):
            told.append(word)
    journal.mark_told(told)
    return failed
