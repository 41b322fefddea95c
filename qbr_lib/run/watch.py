"""A kernel's memory watched, and nothing of it left behind: not even what its notebook started."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from pathlib import Path
from typing import Any

import psutil

_EVERY = 0.5  # seconds
_SHARE = 0.75  # of the machine's memory, where no limit is given
_MIB = 2**20


class Watch:
    """Looks at a kernel and its descendants until the end of a workbook.

    Parameters
    ----------
    limit : int or None
        What they may take together [MiB]; None for three quarters of this machine's memory.
    folder : Path
        Where the notebook runs, and so whatever it starts, unless that goes elsewhere.

    Attributes
    ----------
    limit : int
        The same, never None.
    exceeded : bool
        Whether they took more and were ended for it.
    """

    def __init__(self, limit: int | None, folder: Path) -> None:
        self.limit = limit or int(psutil.virtual_memory().total * _SHARE / _MIB)
        self.exceeded, self._folder = False, str(folder.resolve())
        self._family: dict[int, psutil.Process] = {}
        self._kernels: list[int] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def manager(self, base: type[Any]) -> type[Any]:
        """Return a kernel manager whose kernels are watched from their start."""
        watch = self

        class Watched(base):  # type: ignore[misc]
            async def _async_start_kernel(self, **kwargs: Any) -> None:
                await super()._async_start_kernel(**kwargs)
                watch.begin(self.provisioner.pid)

            start_kernel = _async_start_kernel

        return Watched

    def begin(self, pid: int) -> None:
        """Watch a kernel from now on."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._family[pid] = psutil.Process(pid)
            self._kernels.append(pid)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._gather()
        self._gather_strays()
        self._end()

    def _look(self) -> None:
        while not self._over.wait(_EVERY):
            self._gather()
            most, family = self.limit * _MIB, [*self._family.values()]
            if sum(map(_memory, family)) > most and sum(map(_own_memory, family)) > most:
                self.exceeded = True
                self._end()

    def _gather(self) -> None:
        """Take in what the processes known have started."""
        for process in [*self._family.values()]:
            with contextlib.suppress(psutil.Error):
                for child in process.children(recursive=True):
                    self._family.setdefault(child.pid, child)

    def _gather_strays(self) -> None:
        """Take in what outlived those that started it."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.cwd() == self._folder and process.pid != os.getpid():
                    self._family.setdefault(process.pid, process)

    def _end(self) -> None:
        for process in [*self._family.values()]:
            with contextlib.suppress(psutil.Error):
                process.kill()
        for pid in self._kernels if hasattr(os, "killpg") else ():
            with contextlib.suppress(ProcessLookupError):  # it led a group of its own
                os.killpg(pid, signal.SIGKILL)


def _own_memory(process: psutil.Process) -> int:
    """Return what a process holds, of pages shared with others its part; slower to tell.

    A forked kernel shares what was imported before it was forked.
    """
    try:
        found = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(found, "pss", found.uss))


def _memory(process: psutil.Process) -> int:
    try:
        held: int = process.memory_info().rss
    except psutil.Error:
        return 0
    return held
