# SPDX-License-Identifier: LGPL-2.1-or-later
"""Randomness with names: each entity draws from a stream of its own."""

import hashlib

import numpy as np

Stream = np.random.Generator


def stream(seed: int, *names: str) -> Stream:
    """Return the stream of that name, the same in every process and on every machine.

    What one entity draws changes nothing for another one: so that two policies meet the same
    failures and the same long runs.
    """
    text = "\0".join((str(seed), *names))
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
