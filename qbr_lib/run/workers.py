"""Who executes workbooks: processes beside this one, or the workers of a Dask scheduler."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
import threading
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any, cast

from qbr_lib.data.store import SOURCE_READ
from qbr_lib.errors import RunError
from qbr_lib.run import cache, reasons
from qbr_lib.run.outcome import Outcome, Task
from qbr_lib.run.pool import WARM, Pool, environment, fork_server, forks

_PATIENCE = 10  # seconds in which a scheduler must answer
_one_at_a_time = threading.Lock()  # a workbook's folder is its process's


class Workers:
    """Processes of this machine; begun when first needed, and anew after a loss.

    Parameters
    ----------
    jobs : int
        How many workbooks are handed out at a time.
    """

    lost: tuple[type[BaseException], ...] = (BrokenProcessPool,)

    def __init__(self, jobs: int) -> None:
        self.jobs = max(1, jobs)
        self._pool: Pool | None = None

    def submit(self, task: Task) -> Future[Outcome]:
        """Hand out a task."""
        if self._pool is None:
            publisher, _, _ = (task.publisher or "").partition(":")
            modules = [WARM if task.warm else None, "qbr_lib.run.workbook", publisher]
            self._pool = Pool(self.jobs, modules)
        return self._pool.submit(work, task)

    def again(self, task: Task) -> Outcome:
        """Execute what a lost process held, in a process of its own."""
        with Workers(1) as alone:
            try:
                return alone.submit(task).result()
            except BrokenProcessPool:
                return _gone(task)

    def restart(self) -> None:
        """Let the processes go, of which one was lost; the next task begins others."""
        self.end()

    def end(self, *, interrupted: bool = False) -> None:
        """Let the processes go; at once where the user interrupted the run."""
        if self._pool is not None:
            self._pool.end(interrupted=interrupted)
            self._pool = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self.end(interrupted=kind is not None)


class Cluster(Workers):
    """The workers of a Dask scheduler, which gives a lost one's workbooks to the others itself.

    Parameters
    ----------
    address : str
        Such as "tcp://10.0.0.5:8786".
    jobs : int or None
        How many workbooks are handed over at a time; None for all of them.

    Raises
    ------
    RunError
        If the package is missing or the scheduler does not answer.
    """

    def __init__(self, address: str, jobs: int | None) -> None:
        super().__init__(jobs or 10**6)
        if find_spec("distributed") is None:
            raise _unusable(address, "no package 'distributed'", "install 'qbr-workbook[cluster]'")
        from distributed import Client
        from distributed.scheduler import KilledWorker

        self.lost = (KilledWorker, CancelledError)
        try:
            client: Any = Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as err:
            got = f"no answer from {address}"
            raise _unusable(address, got, "start `dask scheduler`, or mend the address") from err
        self._client, self._executor = client, cast("Executor", client.get_executor(pure=False))

    def submit(self, task: Task) -> Future[Outcome]:
        """Hand a task to the scheduler."""
        return self._executor.submit(work, task)

    def again(self, task: Task) -> Outcome:
        """Give up what several workers were lost with, or the scheduler was."""
        return Outcome(task.workbook, "killed", 0.0, reasons.away(task.formats.words))

    def restart(self) -> None:
        """Leave that to the scheduler."""

    def end(self, *, interrupted: bool = False) -> None:
        """Leave the scheduler; what its workers are at, they end whole."""
        self._executor.shutdown(wait=not interrupted)
        self._client.close()


def work(task: Task) -> Outcome:
    """Execute a workbook, one at a time in a process."""
    from qbr_lib.run.workbook import execute  # only where notebooks are executed: it is slow

    if task.inputs.get("library") not in (None, cache.library()):
        reason = reasons.other_library(task.formats.words)
        return Outcome(task.workbook, "failed", 0.0, reason)
    warm = task.warm and forks() and not multiprocessing.current_process().daemon
    if warm:
        fork_server([WARM])  # here, since what stands in a workbook's folder ends with it
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _leave)
    try:
        with _one_at_a_time, contextlib.ExitStack() as own:
            own.enter_context(environment({SOURCE_READ: task.source}))
            if not task.scratch.parent.is_dir():  # another machine than that of the run
                folder = tempfile.TemporaryDirectory(prefix="qbr-", ignore_cleanup_errors=True)
                task = replace(task, scratch=Path(own.enter_context(folder)))
            return execute(replace(task, warm=warm))
    except SystemExit as end:  # a pool would go on
        os._exit(int(end.code or 1))


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as handlers are called
    """End as an exception does: kernel and unfinished files go first."""
    raise SystemExit(128 + number)


def _gone(task: Task) -> Outcome:
    return Outcome(task.workbook, "killed", 0.0, reasons.lost(task.formats.words))


def _unusable(address: str, got: str, edit: str) -> RunError:
    return RunError(
        "The scheduler cannot be used",
        where=f"--scheduler {address}",
        got=got,
        wanted="a Dask scheduler whose workers see this workspace under the same path",
        edit=edit,
    )
