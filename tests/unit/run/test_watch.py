"""What a kernel is said to hold."""

import multiprocessing

import psutil
import pytest

from qbr_lib.run import watch

_SHARED = 64 * 2**20


def _wait(told):
    told.send(None)
    told.recv()


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_what_was_there_before_the_fork_counts_by_its_part():
    """Of 64 MiB that two processes share each is said to hold half, not both all of it."""
    held = bytearray(b"x") * _SHARED
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_wait, args=(there,))
    child.start()
    try:
        here.recv()
        process = psutil.Process(child.pid)
        assert watch._memory(process) - watch._own_memory(process) > len(held) / 3
    finally:
        here.send(None)
        child.join()
