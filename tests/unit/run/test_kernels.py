"""Kernels: started or forked, they run the same interpreter and behave alike."""

import asyncio
import os
import subprocess
import sys

import psutil
import pytest

from qbr_lib.run.kernels import NAME, QuietKernelManager, WarmKernelManager, manager

pytestmark = pytest.mark.kernel
ASKED = """\
import os, sys
import matplotlib.pyplot as plt
plt.plot([1, 2])
print(sys.executable, os.getcwd(), os.environ["QBR_PROBE"])
"""

DRIVER = """\
import asyncio, time
from qbr_lib.run.kernels import NAME, WarmKernelManager

async def start():
    kernel = WarmKernelManager(kernel_name=NAME)
    await kernel.start_kernel()
    client = kernel.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)

if __name__ == "__main__":
    asyncio.run(start())
    print("started", flush=True)
    time.sleep(600)
"""


async def _asked(kind, folder):
    """Start a kernel in a folder, let it say where it is and draw; then interrupt and end it."""
    kernel = kind(kernel_name=NAME)
    await kernel.start_kernel(cwd=str(folder), env={**os.environ, "QBR_PROBE": "given"})
    client = kernel.client()
    client.start_channels()
    shown = []

    def keep(message):
        shown.append((message["msg_type"], message["content"]))

    try:
        await client.wait_for_ready(timeout=60)
        await client.execute_interactive(ASKED, output_hook=keep, timeout=60)
        waiting = asyncio.ensure_future(
            client.execute_interactive("import time; time.sleep(60)", output_hook=keep, timeout=50)
        )
        await asyncio.sleep(1)
        await kernel.interrupt_kernel()
        await waiting
    finally:
        client.stop_channels()
        await kernel.shutdown_kernel(now=True)
    return shown, await kernel.is_alive()


@pytest.mark.parametrize("kind", [QuietKernelManager, WarmKernelManager])
def test_kernel(kind, tmp_path, monkeypatch):
    """Its interpreter, folder and environment are as asked; it draws, stops and ends."""
    monkeypatch.chdir(tmp_path)
    shown, alive = asyncio.run(_asked(kind, tmp_path))
    texts = [content["text"] for kind_, content in shown if kind_ == "stream"]
    assert texts == [f"{sys.executable} {tmp_path} given\n"]
    assert any("image/png" in c.get("data", {}) for _, c in shown)
    assert [c["ename"] for kind_, c in shown if kind_ == "error"] == ["KeyboardInterrupt"]
    assert not alive


def test_a_kernel_ends_with_its_driver(tmp_path):
    """A process that is killed without a chance to end its kernel leaves none behind."""
    script = tmp_path / "driver.py"
    script.write_text(DRIVER, encoding="utf-8")
    driver = subprocess.Popen(
        [sys.executable, str(script)], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    with driver, driver.stdout:
        assert driver.stdout.readline() == "started\n"
        started = psutil.Process(driver.pid).children(recursive=True)
        driver.kill()
    assert len(started) > 0
    _, alive = psutil.wait_procs(started, timeout=30)
    assert alive == []


def test_only_where_it_is_earned():
    """A run of few workbooks starts ordinary kernels."""
    assert manager(warm=False) is QuietKernelManager
    assert manager(warm=True) in (QuietKernelManager, WarmKernelManager)
