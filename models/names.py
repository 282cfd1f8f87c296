# SPDX-License-Identifier: LGPL-2.1-or-later
"""A long column of few different names."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

Name = TypeVar("Name", bound=str | None)


class Names(Sequence[Name], Generic[Name]):
    """Names, of which each different one is kept once: `at` is where each item is in `different`.

    All of `different` occur. Equal to any sequence with the same names. What is asked of all items
    is asked of the few that are different, which makes a history of many runs cheap to learn from.
    """

    def __init__(self, different: tuple[Name, ...], at: NDArray[np.int64]) -> None:
        self.different, self.at = different, at

    @staticmethod
    def of(names: "Iterable[Name]") -> "Names[Name]":
        """Return these names as a column."""
        if isinstance(names, Names):
            return names
        known: dict[Name, int] = {}
        at = [known.setdefault(name, len(known)) for name in names]
        return Names(tuple(known), np.array(at, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.at)

    def __iter__(self) -> Iterator[Name]:
        return map(self.different.__getitem__, self.at.tolist())

    @overload
    def __getitem__(self, item: int) -> Name: ...
    @overload
    def __getitem__(self, item: slice) -> "Names[Name]": ...
    def __getitem__(self, item: int | slice) -> "Name | Names[Name]":
        if isinstance(item, slice):
            return self.where(np.arange(len(self))[item])
        return self.different[int(self.at[item])]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Names.of({tuple(self)!r})"

    def where(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "Names[Name]":
        """Return only those rows, told by flags or in the order of their positions."""
        at = self.at[rows]
        used = np.flatnonzero(np.bincount(at, minlength=len(self.different)))
        place = np.zeros(len(self.different), dtype=np.int64)
        place[used] = np.arange(len(used))
        return Names(tuple(self.different[one] for one in used.tolist()), place[at])

    def and_then(self, others: "Names[Name]") -> "Names[Name]":
        """Return these names and those of another column."""
        known = {name: number for number, name in enumerate(self.different)}
        for name in others.different:
            known.setdefault(name, len(known))
        return Names(tuple(known), np.concatenate((self.at, others.numbers(known.__getitem__))))

    def numbers(self, number: Callable[[Name], int]) -> NDArray[np.int64]:
        """Return the number of each item, where `number` gives that of a name."""
        found = [number(name) for name in self.different]
        return np.array(found, dtype=np.int64)[self.at] if found else self.at
