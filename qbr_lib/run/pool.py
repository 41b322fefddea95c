"""Processes that work beside this one, ended with it when the user interrupts it."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import TYPE_CHECKING

from qbr_lib import preloaded

if TYPE_CHECKING:  # Windows has it not
    from multiprocessing.context import ForkServerContext

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # workbooks run side by side, one core each
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYDEVD_USE_FRAME_EVAL": "NO",  # as ipykernel sets it
}
_LONGEST = 75  # bytes of 107, less what multiprocessing adds
_PATIENCE = 5  # seconds in which a process must have cleaned up
WARM = "qbr_lib.run.warm"  # a module for `fork_server`


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
            mine = set(multiprocessing.active_children()) - self._others
            for child in mine:
                child.terminate()
            for child in mine:
                child.join(_PATIENCE)
                child.kill()
        self.shutdown(wait=not interrupted, cancel_futures=True)


def forks() -> bool:
    """Tell whether processes can be forked from one that has imported what they need.

    The socket by which that one is asked stands in the folder for temporary files, whose path may
    be too long for it.
    """
    room = len(os.fsencode(tempfile.gettempdir())) <= _LONGEST
    return room and "forkserver" in multiprocessing.get_all_start_methods()


def fork_server(modules: Sequence[str]) -> ForkServerContext:
    """Return how processes are forked from one that has imported the modules.

    A process that was forked so asks the server it came from. The standard library says that it
    does, and starts another, which would import everything again for every worker.
    """
    from multiprocessing import forkserver, resource_tracker

    context = multiprocessing.get_context("forkserver")
    if forkserver.get_inherited_fds() is not None:
        server = forkserver._forkserver
        server.ensure_running = resource_tracker.ensure_running  # type: ignore[method-assign]
        return context
    context.set_forkserver_preload([preloaded.__name__, *modules])
    with environment(ENVIRONMENT | {preloaded.ASKED: "1"}):  # read when the server starts
        forkserver.ensure_running()
    return context


def collect_from_now() -> None:
    """Let what was imported be: a collector that walks it in a forked process would copy it."""
    gc.freeze()
    gc.enable()


@contextmanager
def environment(given: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for as long as this lasts."""
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _context(modules: Sequence[str | None]) -> BaseContext:
    """Return how processes begin: forked from one that has imported the modules, where that works.

    papermill and nbconvert take seconds to import; a spawned process pays that each time.
    """
    if not forks():
        return multiprocessing.get_context("spawn")
    return fork_server([module for module in modules if module])


def _settle() -> None:
    """Make a process a worker: quiet, and ended by the run alone when the user interrupts it."""
    collect_from_now()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_run, daemon=True).start()
    for name in ("papermill", "traitlets", "jupyter_client"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _end_with_run() -> None:
    """End once the run is gone, even if it was killed: nobody would ask for work again."""
    run = multiprocessing.parent_process()
    if run is not None:
        run.join()
        os._exit(1)
