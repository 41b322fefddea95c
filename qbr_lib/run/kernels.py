"""Kernels of this very interpreter: quiet, encrypted, and apart from a person's own IPython.

A kernel named python3 may belong to another environment, so none is looked up. Everything a kernel
writes for itself (connection file, log, IPython's folder) goes to the folder the process stands in,
which is the workbook's own and is removed after it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

NAME = "python3"


class ThisInterpreter(KernelSpecManager):
    """Knows one kernel: the interpreter that asks."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 - any name is this one
        """Return the kernel of this interpreter, whatever the name asked for."""
        environment = {
            "IPYTHONDIR": str(Path.cwd() / ".ipython"),
            "OMP_NUM_THREADS": "1",  # workbooks run side by side, one core each
            "PYTHONHASHSEED": "0",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        return KernelSpec(**get_kernel_dict(), env=environment)


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
