"""Processes that work beside this one, ended with it when the user interrupts it."""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext


class Pool(ProcessPoolExecutor):
    """A pool of fresh processes that are ended with it when the run is interrupted.

    Parameters
    ----------
    jobs : int
        How many.
    modules : sequence of str or None
        What they import before they begin, once for all of them where the system can fork.
    """

    def __init__(self, jobs: int, modules: Sequence[str | None]) -> None:
        self._others = set(multiprocessing.active_children())
        super().__init__(jobs, mp_context=_context(modules), initializer=_settle)

    def end(self, *, interrupted: bool) -> None:
        """Let the processes go; at once and without their work where the user interrupted it."""
        if interrupted:
            for child in set(multiprocessing.active_children()) - self._others:
                child.terminate()
        self.shutdown(wait=not interrupted, cancel_futures=True)


def _context(modules: Sequence[str | None]) -> BaseContext:
    """Return how processes begin: forked from one that has imported the modules, where that works.

    papermill and nbconvert take seconds to import; a spawned process pays that each time.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module for module in modules if module])
    return context


def _settle() -> None:
    """Make a process a worker: quiet, and ended by the run alone when the user interrupts it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("papermill", "traitlets", "jupyter_client"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
