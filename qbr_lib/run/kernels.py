"""Kernels of this very interpreter: quiet, private, and apart from a person's own IPython.

A kernel named python3 may belong to another environment, so none is looked up. Everything a kernel
writes for itself (connection file, sockets, log, IPython's folder) goes to the folder the process
stands in, which is the workbook's own and is removed after it.

Importing what a workbook needs takes longer than computing it. Where processes can fork, a kernel
is therefore forked from one that has done that already (`warm`), if another workbook follows to
earn it; otherwise it starts as usual.
"""

from __future__ import annotations

import asyncio
import math
import multiprocessing
import os
import signal
import sys
import sysconfig
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import zmq
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import port_names
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import default

from qbr_lib.run.pool import ENVIRONMENT, WARM, collect_from_now, fork_server, forks

if TYPE_CHECKING:  # Windows has it not
    from multiprocessing.context import ForkServerProcess

NAME = "python3"
FORKED = "qbr-forked"
_ARGUMENTS = (
    "--HistoryManager.enabled=False",  # a database and a thread that nobody reads
    "--matplotlib=inline",  # where matplotlib was imported early, pictures would not be shown
    "--InteractiveShell.enable_tip=False",  # drawn at random from the notebook's own numbers
    "--Kernel._execute_sleep=0",  # after each cell, for clients that do not wait for its output
)
_POLL = 0.01  # seconds between two looks whether a kernel has sockets, or is gone
_BINDING = 5.0  # seconds after which a client tries without having seen the sockets


class ThisInterpreter(KernelSpecManager):
    """Knows one kernel: the interpreter that asks."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 - any name is this one
        """Return the kernel of this interpreter, whatever the name asked for."""
        spec = KernelSpec(**get_kernel_dict())
        spec.argv = [*spec.argv, *_ARGUMENTS]
        spec.env = {"IPYTHONDIR": str(Path.cwd() / ".ipython"), **ENVIRONMENT}
        return spec


class ForkedInterpreter(ThisInterpreter):
    """The same kernel, forked instead of started."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the kernel of this interpreter with the provisioner that forks it."""
        spec = super().get_kernel_spec(kernel_name)
        spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": FORKED}}
        return spec


class PromptClient(AsyncKernelClient):
    """Begins as soon as the kernel answers, instead of after a fifth of a second of silence."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel has answered on both channels.

        Raises
        ------
        RuntimeError
            If it has not after `timeout` seconds, or is dead.
        """
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        while time.monotonic() < end:
            asked = self.kernel_info()
            try:
                await self.get_shell_msg(timeout=1)
                while not _idle_after(asked, await self.get_iopub_msg(timeout=0.2)):
                    pass
            except Empty:
                if not await self.is_alive():
                    message = "Kernel died before replying to kernel_info"
                    raise RuntimeError(message) from None
            else:
                return
        message = f"Kernel didn't respond in {timeout} seconds"
        raise RuntimeError(message)

    wait_for_ready = _async_wait_for_ready


def _idle_after(asked: str, message: dict[str, Any]) -> bool:
    mine: bool = message["parent_header"].get("msg_id") == asked
    return mine and message["content"].get("execution_state") == "idle"


def sockets_fit(stem: str) -> bool:
    """Tell whether a kernel can have sockets in the file system, named like its connection file."""
    longest = os.fsencode(f"{stem}-ipc-{len(port_names)}")
    return os.name == "posix" and zmq.has("ipc") and len(longest) <= zmq.IPC_PATH_MAX_LEN


class QuietKernelManager(AsyncKernelManager):
    """Starts a kernel that only this user reaches.

    Over sockets in the workbook's own folder, so that ports cannot clash; where there are none or
    their path is too long, over the loopback with encryption.
    """

    client_class = f"{__name__}.{PromptClient.__name__}"

    @default("client_factory")
    def _prompt(self) -> type[PromptClient]:
        return PromptClient

    @default("transport")
    def _private(self) -> str:
        return "ipc" if sockets_fit(str(Path(self.connection_file).with_suffix(""))) else "tcp"

    @default("transport_encryption")
    def _encrypted(self) -> str:
        return "auto" if self.transport == "tcp" else "disabled"

    @default("kernel_spec_manager")
    def _own_kernels(self) -> KernelSpecManager:
        return ThisInterpreter(parent=self)

    @default("connection_file")
    def _beside(self) -> str:
        return str(Path.cwd() / "kernel.json")

    async def _async_wait(self, pollinterval: float = _POLL) -> None:
        await super()._async_wait(pollinterval)

    async def _async_start_kernel(self, **kwargs: Any) -> None:
        """Start with the kernel's own messages in a file instead of the terminal.

        A client that comes before the sockets tries again after a tenth of a second, and may miss
        the first messages.
        """
        with (Path.cwd() / "kernel.log").open("ab") as log:
            await super()._async_start_kernel(**kwargs | {"stdout": log, "stderr": log})
        if self.transport == "ipc":
            sockets = [Path(f"{self.ip}-{getattr(self, name)}") for name in port_names]
            end = time.monotonic() + _BINDING
            while not all(map(Path.exists, sockets)) and time.monotonic() < end:
                if not await self.is_alive():
                    return
                await asyncio.sleep(_POLL)

    start_kernel = _async_start_kernel


class WarmKernelManager(QuietKernelManager):
    """Starts kernels that have imported the library already."""

    @default("kernel_spec_manager")
    def _own_kernels(self) -> KernelSpecManager:
        return ForkedInterpreter(parent=self)


def manager(*, warm: bool) -> type[QuietKernelManager]:
    """Return the manager of a run's kernels; warm ones only where processes can fork."""
    return WarmKernelManager if warm and forks() else QuietKernelManager


def first_lines(name: str) -> list[str]:
    """Return the arguments of a kernel that begins as a workbook of this name does each time.

    Its random numbers are the same, run after run. A figure is drawn when it is shown, and not
    once before: pyplot draws what stands open at a cell's end, and the notebook then draws it anew.
    """
    seed = zlib.crc32(name.encode())
    lines = (
        f"__import__('random').seed({seed})",
        f"__import__('numpy').random.seed({seed})",
        "__import__('matplotlib.pyplot').pyplot.uninstall_repl_displayhook()",
    )
    return [f"--IPKernelApp.exec_lines={'; '.join(lines)}"]


def interpreter() -> type[ThisInterpreter]:
    """Return what starts the kernels of a server: forked ones where processes can fork."""
    return ForkedInterpreter if forks() else ThisInterpreter


class ForkedProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of a process that has imported what workbooks need.

    Found by jupyter_client through the entry point `qbr-forked`.
    """

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start a kernel; all else (signals, end, ports) is done as for any local one."""
        folder = str(kwargs.get("cwd") or Path.cwd())
        arguments = cmd[cmd.index("-f") :]
        try:
            kernel = fork_server([WARM]).Process(
                target=_serve, args=(arguments, folder, kwargs["env"])
            )
            with _no_main_module():
                kernel.start()
        except (OSError, EOFError):  # memory ran out, and the server was killed for it
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast("Any", _Forked(kernel))
        self.pid = self.pgid = kernel.pid  # it leads its own group
        self.cwd = folder
        return self.connection_info


class _Forked:
    """A forked process with the few methods of `subprocess.Popen` that a provisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self, process: ForkServerProcess) -> None:
        self._process, self.pid = process, process.pid or 0
        self.kill, self.terminate = process.kill, process.terminate

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Keep a forked process from importing the program that runs now, which it does not need."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _serve(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Be a kernel: in its own process group, folder and environment, its messages in a file."""
    collect_from_now()
    threading.Thread(target=_end_with_driver, daemon=True).start()
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    quiet = os.open("kernel.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    no_places = ("", sysconfig.get_path("scripts"))  # IPython adds the folder, a command its own
    sys.path[:] = dict.fromkeys(place for place in sys.path if place not in no_places)
    from ipykernel.kernelapp import IPKernelApp

    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    IPKernelApp.launch_instance(argv=[*arguments, parent])


def _end_with_driver() -> None:
    """End once the process that asked for this kernel is gone, with all that the notebook began."""
    driver = multiprocessing.parent_process()
    if driver is not None:
        driver.join()
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)
