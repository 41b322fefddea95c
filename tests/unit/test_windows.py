"""Where a system has neither fork nor POSIX signals, everything is imported and a workbook runs."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from qbr_lib import cli
from qbr_lib.cli import commands
from tests.notebooks.stubs import notebook, show, write_notebooks, write_workspace

ROOT = Path(__file__).resolve().parents[2]
# Run in a process of its own. What others install adapts itself to a real Windows and cannot here,
# so it is imported first; then what Windows lacks is taken away, and the library imported. A process
# that is started anew runs the file again, without the taking away.
LACKING = """\
if __name__ == "__main__":
    import multiprocessing, multiprocessing.context, os, signal, sys
    import adbc_driver_manager.dbapi, concurrent.futures.process, duckdb, filelock, IPython
    import ipykernel.debugger, ipykernel.kernelapp
    import jupyter_client.provisioning.local_provisioner, nbconvert, nbclient, papermill
    import psutil, pydantic, rich.progress, scipy.stats, seaborn, typer, voila.app, xlsxwriter
    for name in ("fork", "forkpty", "getpgid", "getuid", "geteuid", "killpg", "sched_getaffinity",
                 "sched_setaffinity", "setsid", "setpgid", "fchmod", "chown", "mkfifo", "uname"):
        delattr(os, name)
    for name in ("SIGKILL", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGCHLD", "alarm"):
        delattr(signal, name)
    for name in ("ForkProcess", "ForkContext", "ForkServerProcess", "ForkServerContext"):
        delattr(multiprocessing.context, name)
    multiprocessing.get_all_start_methods = lambda: ["spawn"]
    for name in ("fcntl", "grp", "pwd", "resource", "termios"):
        sys.modules[name] = None

    import importlib, pkgutil
    import qbr_lib
    names = [module.name for module in pkgutil.walk_packages(qbr_lib.__path__, "qbr_lib.")]
    for name in names:
        if name != "qbr_lib.__main__":
            importlib.import_module(name)
    print(len(names), flush=True)
    sys.argv = ["qbr", "run", "--workspace", sys.argv[1], "--team", "nord", "--notebook", "review",
                "--json"]
    qbr_lib.cli.main()
"""


@pytest.mark.kernel
def test_a_workbook_runs(tmp_path):
    """All modules are imported, and a run starts its processes anew instead of forking them."""
    root = write_workspace(tmp_path / "w")
    write_notebooks(root, review=notebook(show()))
    script = tmp_path / "windows.py"
    script.write_text(LACKING, encoding="utf-8")
    command = [sys.executable, str(script), str(root)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    modules, *events = result.stdout.splitlines()
    assert int(modules) > 90
    ended = json.loads(events[-1])
    assert (ended["event"], ended["done"], ended["failed"]) == ("ended", 1, 0)


def test_letters_that_a_console_cannot_write(monkeypatch):
    """A name outside the console's code page is written as far as it goes, and nothing fails."""
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr("sys.stdout", console)
    monkeypatch.setattr(commands, "app", lambda **_: print("Łódź"))
    cli.main()
    console.flush()
    assert console.buffer.getvalue() == b"?\xf3d?\n"
