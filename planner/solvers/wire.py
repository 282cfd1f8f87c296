# SPDX-License-Identifier: LGPL-2.1-or-later
"""Packed fields of messages to and from arrays, as they stand on the wire.

A packed field is a tag, a length, and its numbers without a gap: doubles as they lie in memory,
whole numbers seven bits a byte. So an array is one stretch of bytes, and no number becomes an
object on the way.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Message = Any  # of OR-Tools, whose stubs are not read
Array = npt.NDArray[Any]

_LENGTH_DELIMITED = 2


def put(message: Message, field: str, values: Array) -> None:
    """Append `values`, floats or whole numbers from 0 up, to a packed field of `message`."""
    if not len(values):
        return
    payload = values.astype("<f8").tobytes() if values.dtype.kind == "f" else _varints(values)
    message.MergeFromString(_packed(message.DESCRIPTOR.fields_by_name[field].number, payload))


def _packed(field: int, payload: bytes) -> bytes:
    """Return the payload of a packed field with its tag and its length."""
    return _varints(np.array([field << 3 | _LENGTH_DELIMITED, len(payload)])) + payload


def put_ids(message: Message, count: int) -> None:
    """Append the ids from 0 up to `count` to the packed field `ids` of `message`."""
    if count:
        message.MergeFromString(_ids(message.DESCRIPTOR.fields_by_name["ids"].number, count))


@lru_cache(maxsize=8)
def _ids(field: int, count: int) -> bytes:
    """Return the ids from 0 up as a field: columns and rows have the same ones in each solve."""
    return _packed(field, _varints(np.arange(count)))


def taken(vector: Message, kind: str) -> Array:
    """Return the values of a sparse vector as numbers of `kind`, and let go of its ids.

    They are doubles, or whole numbers below 128.
    """
    numbers = np.dtype(kind)
    # Ids would be written out one by one, in front of the values.
    vector.ClearField("ids")
    written = vector.SerializeToString()
    size = len(vector.values) * numbers.itemsize
    return np.frombuffer(written, dtype=numbers, offset=len(written) - size).copy()


def _varints(values: Array) -> bytes:
    """Return whole numbers from 0 up, seven bits a byte and the lowest first.

    The highest bit of a byte tells that the number goes on. It may go on with nothing, so that
    all that are small are written four bytes long, and need not be pushed together.
    """
    most = int(values.max())
    if most < 1 << 7:
        return values.astype(np.uint8).tobytes()
    if most < 1 << 28:
        return _four(values.astype(np.uint32)).tobytes()
    count = (most.bit_length() + 6) // 7
    places = 7 * np.arange(count)
    written = (values[:, None] >> places) & 0x7F
    written[:, :-1] |= 0x80
    return written.astype(np.uint8).tobytes()


def _four(values: Array) -> Array:
    """Return numbers below 2 to the 28th with seven of their bits in each byte."""
    written = values & np.uint32(0x7F)
    for byte in (8, 16, 24):
        values <<= np.uint32(1)
        written |= values & np.uint32(0x7F << byte)
    written |= np.uint32(0x808080)
    return written.astype("<u4", copy=False)
