# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many names as one column of text."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import overload

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

_BETWEEN = "\0"
_WORD = 8  # bytes
_BLOCK = 1 << 15  # names at a time, so that what is worked out on the way stays near the processor


class Names(Sequence[str]):
    """Names one after the other in one text, where each is made a string for who asks for it.

    So a million of them are compared and digested as they stand. `text` has them as UTF-8, with a
    NUL between two.
    """

    def __init__(self, names: Iterable[str]) -> None:
        listed = tuple(names)
        joined = _BETWEEN.join(listed)
        self.text = joined.encode()
        if joined.count(_BETWEEN) == len(listed) - 1:
            ends = np.flatnonzero(np.frombuffer(self.text, dtype=np.uint8) == 0)
        else:  # no names at all, or NULs in them
            lengths = [len(name.encode()) for name in listed[:-1]]
            ends = np.cumsum(np.array(lengths, dtype=np.int64) + 1) - 1
        self._start = np.concatenate(([0], ends + 1))[: len(listed)]
        self._end = np.append(ends, len(self.text))[: len(listed)]

    def __len__(self) -> int:
        return len(self._start)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...

    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(self)[at]
        return self.text[self._start[at] : self._end[at]].decode()

    def __iter__(self) -> Iterator[str]:
        for start, end in zip(self._start.tolist(), self._end.tolist(), strict=True):
            yield self.text[start:end].decode()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Names):
            return self.text == other.text and np.array_equal(self._start, other._start)
        return isinstance(other, tuple) and tuple(self) == other

    @cached_property
    def distinct(self) -> bool:
        """Tell whether no two names are the same; they are looked at only where two hashes are."""
        hashes = self.hashes
        hashes.sort()
        return not (hashes[1:] == hashes[:-1]).any() or len(set(self)) == len(self)

    @property
    def hashes(self) -> Hashes:
        """Return a hash of each name, the same in each process: of a short one, its own bytes."""
        hashes = np.empty(len(self), dtype=np.uint64)
        for first in range(0, len(self), _BLOCK):
            hashes[first : first + _BLOCK] = self._hashes(first, min(first + _BLOCK, len(self)))
        return hashes

    def _hashes(self, first: int, last: int) -> Hashes:
        """Return the hashes of the names from `first` up to `last`."""
        begins, ends = self._start[first:last], self._end[first:last]
        text = self.text[begins[0] : ends[-1]]
        start, length = begins - begins[0], ends - begins
        # A number from each byte on, whatever its alignment.
        padded = text + bytes(_WORD)
        words = np.ndarray((len(text) + 1,), dtype="<u8", buffer=padded, strides=(1,))
        kept = np.array([(1 << 8 * count) - 1 for count in range(_WORD + 1)], dtype=np.uint64)
        mixed = words[start] & kept[np.minimum(length, _WORD)]
        for begin in range(_WORD, int(length.max()), _WORD):
            mixed ^= mixed >> np.uint64(29)
            mixed *= np.uint64(0xBF58476D1CE4E5B9)
            left = np.clip(length - begin, 0, _WORD)
            mixed ^= words[np.minimum(start + begin, len(text))] & kept[left]
        return np.asarray(mixed)
