# SPDX-License-Identifier: LGPL-2.1-or-later
"""Threads of a service and the memory that they take."""

import platform
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, sys, threading
from planner.cli import heap
if sys.argv[1] == "shared":
    heap.share()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
everybody = threading.Barrier(8)
def take():
    everybody.wait()
    libc.malloc(ctypes.c_size_t(5000))
    everybody.wait()
threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has one heap")
def test_threads_of_a_service_share_one_heap() -> None:
    """However many threads there are, there is one heap; left alone there would be more."""
    heaps = []
    for how in ("shared", "alone"):
        command = [sys.executable, "-c", SCRIPT, how]
        done = subprocess.run(command, capture_output=True, check=True, text=True)
        heaps.append(done.stdout.count("<heap "))
    assert heaps[0] == 1
    assert heaps[1] > 1
