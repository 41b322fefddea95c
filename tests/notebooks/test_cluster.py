"""A Dask scheduler's workers give what this machine's own processes give, even if one is killed."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from tests import faults
from tests.notebooks.stubs import notebook, show, write_notebooks, write_workspace

pytestmark = pytest.mark.kernel
THEIRS = ("dask-scratch-space", "pymp-")  # Dask's own; the socket of a Python that was killed
TEAMS = ("nord", "sued", "ost", "west")
# Whoever executes this team first tells its process and waits to be killed; the next one goes on.
FATE = """\
import multiprocessing, os, pathlib, time
here = pathlib.Path({place!r})
if team == "ost" and not here.exists():
    forked = multiprocessing.parent_process()
    here.write_text(str(forked.pid if forked else os.getppid()))
    time.sleep(600)
"""


@contextlib.contextmanager
def cluster(temporary, count=2):
    """Start a scheduler and workers as README says; yield its address."""
    given = {"env": faults.environment(temporary), "cwd": faults.ROOT, "text": True}
    begun = []
    try:
        scheduler = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1",
             "--port", "0", "--no-dashboard"], stderr=subprocess.PIPE, **given)  # fmt: skip
        begun.append(scheduler)
        address = next(
            found[0]
            for line in scheduler.stderr
            if (found := re.search(r"tcp://127\.0\.0\.1:\d+", line))
        )
        begun += [
            subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1",
                 "--no-nanny", "--no-dashboard"], stderr=subprocess.DEVNULL, **given)
            for _ in range(count)
        ]  # fmt: skip
        yield address
    finally:
        for process in reversed(begun):
            process.send_signal(signal.SIGTERM)
        for process in begun:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()
            for stream in filter(None, (process.stdout, process.stderr)):
                stream.close()


def test_a_worker_is_killed(tmp_path):
    """Two workers give what this machine's own give; one killed costs its workbook's time only."""
    place = tmp_path / "begun"
    own, away = (write_workspace(tmp_path / name, teams=TEAMS) for name in ("own", "away"))
    for root in (own, away):
        portfolio = notebook(show("portfolio", team="None", company="1250.30"))
        review = notebook(FATE.format(place=str(place)), show())
        write_notebooks(root, portfolio=portfolio, review=review)
    only = ("--notebook", "review", "--notebook", "portfolio")
    place.touch()
    ran = faults.qbr(own, tmp_path / "t1", "--jobs", 2, *only)
    ran.communicate(timeout=120)
    assert ran.returncode == 0
    place.unlink()
    with cluster(tmp_path / "dask") as address:
        ran = faults.qbr(away, tmp_path / "t2", "--scheduler", address, *only)
        while not (place.exists() and place.read_text()):
            assert ran.poll() is None
            time.sleep(0.1)
        os.kill(int(place.read_text()), signal.SIGKILL)
        _, errors = ran.communicate(timeout=120)
    assert ran.returncode == 0, errors
    assert {entry["state"] for entry in faults.manifest(away).values()} == {"done"}
    assert faults.files(away) == faults.files(own)
    assert faults.left_behind(away, tmp_path / "t2") == []
    left = [str(one) for one in faults.left_behind(away, tmp_path / "dask")]
    mine = [one for one in left if not any(name in one for name in THEIRS)]
    assert mine == []


def test_no_scheduler(tmp_path):
    """An address where nobody answers is refused in a sentence."""
    root = write_workspace(tmp_path / "w")
    ran = faults.qbr(root, tmp_path / "t", "--scheduler", "tcp://127.0.0.1:9")
    told, errors = ran.communicate(timeout=120)
    assert (ran.returncode, told) == (2, "")
    assert errors.splitlines()[-5:] == [
        "The scheduler cannot be used.",
        "  Where: --scheduler tcp://127.0.0.1:9",
        "  Got: no answer from tcp://127.0.0.1:9",
        "  Wanted: a Dask scheduler whose workers see this workspace under the same path",
        "  Edit: start `dask scheduler`, or mend the address",
    ]
