"""What may go wrong while workbooks run, and what must be left of it: nothing.

    python -m tests.faults [--interrupts 50]

kills kernels at each cell of the shipped notebooks, fills a small disk where one can be mounted,
interrupts runs of two teams at random moments, and prints what it found. The rest of this module is
used by `tests/notebooks/test_faults.py` as well.

Runs are started as processes of their own with a folder for temporary files; a process that stems
from one carries that folder's name in its environment, whatever it calls itself.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.notebooks.stubs import notebook, show, write_notebooks, write_workspace

ROOT = Path(__file__).resolve().parents[1]
QUARTER = "2026-Q3"
QUIT = "import os; os.kill(os.getpid(), 9)"
FATES = """\
import os, subprocess, time
if team == "hog":
    held = [os.urandom(2**20) * 64 for _ in range(10**6)]
if team == "endless":
    while True:
        pass
if team == "flood":
    for _ in range(1024):
        print("x" * 2**20)
if team == "forks" and os.fork() == 0:
    time.sleep(600)
if team == "spawns":
    subprocess.Popen(["sleep", "600"], start_new_session=True)
if team == "first":
    os.kill(os.getpid(), 9)
"""
KILLED = "The process was killed in cell {}, most often because memory ran out."
MIDDLE = f"if team == 'middle':\n    {QUIT}"
SLOWLY = "import time; time.sleep(0.7)"  # so that moments fall into workbooks as well
ENDED = (130, -signal.SIGINT)  # by us, and by Python before it knows us
LAST = f"if team == 'end':\n    {QUIT}\n"


def environment(temporary):
    """Return the environment of a run whose processes can be told by it."""
    temporary.mkdir(exist_ok=True)
    return {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)}


def qbr(root, temporary, *options):
    """Begin `qbr run` over a workspace as a process of its own."""
    command = [sys.executable, "-m", "qbr_lib", "run", "--workspace", str(root), "--json"]
    return subprocess.Popen(
        [*command, "--quarter", QUARTER, *map(str, options)],
        env=environment(temporary), cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=as_in_a_terminal,
    )  # fmt: skip


def as_in_a_terminal():
    """Let Ctrl-C arrive: what a shell begins in the background is told to ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def descendants(temporary):
    """Return the processes that stem from a run, by command line."""
    sign, found = f"TMPDIR={temporary}\0".encode(), {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if sign in (path / "environ").read_bytes() and int(path.name) != os.getpid():
                found[int(path.name)] = (path / "cmdline").read_bytes().replace(b"\0", b" ")[:200]
    return found


def left_behind(root, temporary, *, patience=5.0):
    """Return the processes, temporary files and unfinished files that are still there after a run."""
    end = time.monotonic() + patience
    while descendants(temporary) and time.monotonic() < end:
        time.sleep(0.1)
    partial = [path for path in root.rglob("*") if "partial" in path.name or path.is_socket()]
    return [*descendants(temporary).items(), *temporary.rglob("*"), *partial]


def manifest(root):
    """Return the manifest's entries by team and notebook."""
    path = root / "build" / QUARTER / "manifest.json"
    data = json.loads(path.read_text()) if path.exists() else {"workbooks": []}
    return {(one["team"], one["notebook"]): one for one in data["workbooks"]}


def untrue(root):
    """Return the files of which the manifest tells another hash than they have."""
    folder = root / "build" / QUARTER
    return [
        name
        for entry in manifest(root).values()
        for name, digest in entry["files"].items()
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest
    ]


def files(root):
    """Return what a run made of each team, by name; the index and the manifest tell more of it."""
    folder = root / "build" / QUARTER
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("*/*")
    }


def write_fates(root):
    """Write a workspace in which nearly every team meets a fault."""
    teams = ("good", "hog", "endless", "flood", "forks", "spawns", "first", "middle", "end")
    write_workspace(root, teams=(*teams, "readonly", "full", "fine"))
    write_notebooks(root, review=notebook(FATES, MIDDLE, LAST + show()))
    build = root / "build" / QUARTER
    (build / "full").mkdir(parents=True)
    (build / "full" / ".review.html.partial").symlink_to("/dev/full")
    (build / "readonly").symlink_to("/sys")
    return root


def write_pair(root, *cells):
    """Write a workspace of two teams, of which one is a group, with portfolios."""
    write_workspace(root, groups={"nord": "Küste"})
    write_notebooks(
        root,
        portfolio=notebook(show("portfolio", team="None", company="1250.30")),
        **{name: notebook(*cells, show(name)) for name in ("review", "goals", "follow_up")},
    )
    return root


def set_back(executed, result, workbook):
    """Return how often the clock was set back before, and set it back once more."""
    real, past = time.time, getattr(time.time, "past", 0)

    def earlier():
        return real() - 4e7

    earlier.past = past + 1
    time.time = earlier
    return {"review.html": str(past).encode()}


def interrupted(root, temporary, after, *options):
    """Run two teams, interrupt that after some seconds, run again.

    Returns
    -------
    tuple
        What was wrong, and how many workbooks were finished by then; None if it was over before.
    """
    run = qbr(root, temporary, "--jobs", 2, *options)
    with contextlib.suppress(subprocess.TimeoutExpired):
        run.communicate(timeout=after)
    run.send_signal(signal.SIGINT)
    lines, told = run.communicate(timeout=60)
    over = run.returncode == 0 and '"event": "ended"' in lines
    wrong = [] if over or run.returncode in ENDED else [f"exit {run.returncode}: {told}"]
    wrong += [f"left: {one}" for one in left_behind(root, temporary)]
    wrong += [f"untrue: {one}" for one in untrue(root)]
    before = len(list((root / "build" / "cache").rglob("*.json")))
    again = qbr(root, temporary, "--jobs", 2, *options)
    told, errors = again.communicate(timeout=300)
    ended = json.loads(told.splitlines()[-1]) if told else {}
    if again.returncode or ended.get("cached") != before:
        wrong.append(f"again: exit {again.returncode}, {ended} of {before} finished, {errors}")
    wrong += [f"left: {one}" for one in left_behind(root, temporary)]
    return wrong, None if over else before


def interrupts(base, count, seed=1):
    """Interrupt runs of two teams at random moments; yield one line each."""
    calm, start = write_pair(base / "calm", SLOWLY), time.monotonic()
    qbr(calm, base / "t", "--jobs", 2).communicate()
    seconds, drawn = time.monotonic() - start, random.Random(seed)
    for number in range(count):
        root, after = write_pair(base / str(number), SLOWLY), drawn.uniform(0, seconds)
        wrong, finished = interrupted(root, base / f"t{number}", after)
        if files(root) != files(calm):
            wrong.append("files differ from those of an undisturbed run")
        what = "over before" if finished is None else f"interrupted, {finished} finished"
        yield f"after {after:.1f} s {what}: {wrong or 'as undisturbed'}"
        shutil.rmtree(root)


def killed_at_each_cell(base):
    """Kill the kernel of the sample's review at each of its cells; yield one line each."""
    path = ROOT / "notebooks" / "1_review.ipynb"
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    root = base / "cells"
    (root / "notebooks").mkdir(parents=True)
    for number in range(1, len(cells)):
        notebook_at = json.loads(path.read_text())
        code = [cell for cell in notebook_at["cells"] if cell["cell_type"] == "code"]
        code[number]["source"] = [f"{QUIT}\n", *code[number]["source"]]
        (root / "notebooks" / "1_review.ipynb").write_text(json.dumps(notebook_at))
        only = ("--notebook", "review", "--team", "nord", "--team", "sued", "--jobs", 2)
        ran = qbr(root, base / "tc", *only)
        ran.communicate()
        told = {(one["state"], one["reason"]) for one in manifest(root).values()}
        wanted = {("killed", KILLED.format(number + 2))}  # the injected parameters are a cell too
        left = left_behind(root, base / "tc")
        good = told == wanted and ran.returncode == 1 and not left
        yield f"killed in cell {number + 2}: {'as it should be' if good else (told, left)}"


def disk_full(base):
    """Run two teams on a disk of 300 kB; yield what became of them, or that none can be mounted."""
    root = write_pair(base / "disk")
    (root / "build").mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(root / "build")], check=False
    )
    if mounted.returncode:
        yield "no disk can be mounted here"
        return
    try:
        ran = qbr(root, base / "td", "--jobs", 2)
        _, errors = ran.communicate()
        for key, entry in manifest(root).items():
            yield f"full disk: {key} {entry['state']} {entry['reason']}"
        yield f"full disk: exit {ran.returncode} {errors.strip()}; {left_behind(root, base / 'td')}"
        yield f"full disk: told untruly {untrue(root)}"
    finally:
        subprocess.run(["umount", str(root / "build")], check=True)


def main():
    """Print what became of each fault."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--interrupts", type=int, default=50)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        for lines in (
            disk_full(base),
            killed_at_each_cell(base),
            interrupts(base, given.interrupts),
        ):
            for line in lines:
                print(line, flush=True)


if __name__ == "__main__":
    main()
