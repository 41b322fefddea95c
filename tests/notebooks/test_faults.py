"""What goes wrong has its state, takes nothing else with it, and leaves nothing behind."""

import json
import time

import pytest

from qbr_lib.data import slices
from qbr_lib.data import store as stores
from qbr_lib.parameters import load_workspace
from qbr_lib.run import make_plan, run
from tests import faults
from tests.notebooks.stubs import notebook, show, write_notebooks, write_workspace

pytestmark = pytest.mark.kernel
SHORT = ("--notebook", "review", "--notebook", "portfolio")


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """Run a team for each fault."""
    base = tmp_path_factory.mktemp("faults")
    root, temporary = faults.write_fates(base / "w"), base / "t"
    limits = ("--time-limit", 15, "--memory-limit", 900)
    ran = faults.qbr(root, temporary, "--jobs", 2, "--notebook", "review", *limits)
    told, errors = ran.communicate(timeout=300)
    assert ran.returncode == 1, errors
    return root, temporary, json.loads(told.splitlines()[-1])


@pytest.mark.parametrize(
    ("team", "state", "reason"),
    [
        ("hog", "killed", "Cell 3 took more than 900 MiB of memory."),
        ("endless", "timed_out", "Cell 3 was still running after 15 seconds."),
        ("first", "killed", faults.KILLED.format(3)),
        ("middle", "killed", faults.KILLED.format(4)),
        ("end", "killed", faults.KILLED.format(5)),
        (
            "readonly",
            "failed",
            "A file cannot be read or written: .review.partial.ipynb: Permission denied.",
        ),
        ("full", "failed", "The disk is full; the last good files are untouched."),
        ("flood", "done", None),
        ("forks", "done", None),
        ("spawns", "done", None),
        ("good", "done", None),
        ("fine", "done", None),
    ],
)
def test_each_fault(ended, team, state, reason):
    """Each fault has its state and sentence in the manifest, and in the index; others are done."""
    root, _, _ = ended
    entry = faults.manifest(root)[team, "review"]
    assert (entry["state"], entry["reason"]) == (state, reason)
    assert reason is None or reason in (root / "build" / faults.QUARTER / "index.html").read_text()


def test_a_dead_kernel_is_noticed(ended):
    """A kernel that is killed ends its workbook within seconds, not at the time limit."""
    root, _, _ = ended
    assert all(
        entry["seconds"] < 10
        for entry in faults.manifest(root).values()
        if entry["state"] == "killed"
    )


def test_what_is_printed_is_bounded(ended):
    """A gigabyte printed is a million characters on the page, with a word on the rest."""
    root, _, _ = ended
    text = (root / "build" / faults.QUARTER / "flood" / "review.ipynb").read_text()
    assert len(text) < 1_100_000
    assert "1,000,000 characters; the rest was not kept." in text


def test_nothing_is_left(ended):
    """No process, socket or unfinished file outlives the run, not even what a notebook started."""
    root, temporary, _ = ended
    assert faults.left_behind(root, temporary) == []
    assert faults.untrue(root) == []


def test_the_end_names_what_took_longest(ended):
    """The last line counts what is done and failed, and names the slowest workbooks."""
    _, _, told = ended
    assert (told["done"], told["failed"], told["cached"]) == (5, 7, 0)
    assert told["slowest"][0]["folder"] == "endless"


def test_two_runs_at_once(tmp_path):
    """The second run of one workspace is refused in a sentence; the first is none the worse."""
    go = tmp_path / "go"
    wait = (
        f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists():\n    time.sleep(0.1)"
    )
    root = faults.write_pair(tmp_path / "w", wait)
    only = ("--notebook", "review", "--team", "nord")
    first = faults.qbr(root, tmp_path / "t1", *only)
    assert json.loads(first.stdout.readline())["event"] == "started"
    second = faults.qbr(root, tmp_path / "t2", *only)
    told, errors = second.communicate(timeout=60)
    assert (second.returncode, told) == (2, "")
    assert errors.splitlines()[-5] == "Another run of this quarter is under way."
    go.touch()
    first.communicate(timeout=60)
    assert first.returncode == 0
    assert faults.left_behind(root, tmp_path / "t1") == []


def test_a_folder_that_is_none(tmp_path):
    """A team whose folder cannot be written fails alone, and manifest and index tell it."""
    root = write_workspace(tmp_path / "w")
    write_notebooks(root, review=notebook(show()))
    folder = root / "build" / faults.QUARTER
    folder.mkdir(parents=True)
    (folder / "nord").write_text("a file where a folder belongs")
    ran = faults.qbr(root, tmp_path / "t", "--jobs", 1, "--notebook", "review")
    _, errors = ran.communicate(timeout=120)
    assert ran.returncode == 1, errors
    states = {team: entry["state"] for (team, _), entry in faults.manifest(root).items()}
    assert states == {"nord": "failed", "sued": "done"}
    assert "Nord" in (folder / "index.html").read_text(encoding="utf-8")


def test_an_export_that_arrives_meanwhile(tmp_path):
    """A run is of one export: what is replaced while it goes on counts from the next run on."""
    root = write_workspace(tmp_path / "w")
    arrives = (
        "from qbr_lib.data.slices import open_slice\n"
        f"with open({str(root / 'data' / 'opportunities.csv')!r}, 'a') as export:\n"
        "    export.write(f'late-{team},{team},won,2026-07-11,2026-05-01,7.00\\n')\n"
        "print(len(open_slice(team, quarter, as_of=as_of, workspace=workspace).decided), 'decided')"
    )
    write_notebooks(root, review=notebook(arrives, show()))
    ran = faults.qbr(root, tmp_path / "t", "--jobs", 1, "--notebook", "review")
    ran.communicate(timeout=120)
    assert ran.returncode == 0
    for team in ("nord", "sued"):
        text = (root / "build" / faults.QUARTER / team / "review.ipynb").read_text()
        assert "1 decided" in text
    assert len(list((root / "build" / "store").glob("*/store.json"))) == 1


@pytest.mark.parametrize("moment", [0.25, 0.5, 0.7])
def test_interrupted(calm, tmp_path, moment):
    """What was finished counts, the next run goes on there, and its files are those of a calm one."""
    whole, seconds = calm
    root = faults.write_pair(tmp_path / "w")
    wrong, finished = faults.interrupted(root, tmp_path / "t", moment * seconds, *SHORT)
    assert wrong == []
    assert finished is not None
    assert faults.files(root) == faults.files(whole)


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """Run two teams undisturbed; return their workspace and how long it took."""
    base, start = tmp_path_factory.mktemp("calm"), time.monotonic()
    root = faults.write_pair(base / "w")
    ran = faults.qbr(root, base / "t", "--jobs", 2, *SHORT)
    ran.communicate(timeout=300)
    assert ran.returncode == 0
    return root, time.monotonic() - start


def test_a_clock_that_jumps(tmp_path, monkeypatch):
    """A clock set back a year, in the run, its worker and the kernel, changes no page and no end."""
    root = write_workspace(tmp_path / "w")
    jump = "import time\nbefore = time.time\ntime.time = lambda: before() - 4e7"
    write_notebooks(root, review=notebook(jump, show()))
    place = load_workspace(root)
    store = stores.prepare(place)
    quarter = slices.check_quarter(store, place.organisation, faults.QUARTER)
    plan = make_plan(place, store, quarter=quarter, notebooks=("review",))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 4e7)
    outcomes = run(plan, publish="tests.faults:set_back")
    assert [outcome.state for outcome in outcomes] == ["done", "done"]
    assert all(0 <= outcome.seconds < 60 for outcome in outcomes)
    pages = [(plan.folder / team / "review.html").read_text() for team in ("nord", "sued")]
    assert pages == ["0", "1"], "the second was executed after its worker's clock was set back"
