"""What running workbooks costs beside what it is measured by: `python -m tests.bench.run`.

A machine's speed changes from minute to minute, so commands take turns, and what counts are the
medians of the ratios within a round. CPU is that of a command and all its descendants, until the
last of them is gone. Linux only.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from qbr_lib.data import slices, store
from qbr_lib.parameters import load_workspace
from qbr_lib.run import Plan, make_plan
from qbr_lib.run.pool import ENVIRONMENT
from tests.bench import charts
from tests.notebooks.stubs import write_workspace

ROOT = Path(__file__).parents[2]
QUARTER, AS_OF = "2026-Q3", "2026-10-05"
QBR = (sys.executable, "-m", "qbr_lib", "run", "--force", "--quarter", QUARTER)
_BECOME_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
WANTED = {"command": 3.0, "pool": 1.8, "seconds": 0.6, "cpu": 1.4}


@dataclass(frozen=True)
class Cost:
    """What a command took, in seconds by the clock and of CPU."""

    wall: float
    cpu: float


def cost(command: list[str], *, text: str | None = None) -> Cost:
    """Run a command and wait for everything it left behind."""
    cpu, begin = _cpu(), time.perf_counter()
    done = subprocess.run(
        command, input=text, cwd=ROOT, text=True, check=False, capture_output=True
    )
    wall = time.perf_counter() - begin
    if done.returncode:
        raise SystemExit(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return Cost(wall, _cpu() - cpu)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def charted(root: Path, teams: list[str], rounds: int) -> None:
    """Print workbooks per minute of the notebook of six charts, run in three ways."""
    notebook, out = root / "notebooks" / "1_bench.ipynb", root / "out"
    charts.write(notebook)
    out.mkdir()
    qbr = [*QBR, "--workspace", str(root), "--notebook", "bench", "--jobs", "2"]
    given = ["-p", "quarter", QUARTER, "-p", "as_of", AS_OF, "--no-progress-bar"]
    papermill = [sys.executable, "-m", "papermill", str(notebook), f"{out}/{{}}.ipynb", *given]
    command = ["xargs", "-P2", "-I{}", *papermill, "-p", "team", "{}"]
    pool = [sys.executable, "-m", "tests.bench.run", "--in-pool", str(root), *teams]
    cost(qbr)  # prepares the store
    ways = {"qbr": qbr, "command": command, "pool": pool}
    found: dict[str, list[Cost]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, line in ways.items():
            found[way].append(cost(line, text="\n".join(teams) if way == "command" else None))
    print(f"six charts, {len(teams)} workbooks, two at a time, {rounds} rounds in turn")
    for way, costs in found.items():
        rate = statistics.median(60 * len(teams) / one.wall for one in costs)
        each = statistics.median(one.cpu / len(teams) for one in costs)
        print(f"  {way:8} {rate:5.1f} a minute, {each:.2f} s of CPU each")
    for way in ("command", "pool"):
        pairs = zip(found[way], found["qbr"], strict=True)
        ratio = statistics.median(other.wall / own.wall for other, own in pairs)
        print(f"  {ratio:.2f} times the {way} of papermill (wanted {WANTED[way]})")


def in_pool(root: Path, teams: list[str]) -> None:
    """Call papermill from two processes."""
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_called, [root] * len(teams), teams))


def _called(root: Path, team: str) -> None:
    import papermill

    papermill.execute_notebook(
        root / "notebooks" / "1_bench.ipynb",
        root / "out" / f"{team}.ipynb",
        {"team": team, "quarter": QUARTER, "as_of": AS_OF},
        progress_bar=False,
    )


def shipped(root: Path, teams: list[str], rounds: int) -> None:
    """Print what the shipped notebooks take beyond their bare computation, one at a time."""
    (root / "parameters").mkdir(parents=True)
    shutil.copy(ROOT / "parameters" / "org.yml", root / "parameters" / "org.yml")
    count = len(_plan(root, teams).workbooks)
    chosen = [part for team in teams for part in ("--team", team)]
    qbr = [*QBR, "--workspace", str(root), "--jobs", "1", *chosen]
    bare = [sys.executable, "-m", "tests.bench.run", "--bare", str(root), *chosen]
    seconds, ratios, told = [], [], []
    for _ in range(rounds):
        own = cost(qbr)
        told_by = subprocess.check_output(bare, cwd=ROOT, text=True, env=os.environ | ENVIRONMENT)
        wall, cpu = json.loads(told_by.splitlines()[-1])
        manifest = json.loads((root / "build" / QUARTER / "manifest.json").read_text("utf-8"))
        each = sum(entry["seconds"] for entry in manifest["workbooks"])
        seconds.append((each - wall) / count)
        ratios.append(own.cpu / cpu)
        told.append((own.wall / count, each / count, own.cpu / count, wall / count, cpu / count))
    print(f"shipped notebooks, {count} workbooks, one at a time, {rounds} rounds in turn")
    names = ("command", "workbook", "CPU", "bare", "CPU bare")
    medians = [statistics.median(column) for column in zip(*told, strict=True)]
    values = [f"{name} {value:.2f}" for name, value in zip(names, medians, strict=True)]
    print(f"  seconds each: {', '.join(values)}")
    print(f"  {statistics.median(seconds):.2f} s beyond bare (at most {WANTED['seconds']})")
    print(f"  {statistics.median(ratios):.2f} times the CPU of bare (at most {WANTED['cpu']})")


def _plan(root: Path, teams: list[str]) -> Plan:
    workspace = load_workspace(root)
    prepared = store.prepare(workspace)
    quarter = slices.check_quarter(prepared, workspace.organisation, QUARTER)
    return make_plan(workspace, prepared, quarter=quarter, teams=teams)


def bare(root: Path, teams: list[str]) -> None:
    """Print the seconds by clock and of CPU that all cells take in one warm process."""
    books = _plan(root, teams).workbooks
    for notebook in {book.notebook: book for book in books}.values():
        _execute(notebook.path, notebook.parameters)
    wall, cpu = time.perf_counter(), time.process_time()
    for book in books:
        _execute(book.path, book.parameters)
    print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]))


def _execute(path: Path, parameters: dict[str, object]) -> None:
    """Execute a notebook's cells and format what they show, as a kernel would."""
    import ast

    from IPython.core.formatters import DisplayFormatter

    shown, names = DisplayFormatter(), {}
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, path.name, "exec"), names)
        if last is not None:
            shown.format(eval(compile(ast.Expression(last.value), path.name, "eval"), names))
        if "parameters" in cell["metadata"].get("tags", []):
            names.update(parameters)


def main() -> None:
    """Measure both, or do what a measured process is asked to do."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--workbooks", type=int, default=24, help="With six charts.")
    asked.add_argument("--team", action="append", default=[], help="Of the sample; default: all.")
    asked.add_argument("--only", choices=["charts", "shipped"])
    asked.add_argument("--in-pool", nargs="+", help=argparse.SUPPRESS)
    asked.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.in_pool:
        return in_pool(Path(given.in_pool[0]), given.in_pool[1:])
    if given.bare:
        return bare(given.bare, given.team)
    ctypes.CDLL(None).prctl(_BECOME_SUBREAPER, 1, 0, 0, 0)
    teams = [f"team{number}" for number in range(given.workbooks)]
    with tempfile.TemporaryDirectory(prefix="qbr-bench-") as folder:
        if given.only != "shipped":
            charted(write_workspace(Path(folder) / "w", teams=teams), teams, given.rounds)
        if given.only != "charts":
            shipped(Path(folder) / "s", given.team, given.rounds)
    return None


if __name__ == "__main__":
    main()
