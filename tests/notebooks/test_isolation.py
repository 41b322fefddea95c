"""Each workbook has a process, a folder and state of its own, and opens its own team's data."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid

import nbformat
import psutil
import pytest

from qbr_lib.cli import pages
from qbr_lib.data import sample, slices
from qbr_lib.data import store as stores
from qbr_lib.parameters import load_workspace, shipped
from qbr_lib.run import make_plan, run
from tests.notebooks import shipped as fixed
from tests.notebooks.opened import watched
from tests.notebooks.stubs import notebook, show, write_notebooks, write_workspace

pytestmark = pytest.mark.kernel
OWN, OTHER = "berlin", "nord"
NAMES = ("1_review", "2_goals", "3_follow_up")
RECORDS = ("2026-Q2", "2026-Q3")
HOOK = """\
import os, sys
def _keep(log):
    def hook(event, arguments):
        if event == "open" and isinstance(arguments[0], str | bytes):
            os.write(log, os.fsencode(os.path.abspath(arguments[0])) + b"\\n")
    return hook
sys.addaudithook(_keep(os.open({log!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)))
"""
STATE = """\
import os, random, sys, zlib
import matplotlib.pyplot as plt
import numpy as np
seen = {"process": os.getpid(), "files": sorted(os.listdir()), "folder": zlib.crc32(os.getcwd().encode()),
    "figures": plt.get_fignums(), "left": os.environ.get("LEFT"), "words": random.random(),
    "numbers": np.random.random(), "width": plt.rcParams["lines.linewidth"],
    "modules": "wave" in sys.modules}
import wave
os.environ["LEFT"] = team
open("left", "w").close()
plt.rcParams["lines.linewidth"] = 9
plt.figure("left")
random.seed(0)
np.random.seed(0)
"""
BASIC = {"process", "folder", "words", "numbers"}


def _plan(root, **chosen):
    workspace = load_workspace(root)
    store = stores.prepare(workspace)
    quarter = slices.check_quarter(store, workspace.organisation, "2026-Q3")
    return make_plan(workspace, store, quarter=quarter, **chosen)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Write a workspace of two teams with records, prepared; its notebooks keep what they open."""
    frames = sample.tables()
    teams = (OWN, OTHER)
    deals = frames["opportunities"]
    frames["opportunities"] = deals.loc[deals["team_id"].isin(teams)]
    frames["teams"] = frames["teams"].loc[frames["teams"]["team_id"].isin(teams)].assign(group="")
    known = set(frames["opportunities"]["opportunity_id"])
    for name in ("opportunity_events", "activities", "leads"):
        frames[name] = frames[name].loc[frames[name]["opportunity_id"].isin(known)]
    root = fixed.write(tmp_path_factory.mktemp("isolation") / "w", frames)
    for cycle in RECORDS:
        place = root / "parameters" / "records" / cycle
        text = (place / f"{fixed.TEAM}.yml").read_text("utf-8")
        (place / f"{fixed.TEAM}.yml").unlink()
        for team in teams:
            (place / f"{team}.yml").write_text(text.replace(fixed.TEAM, team), "utf-8")
    (root / "notebooks").mkdir()
    for name in NAMES:
        made = nbformat.read(shipped("notebooks") / f"{name}.ipynb", as_version=4)
        hook = nbformat.v4.new_code_cell(HOOK.format(log=str(root.parent / "opened.log")))
        hook["id"] = "audit"
        made.cells.insert(0, hook)
        nbformat.write(made, root / "notebooks" / f"{name}.ipynb")
    _plan(root)
    return root


def _run(plan):
    outcomes = run(plan, jobs=2, publish=pages.files, force=True)
    return {outcome.workbook.notebook: (outcome.state, outcome.reason) for outcome in outcomes}


@pytest.fixture(scope="module")
def opened(root):
    """Run one team's workbooks and return what anybody and what the notebooks themselves opened."""
    with watched(root) as found:
        assert set(_run(_plan(root, teams=[OWN])).values()) == {("done", None)}
    log = (root.parent / "opened.log").read_text("utf-8").splitlines()
    own = {line.removeprefix(f"{root}/") for line in log if line.startswith(f"{root}/")}
    return found, own


def _strange(path):
    """Tell whether a path is one that only the other team, or nobody, has a reason to open."""
    place = path.split("/")
    if place[:2] == ["build", "store"]:
        team = place[3:4] == ["teams"] and place[4:5] == [OWN]
        return not (team or place[3:4] == ["organisation"] or place[-1] == "store.json")
    return any(part in (OTHER, f"{OTHER}.yml") for part in place)


def test_only_its_own_is_opened(opened):
    """Store, records and results: the team's own and the organisation's, whoever opens them."""
    found, own = opened
    assert {path for path in found | own if _strange(path)} == set()
    read = {path.split("/", 3)[3] for path in found if path.startswith("build/store/")}
    assert {f"teams/{OWN}/opportunities.parquet", "organisation/teams.parquet"} <= read
    assert {f"parameters/records/{cycle}/{OWN}.yml" for cycle in RECORDS} <= own


def test_the_watch_sees_it(root):
    """Another team's table that Arrow opens, and a text that Python opens, would both be told."""
    store = stores.prepare(load_workspace(root))
    with watched(root) as found:
        slices.load(
            store,
            load_workspace(root),
            team=OTHER,
            quarter=slices.check_quarter(store, load_workspace(root).organisation, "2026-Q3"),
        )
        (root / "parameters" / "records" / RECORDS[0] / f"{OTHER}.yml").read_text("utf-8")
    strange = {path for path in found if _strange(path)}
    assert any(path.endswith(f"teams/{OTHER}/opportunities.parquet") for path in strange)
    assert any(path.endswith(f"{OTHER}.yml") for path in strange)


def test_the_rest_may_be_rubbish(root, opened):
    """With every other team's slice destroyed the same bytes come out; the portfolio notices."""
    folder = root / "build" / "2026-Q3" / OWN
    before = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.iterdir()}
    assert len(before) > 9
    slice_ = next((root / "build" / "store").glob(f"*/teams/{OTHER}"))
    kept = shutil.copytree(slice_, root.parent / "kept")
    try:
        for path in slice_.iterdir():
            path.write_bytes(b"rubbish")
        assert set(_run(_plan(root, teams=[OWN])).values()) == {("done", None)}
        after = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.iterdir()}
        assert after == before
        assert _run(_plan(root, notebooks=["portfolio"]))["portfolio"][0] == "failed"
    finally:
        shutil.rmtree(slice_)
        shutil.move(kept, slice_)


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """Run a notebook that leaves all it can behind: two teams twice from one process, one alone."""
    root = write_workspace(tmp_path_factory.mktemp("state") / "w")
    write_notebooks(root, review=notebook(STATE, show(tables='{"seen": [seen]}')))

    def seen(**chosen):
        plan = _plan(root, notebooks=["review"], **chosen)
        assert {outcome.reason for outcome in run(plan, jobs=1, force=True)} == {None}
        return {
            book.team: json.loads((book.output / "review.result.json").read_text("utf-8"))[
                "tables"
            ]["seen"][0]
            for book in plan.workbooks
        }

    return seen(), seen(), seen(teams=["nord"])


def test_state_is_its_own(states):
    """Nothing that a workbook leaves behind is found by the next one, forked or started."""
    every = [state for ran in states for state in ran.values()]
    for name in ("process", "folder"):
        assert len({state[name] for state in every}) == len(every)
    found = [{k: v for k, v in state.items() if k not in BASIC} for state in every]
    assert found == [found[0]] * len(found)
    assert (found[0]["left"], found[0]["figures"], found[0]["modules"]) == (None, [], False)
    assert set(found[0]["files"]) <= {".ipython", "kernel.json", "kernel.log"} | {
        f"kernel-ipc-{number}" for number in range(1, 6)
    }


def test_random_numbers_are_its_own(states):
    """A team draws the same numbers again, also without fork, and each team others."""
    first, again, alone = states
    for name in ("words", "numbers"):
        assert first["nord"][name] == again["nord"][name] == alone["nord"][name]
        assert first["nord"][name] != first["sued"][name]


def _left(token):
    """Return the processes of a run that are still there."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("QBR_PROBE") == token and process.is_running():
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize("interrupted", [False, True], ids=["ended", "interrupted"])
def test_nothing_remains(tmp_path, interrupted):
    """After a run, and after one that was interrupted, no process and no file of it is left."""
    root = write_workspace(tmp_path / "w", teams=["a", "b", "c"])
    wait = f"import time; open({str(tmp_path / 'begun')!r}, 'w').close(); time.sleep(600)"
    write_notebooks(root, review=notebook(wait if interrupted else "1", show()))
    scratch, token = tmp_path / "t", str(uuid.uuid4())
    scratch.mkdir()
    command = [sys.executable, "-m", "qbr_lib", "run", "--workspace", str(root)]
    driver = subprocess.Popen(
        [*command, "--notebook", "review", "--jobs", "2"],
        env={**os.environ, "TMPDIR": str(scratch), "QBR_PROBE": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Tests that a shell began in the background have it ignored, and so would the run.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    if interrupted:
        end = time.monotonic() + 60
        while not (tmp_path / "begun").exists() and time.monotonic() < end:
            time.sleep(0.05)
        assert len(_left(token)) > 2
        os.killpg(driver.pid, signal.SIGINT)  # as a terminal does
    try:
        out, err = driver.communicate(timeout=90)
    except subprocess.TimeoutExpired:
        left = [(one.pid, one.ppid(), one.status(), one.cmdline()[-3:]) for one in _left(token)]
        driver.kill()
        pytest.fail(f"still there after 90 s: {left}")
    assert (driver.returncode, "leak" in err) == (130 if interrupted else 0, False), out + err
    psutil.wait_procs(_left(token), timeout=10)
    assert _left(token) == []
    assert [*scratch.iterdir()] == []
    assert [*(root / "build").rglob(".*.partial*")] == []
