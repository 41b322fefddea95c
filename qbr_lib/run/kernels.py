"""Kernels of this very interpreter: quiet, encrypted, and apart from a person's own IPython.

A kernel named python3 may belong to another environment, so none is looked up. Everything a kernel
writes for itself (connection file, log, IPython's folder) goes to the folder the process stands in,
which is the workbook's own and is removed after it.

Importing what a workbook needs takes longer than computing it. Where processes can fork, a kernel
is therefore forked from one that has imported the library already, if enough workbooks follow to
earn that; otherwise it starts as usual.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import default

if TYPE_CHECKING:  # Windows has neither of these
    from multiprocessing.context import ForkServerContext, ForkServerProcess

NAME = "python3"
FORKED = "qbr-forked"
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # workbooks run side by side, one core each
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_IMPORTED = (  # by name, as notebooks do: a run computes nothing itself
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "matplotlib_inline.backend_inline",
    "qbr_lib.present.portfolio",
    "qbr_lib.present.review",
)


class ThisInterpreter(KernelSpecManager):
    """Knows one kernel: the interpreter that asks."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 - any name is this one
        """Return the kernel of this interpreter, whatever the name asked for."""
        spec = KernelSpec(**get_kernel_dict())
        spec.env = {"IPYTHONDIR": str(Path.cwd() / ".ipython"), **_ENVIRONMENT}
        return spec


class ForkedInterpreter(ThisInterpreter):
    """The same kernel, forked instead of started."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the kernel of this interpreter with the provisioner that forks it."""
        spec = super().get_kernel_spec(kernel_name)
        spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": FORKED}}
        return spec


class QuietKernelManager(AsyncKernelManager):
    """Starts a kernel over encrypted local channels, which also keeps ipykernel from warning."""

    @default("transport_encryption")
    def _encrypted(self) -> str:
        return "auto"

    @default("kernel_spec_manager")
    def _own_kernels(self) -> KernelSpecManager:
        return ThisInterpreter(parent=self)

    @default("connection_file")
    def _beside(self) -> str:
        return str(Path.cwd() / "kernel.json")

    async def _async_start_kernel(self, **kwargs: Any) -> None:
        """Start with the kernel's own messages in a file instead of the terminal."""
        with (Path.cwd() / "kernel.log").open("ab") as log:
            await super()._async_start_kernel(**{"stdout": log, "stderr": log} | kwargs)

    start_kernel = _async_start_kernel


class WarmKernelManager(QuietKernelManager):
    """Starts kernels that have imported the library already."""

    @default("kernel_spec_manager")
    def _own_kernels(self) -> KernelSpecManager:
        return ForkedInterpreter(parent=self)


def manager(*, warm: bool) -> type[QuietKernelManager]:
    """Return the manager of a run's kernels; warm ones only where processes can fork."""
    return WarmKernelManager if warm and _forks() else QuietKernelManager


def interpreter() -> type[ThisInterpreter]:
    """Return what starts the kernels of a server: forked ones where processes can fork."""
    return ForkedInterpreter if _forks() else ThisInterpreter


def _forks() -> bool:
    return "forkserver" in multiprocessing.get_all_start_methods()


class ForkedProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of a process that has imported what workbooks need.

    Found by jupyter_client through the entry point `qbr-forked`.
    """

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start a kernel; all else (signals, end, ports) is done as for any local one."""
        folder = str(kwargs.get("cwd") or Path.cwd())
        arguments = cmd[cmd.index("-f") :]
        kernel = _forkserver().Process(target=_serve, args=(arguments, folder, kwargs["env"]))
        with _no_main_module():
            kernel.start()
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
        os.kill(self.pid, number)


def _forkserver() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_IMPORTED))
    os.environ.update(_ENVIRONMENT)  # read when the first of them starts, not at a fork
    return context


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
    threading.Thread(target=_end_with_driver, daemon=True).start()
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    quiet = os.open("kernel.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.path.insert(0, "")  # as where an interpreter is started by itself
    from ipykernel.kernelapp import IPKernelApp

    # Without the option, matplotlib was imported too early to show pictures in the notebook.
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    IPKernelApp.launch_instance(argv=[*arguments, "--matplotlib=inline", parent])


def _end_with_driver() -> None:
    """End once the process that asked for this kernel is gone, even if it was killed."""
    driver = multiprocessing.parent_process()
    if driver is not None:
        driver.join()
        os._exit(1)
