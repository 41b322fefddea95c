"""Kernels: started or forked, they run the same interpreter and behave alike."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager

import psutil
import pytest

from qbr_lib import preloaded
from qbr_lib.run import kernels
from qbr_lib.run.kernels import NAME, QuietKernelManager, WarmKernelManager, first_lines, manager
from qbr_lib.run.pool import ENVIRONMENT
from qbr_lib.run.workbook import BOUNDED

pytestmark = pytest.mark.kernel
KINDS = [QuietKernelManager, WarmKernelManager]
STATE = """\
import gc, json, locale, multiprocessing, os, random, signal, sys, warnings
import matplotlib, numpy
import matplotlib.pyplot as plt
print(json.dumps({
    "prefix": sys.prefix, "folder": os.getcwd(), "probe": os.environ["QBR_PROBE"],
    "environment": {k: os.environ[k] for k in sorted(os.environ) if k != "JPY_PARENT_PID"},
    "path": sorted({*sys.path}), "hash": hash("a"), "figures": plt.get_fignums(),
    "styles": {key: str(value) for key, value in plt.rcParams.items()},
    "backend": matplotlib.get_backend(), "locale": locale.setlocale(locale.LC_ALL),
    "random": [random.random(), numpy.random.random()],
    "daemon": multiprocessing.current_process().daemon, "names": [n for n in dir() if n[0] != "_"],
    "collects": [gc.isenabled(), gc.get_threshold()],
    "leads": os.getpgid(0) == os.getpid(), "interrupt": str(signal.getsignal(signal.SIGTERM))}))
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


class Asked:
    """A kernel that is asked to execute code, and what it showed."""

    def __init__(self, manager, client):
        self.manager, self.client, self.shown = manager, client, []

    async def execute(self, code):
        """Execute code and return what it printed."""
        self.shown.clear()
        await self.client.execute_interactive(
            code,
            output_hook=lambda message: self.shown.append(
                (message["msg_type"], message["content"])
            ),
            timeout=60,
        )
        return "".join(content["text"] for kind, content in self.shown if kind == "stream")

    async def identity(self):
        """Return the process that answers."""
        return int(await self.execute("import os; print(os.getpid())"))


@asynccontextmanager
async def started(kind, folder, **more):
    """Start a kernel in a folder and end it."""
    kernel = kind(kernel_name=NAME)
    environment = {**os.environ, "QBR_PROBE": "given"}
    await kernel.start_kernel(cwd=str(folder), env=environment, **more)
    client = kernel.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        yield Asked(kernel, client)
    finally:
        client.stop_channels()
        client.context.destroy(linger=0)
        await kernel.shutdown_kernel(now=True)
        assert not await kernel.is_alive()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder to stand in whose path leaves room for sockets."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_forked_is_as_started(folder):
    """A forked kernel finds what one that is started by jupyter_client itself finds."""

    async def state(kind):
        async with started(kind, folder, extra_arguments=first_lines("a")) as kernel:
            return json.loads(await kernel.execute(STATE))

    normal, forked = (asyncio.run(state(kind)) for kind in KINDS)
    assert normal["folder"] == str(folder)
    assert normal["probe"] == "given"
    assert normal["figures"] == []
    assert normal == forked


def test_random_numbers_are_the_name_s(folder):
    """The same name draws the same numbers again, another one others."""

    async def drawn(name):
        async with started(WarmKernelManager, folder, extra_arguments=first_lines(name)) as kernel:
            code = "import random, numpy; print(random.random(), numpy.random.random())"
            return await kernel.execute(code)

    first, again, other = (asyncio.run(drawn(name)) for name in "aab")
    assert first == again
    assert not set(first.split()) & set(other.split())


def test_shown_in_order(folder):
    """What is printed and what is shown keep their order, on either stream."""
    code = (
        "import sys\nprint(1); display(2); print(3, file=sys.stderr); display(4)\n"
        "print(end=''); display(5); print('6', end=''); sys.stdout.flush(); print('7')\n8"
    )

    async def shown():
        async with started(WarmKernelManager, folder, extra_arguments=[BOUNDED]) as kernel:
            await kernel.execute(code)
            return [
                content.get("text") or content["data"]["text/plain"]
                for kind, content in kernel.shown
                if kind in ("stream", "display_data", "execute_result")
            ]

    assert asyncio.run(shown()) == ["1\n", "2", "3\n", "4", "5", "6", "7\n", "8"]


def test_a_process_is_heard(folder, monkeypatch):
    """What a notebook's process and its threads print is shown with the cell, on either stream."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # with which ipykernel listens to no process
    code = (
        "import os, sys, threading, time\n"
        "os.system('echo 1; echo 2 >&2')\n"
        "while not (sys.stdout._unsent and sys.stderr._unsent): time.sleep(0.001)\n"
        "thread = threading.Thread(target=print, args=(3,)); thread.start(); thread.join()"
    )

    async def heard():
        async with started(WarmKernelManager, folder, extra_arguments=[BOUNDED]) as kernel:
            return [await kernel.execute(code) for _ in range(3)]

    assert [sorted(told.split()) for told in asyncio.run(heard())] == [["1", "2", "3"]] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_drawn_when_shown(kind, folder):
    """A figure is drawn twice for its picture: measured, then drawn; not once more before."""
    code = (
        "import matplotlib.pyplot as plt; figure, _ = plt.subplots(); draw = figure.draw\n"
        "figure.draw = lambda renderer: [print('drawn'), draw(renderer)]"
    )

    async def drawn():
        async with started(kind, folder, extra_arguments=first_lines("a")) as kernel:
            told = await kernel.execute(code)
            return told, [c["data"].keys() for k, c in kernel.shown if k == "display_data"]

    told, shown = asyncio.run(drawn())
    assert told == "drawn\ndrawn\n"
    assert ["image/png" in data for data in shown] == [True]


@pytest.mark.parametrize("kind", KINDS)
def test_life(kind, folder):
    """A kernel draws, stops when interrupted, is another one after a restart, tells how it ended."""

    async def live():
        async with started(kind, folder) as kernel:
            await kernel.execute("import matplotlib.pyplot as plt\nplt.plot([1, 2])")
            assert any("image/png" in content.get("data", {}) for _, content in kernel.shown)
            waiting = asyncio.ensure_future(kernel.execute("import time; time.sleep(50)"))
            await asyncio.sleep(1)
            await kernel.manager.interrupt_kernel()
            await waiting
            assert [c["ename"] for k, c in kernel.shown if k == "error"] == ["KeyboardInterrupt"]
            before = await kernel.identity()
            await kernel.manager.restart_kernel(now=True)
            await kernel.client.wait_for_ready(timeout=60)
            after = await kernel.identity()
            assert after != before
            assert not psutil.pid_exists(before)
            kernel.client.execute("import os; os._exit(7)")
            process = kernel.manager.provisioner.process
            await asyncio.wait_for(kernel.manager._async_wait(), timeout=20)
            return process.wait()

    assert asyncio.run(live()) == 7


@pytest.mark.parametrize("kind", KINDS)
def test_asked_to_end(kind, folder):
    """A kernel that is asked politely ends by itself, and what it started ends when it is killed."""

    async def ended():
        async with started(kind, folder) as kernel:
            process = kernel.manager.provisioner.process
            await kernel.manager.shutdown_kernel(now=False)
            assert process.wait() in (0, -signal.SIGTERM, -signal.SIGABRT)  # as ipykernel ends
        async with started(kind, folder) as kernel:
            code = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"
            return int(await kernel.execute(code))

    child = asyncio.run(ended())
    gone = not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
    assert gone


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("room", [True, False], ids=["sockets", "loopback"])
def test_channels(kind, room, folder, monkeypatch):
    """Channels are sockets in the kernel's folder, gone with it; else the loopback, encrypted."""
    if not room:
        deep = folder.joinpath(*["x" * 40] * 3)
        deep.mkdir(parents=True)
        monkeypatch.chdir(deep)

    async def channels():
        async with started(kind, folder) as kernel:
            info = kernel.manager.get_connection_info()
            return info["transport"], "curve_publickey" in info, len([*folder.rglob("*-ipc-*")])

    told = asyncio.run(channels())
    assert told == (("ipc", False, 5) if room else ("tcp", True, 0))
    assert {path.name for path in folder.rglob("kernel*")} == {"kernel.log"}


def test_without_a_server(folder, monkeypatch):
    """Where the process that kernels are forked from is gone, a kernel starts as usual."""

    def gone(modules):
        raise ConnectionRefusedError(modules)

    monkeypatch.setattr(kernels, "fork_server", gone)

    async def answer():
        async with started(WarmKernelManager, folder) as kernel:
            return await kernel.execute("print(6 * 7)")

    assert asyncio.run(answer()) == "42\n"


def test_dead_before_it_answers(folder):
    """A kernel that ends at its start is told at once, and not waited for."""

    async def start():
        async with started(WarmKernelManager, folder, extra_arguments=["--help"]):
            pass

    with pytest.raises(RuntimeError, match=r"^Kernel died before replying to kernel_info$"):
        asyncio.run(start())


def test_a_kernel_ends_with_its_driver(folder):
    """A process that is killed without a chance to end its kernel leaves none behind."""
    script = folder / "driver.py"
    script.write_text(DRIVER, encoding="utf-8")
    driver = subprocess.Popen(
        [sys.executable, str(script)], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    with driver, driver.stdout:
        assert driver.stdout.readline() == "started\n"
        begun = psutil.Process(driver.pid).children(recursive=True)
        driver.kill()
    assert len(begun) > 0
    _, alive = psutil.wait_procs(begun, timeout=30)
    assert alive == []


def test_nothing_runs_where_kernels_are_forked_from():
    """A thread would be lost by a fork with whatever it holds; a figure would be each kernel's."""
    code = (
        "import threading, qbr_lib.run.warm, matplotlib.pyplot as plt, pathlib\n"
        "tasks = [p.read_text().strip() for p in pathlib.Path('/proc/self/task').glob('*/comm')]\n"
        "print(threading.active_count(), tasks.count('python'), plt.get_fignums())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1 1 []\n"
    assert "leak" not in done.stderr


def test_the_process_forked_from_ends_at_once():
    """It takes nothing down; what is forked from it ends with its own code; others do not heed."""
    code = (
        "import atexit, gc, os, sys\n"
        "import qbr_lib.preloaded\n"
        "if os.fork() == 0: atexit._run_exitfuncs(); os._exit(7)\n"
        "child = os.waitstatus_to_exitcode(os.wait()[1])\n"
        "print(gc.isenabled(), os.environ.get('QBR_FORKS'), child, flush=True); sys.exit(5)"
    )
    asked = {**os.environ, preloaded.ASKED: "1"}
    for environment, told, ended in ((asked, "False None 7\n", 0), (None, "True None 7\n", 5)):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.returncode) == (told, ended)


def test_only_where_it_is_earned(monkeypatch):
    """One workbook alone starts an ordinary kernel, and so does a system without fork."""
    assert manager(warm=False) is QuietKernelManager
    assert manager(warm=True) is WarmKernelManager
    monkeypatch.setattr(kernels, "forks", lambda: False)
    assert manager(warm=True) is QuietKernelManager
