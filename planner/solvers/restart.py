# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the last search began, so that one for a problem that changed a little begins there too.

What stayed is found again by what it is about and not by its position: classes by their wishes
and where they can go, slots and platforms by name. Estimates may have changed, sizes too. What is
new begins outside the basis; a beginning proves nothing, and a bad one costs only time.
"""

from collections.abc import Sequence

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import maximum_bipartite_matching

from planner.plan.restart import Keys, Restart
from planner.problem import ATTRIBUTES
from planner.problem.classes import wishes
from planner.problem.names import Names
from planner.problem.problem import Ints, nth_so_far
from planner.rules import Columns
from planner.rules.model import LinearModel
from planner.solvers.messages import AT_LOWER, BASIC, Statuses
from planner.solvers.program import Basis


def remember(model: LinearModel, rows: Ints, basis: Basis) -> Restart:
    """Return what is to be remembered of `basis`, whose rows are `rows` of the model."""
    keys = _Keys(model.columns)
    column, row = keys.columns(), keys.rows(model)[rows]
    by_column, by_row = np.argsort(column), np.argsort(row)
    return Restart(column[by_column], basis.columns[by_column], row[by_row], basis.rows[by_row])


def begin(restart: Restart, model: LinearModel, rows: Ints) -> Basis:
    """Return the basis for `model`, of whose rows only `rows` are solved."""
    keys = _Keys(model.columns)
    column = _found(restart.column, restart.column_status, keys.columns(), AT_LOWER)
    row = _found(restart.row, restart.row_status, keys.rows(model)[rows], BASIC)
    return _squared(model, rows, Basis(column, row))


def _squared(model: LinearModel, rows: Ints, basis: Basis) -> Basis:
    """Return `basis` with as many columns as rows: each row with a basic column of its own.

    Where a class has gone, a row may have lost what was basic for it; its slack is, then. Where a
    row has gone, a basic column may have none; it goes to its limit.
    """
    position = np.full(len(model.lower), -1, dtype=np.int64)
    position[rows] = np.arange(len(rows))
    row, column, _ = model.entries
    here = (position[row] >= 0) & (basis.columns[column] == BASIC)
    slack = np.flatnonzero(basis.rows == BASIC)
    basic = scipy.sparse.csr_matrix(
        (
            np.ones(int(here.sum()) + len(slack)),
            (
                np.concatenate((position[row[here]], slack)),
                np.concatenate((column[here], len(basis.columns) + slack)),
            ),
        ),
        shape=(len(rows), len(basis.columns) + len(rows)),
    )
    found = maximum_bipartite_matching(basic, perm_type="column")
    mine = np.concatenate((basis.columns, basis.rows))
    kept = found[found >= 0]
    left = np.setdiff1d(np.flatnonzero(mine == BASIC), kept)
    mine[left] = AT_LOWER
    mine[len(basis.columns) + np.flatnonzero(found < 0)] = BASIC
    return Basis(mine[: len(basis.columns)], mine[len(basis.columns) :])


def _found(known: Keys, status: Statuses, wanted: Keys, otherwise: int) -> Statuses:
    if not len(known):
        return np.full(len(wanted), otherwise, dtype=np.uint8)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, status[at], otherwise).astype(np.uint8)


class _Keys:
    """What columns and rows are about, each as one number that does not depend on positions."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        problem, representative = columns.problem, columns.classes.representative
        self._named = {
            attribute: _names(problem.labels[attribute]) for attribute in map(str, ATTRIBUTES)
        }
        self._slot = _mixed(
            self._named["runtime"][problem.slot_runtime],
            self._named["device_type"][problem.slot_device_type],
        )
        # Subjects are numbered as they come: in the next batch one may have another's number.
        self._stale = _mixed(
            problem.stale_subject, self._named["device_type"][problem.stale_device_type]
        )
        wanted = _mixed(*(column[representative] for column in wishes(problem)))
        platform = self._named["platform"][problem.candidate_platform[columns.candidate]]
        place = _mixed(self._slot[columns.slot], platform)
        np.add.at(wanted, columns.of_class, place)
        self._class = self._numbered(wanted)
        self._placed = _mixed(self._class[columns.of_class], place)

    def columns(self) -> Keys:
        """Return the key of each column."""
        columns, repeats = self._columns, self._columns.repeats
        value = np.zeros(len(repeats), dtype=np.uint64)
        for number, attribute in enumerate(map(str, ATTRIBUTES)):
            here = repeats.attribute == number
            value[here] = self._named[attribute][repeats.value[here]]
        return np.concatenate(
            (
                self._placed,
                _mixed(self._class[columns.strict]),
                _mixed(self._class[repeats.of_class], repeats.attribute, value),
                self._stale[columns.coverage.row],
                self._numbered(self._slot[columns.problem.step_slot]),
                _mixed(self._placed[columns.homes.column], np.ones_like(columns.homes.column)),
            )
        )

    def rows(self, model: LinearModel) -> Keys:
        """Return the key of each row: its rule, what it is about, and which one of these it is."""
        about = {
            "class": self._class,
            "slot": self._slot,
            "runtime": self._named["runtime"],
            "stale": self._stale,
        }
        keys = [
            self._numbered(_mixed(_names((f"{at}{block.rule}",)).repeat(len(block)), named))
            for at, block in enumerate(model.blocks)
            for named in [about[block.kind][block.about] if block.kind in about else block.about]
        ]
        return np.concatenate(keys or [np.zeros(0, dtype=np.uint64)])

    @staticmethod
    def _numbered(keys: Keys) -> Keys:
        """Return keys that tell equal ones apart by the order in which they stand."""
        return _mixed(keys, nth_so_far(keys))


def _names(names: Sequence[str]) -> Keys:
    return (names if isinstance(names, Names) else Names(names)).hashes


def _mixed(*parts: Keys | Ints) -> Keys:
    """Return one well mixed number for each row of numbers."""
    mixed = np.full(len(parts[0]), 0x9E3779B97F4A7C15, dtype=np.uint64)
    for part in parts:
        mixed ^= part.astype(np.uint64)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(29)
    return mixed
