"""Notebooks executed in parallel: what fails stays apart, what is done is whole."""

import hashlib
import json
import os
import signal
import sys

import nbformat
import pytest
from filelock import FileLock

from qbr_lib.data import kept as protected
from qbr_lib.data import slices
from qbr_lib.data import store as stores
from qbr_lib.errors import RunError
from qbr_lib.parameters import load_workspace
from qbr_lib.results import read
from qbr_lib.run import make_plan, run
from qbr_lib.words import in_language
from tests.notebooks.stubs import (
    notebook,
    page,
    show,
    write_notebooks,
    write_team_file,
    write_workspace,
)

pytestmark = pytest.mark.kernel

TEAMS = ("nord", "bad value", "refused", "silent", "stranger", "dead", "no page", "leaves", "full")
FILES = ("review.ipynb", "review.html", "review.result.json")
BEHAVIOUR = """\
import os
if team == "bad value":
    raise ValueError("amount is 'tausend'\\nand more")
if team == "refused":
    from qbr_lib.errors import PeriodError
    raise PeriodError("The quarter lies outside the data", where="parameter 'quarter'", got="x")
if team == "dead":
    os.kill(os.getpid(), 9)
if team == "leaves":
    raise SystemExit(0)
"""
OUTPUT = """\
import hashlib, sys, warnings
warnings.warn("careful", stacklevel=1)
print(workspace, os.getcwd(), language, overrides)
print(hashlib.sha256(sys.executable.encode()).hexdigest())
"""


def _plan(root, notebooks=("review",), **chosen):
    workspace = load_workspace(root)
    store = stores.prepare(workspace)
    quarter = slices.check_quarter(store, workspace.organisation, "2026-Q3")
    return make_plan(workspace, store, quarter=quarter, notebooks=notebooks, **chosen)


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _entries(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    return {entry["team"]: entry for entry in manifest["workbooks"]}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Write ten teams with a fate each, in a folder with braces in its name."""
    root = write_workspace(tmp_path_factory.mktemp("run") / "a {b} ä", teams=TEAMS)
    end = (
        show(team="'nord' if team == 'stranger' else team") + "None if team == 'silent' else shown"
    )
    write_notebooks(root, review=notebook(BEHAVIOUR, OUTPUT, end, title="Revenue won"))
    write_team_file(
        root, team="nord", language="de", overrides={"thresholds": {"stale_chance": 0.1}}
    )
    for team in ("bad-value", "full"):
        folder = root / "build" / "2026-Q3" / team
        folder.mkdir(parents=True)
        for name in FILES:
            (folder / name).write_text("last good")
    (folder / ".review.html.partial").symlink_to("/dev/full")
    done = root / "build" / "2026-Q3" / "nord"
    done.mkdir()
    (done / "review.failed.ipynb").write_text("an earlier failure")
    (done / "deals.xlsx").write_text("of an earlier run")
    return root


@pytest.fixture(scope="module")
def ran(root):
    """Run them two at a time."""
    events = []
    outcomes = run(_plan(root), jobs=2, publish=page, on_event=events.append)
    return root / "build" / "2026-Q3", {o.workbook.team: o for o in outcomes}, events


@pytest.mark.parametrize(
    ("team", "state", "reason"),
    [
        ("nord", "done", None),
        ("bad value", "failed", "Cell 3 failed: ValueError: amount is 'tausend'."),
        ("refused", "failed", "The quarter lies outside the data (parameter 'quarter')."),
        ("silent", "failed", "The last cell shows no result."),
        (
            "stranger",
            "failed",
            "The result is another workbook's (review, last cell, team: nord instead of stranger).",
        ),
        (
            "dead",
            "killed",
            "The process was killed in cell 3, most often because memory ran out.",
        ),
        ("no page", "failed", "The page cannot be made: ValueError: the template is broken."),
        ("leaves", "failed", "The last cell shows no result."),
        ("full", "failed", "The disk is full; the last good files are untouched."),
    ],
)
def test_each_fate(ran, team, state, reason):
    """Each fate has its state and one sentence, in the manifest too; none stops another team."""
    folder, outcomes, _ = ran
    assert (outcomes[team].state, outcomes[team].reason) == (state, reason)
    entry = _entries(folder)[team]
    assert (entry["state"], entry["reason"], entry["notebook"]) == (state, reason, "review")


def test_done_is_whole(ran):
    """A done workbook has notebook, page and result, all hashed in the manifest, and is kept.

    What an earlier run made and this one did not is gone: its failure, its lists of deals.
    """
    folder, _, _ = ran
    files = _entries(folder)["nord"]["files"]
    assert files == {f"nord/{name}": _sha256(folder / "nord" / name) for name in FILES}
    assert sorted(path.name for path in (folder / "nord").iterdir()) == sorted(FILES)
    result = folder / "nord" / "review.result.json"
    assert read(result).measures["bookings.won_amount"].value == 1000.10
    kept = folder.parents[1] / "history/results/2026-Q3/nord/review-2026-10-05.result.json"
    assert kept.read_bytes() == result.read_bytes()


def test_own_result_is_of_its_mode(ran, root):
    """A company's own result that is silent on people was made with what was shown of them then."""
    folder, _, _ = ran
    mode = load_workspace(root).organisation.privacy.people
    assert read(folder / "nord" / "review.result.json").provenance["people"] == mode == "off"
    assert protected.quarters(load_workspace(root)) == []


def test_failed_is_apart(ran):
    """The last good files of a failed workbook are untouched; the traceback stands beside them."""
    folder, _, _ = ran
    for team in ("bad-value", "full"):
        assert [(folder / team / name).read_text() for name in FILES] == ["last good"] * 3
        left = sorted(path.name for path in (folder / team).iterdir())
        assert left == sorted([*FILES, "review.failed.ipynb"])
    failed = folder / "bad-value" / "review.failed.ipynb"
    assert "ValueError" in failed.read_text()
    files = _entries(folder)["bad value"]["files"]
    assert files == {"bad-value/review.failed.ipynb": _sha256(failed)}
    assert not (folder.parents[1] / "history/results/2026-Q3/bad-value").exists()


def test_manifest_shape(ran):
    """The manifest holds what the contract names, in the organisation's order."""
    folder, _, _ = ran
    manifest = json.loads((folder / "manifest.json").read_text())
    assert list(manifest) == ["schema", "quarter", "as_of", "workbooks"]
    assert (manifest["schema"], manifest["quarter"], manifest["as_of"]) == (
        1,
        "2026-Q3",
        "2026-10-05",
    )
    assert [entry["team"] for entry in manifest["workbooks"]] == list(TEAMS)
    keys = ["team", "notebook", "state", "seconds", "reason", "warnings", "files"]
    assert list(manifest["workbooks"][0]) == keys


def test_executed_notebook(ran, root):
    """It ran in this interpreter and this language, and tells neither paths nor times."""
    folder, _, _ = ran
    text = (folder / "nord" / "review.ipynb").read_text()
    executed = nbformat.reads(text, as_version=4)
    assert executed.cells[0].source == in_language("de").say("Revenue won")
    printed = next(o.text for o in executed.cells[4].outputs if o.get("name") == "stdout")
    interpreter = hashlib.sha256(sys.executable.encode()).hexdigest()
    assert printed == f". . de {{'thresholds': {{'stale_chance': 0.1}}}}\n{interpreter}\n"
    assert executed.metadata.papermill.parameters.workspace == "."
    for hint in (str(root), "start_time", "iopub", "ipykernel_", "duration"):
        assert hint not in text


def test_events(ran):
    """Each workbook begins and ends once, and the count of those done rises to the total."""
    _, _, events = ran
    assert [e.kind for e in events].count("started") == len(TEAMS)
    ended = [e for e in events if e.kind == "finished"]
    assert [e.done for e in ended] == list(range(1, len(TEAMS) + 1))
    assert {e.total for e in events} == {len(TEAMS)}


def test_again(ran, root):
    """The same inputs give the same files byte for byte; other teams' entries stay as they were."""
    folder, _, _ = ran
    before = {name: _sha256(folder / "nord" / name) for name in FILES}
    entries = _entries(folder)
    (outcome,) = run(_plan(root, teams=("nord",)), publish=page, force=True)
    assert outcome.state == "done"
    assert {name: _sha256(folder / "nord" / name) for name in FILES} == before
    again = _entries(folder)
    assert list(again) == list(entries)
    assert again["dead"] == entries["dead"]


def test_up_to_date(tmp_path):
    """What is up to date is not executed and keeps its files; a touched deal runs its own alone."""
    root = write_workspace(tmp_path / "w", groups={"nord": "Küste"})
    write_notebooks(
        root, portfolio=notebook(show("portfolio", team="None")), review=notebook(show())
    )
    names = ("review", "portfolio")
    run(_plan(root, names), publish=page)
    folder = root / "build" / "2026-Q3"
    before = {path: path.read_bytes() for path in folder.glob("*/*")}
    (folder / "nord" / "review.failed.ipynb").write_text("a failure since then, mended")
    events = []
    outcomes = run(_plan(root, names), publish=page, on_event=events.append)
    assert [(e.kind, e.done, e.outcome.state, e.why) for e in events] == [
        ("finished", n, "cached", ()) for n in range(1, 5)
    ]
    assert [outcome.state for outcome in outcomes] == ["cached"] * 4
    assert {path: path.read_bytes() for path in folder.glob("*/*")} == before
    told = _entries(folder)["nord"]
    assert (told["state"], told["reason"]) == ("cached", None)
    assert told["files"] == {f"nord/{name}": _sha256(folder / "nord" / name) for name in FILES}
    deals = root / "data" / "opportunities.csv"
    deals.write_text(deals.read_text().replace("2026-05-01,100.00", "2026-05-01,100.01", 1))
    events.clear()
    run(_plan(root, names), publish=page, on_event=events.append)
    ended = {e.workbook.folder: (e.outcome.state, e.why) for e in events if e.kind == "finished"}
    assert ended == {
        "sued": ("cached", ()),
        "nord": ("done", ("deals",)),
        "company": ("done", ("deals", "teams")),
        "group-kueste": ("done", ("deals", "teams")),
    }


def test_time_limit(tmp_path):
    """A notebook that does not end is stopped, and the cell it stood in is named."""
    root = write_workspace(tmp_path / "w")
    write_notebooks(root, review=notebook("import time; time.sleep(600)", show()))
    (outcome,) = run(_plan(root, teams=("nord",)), limit=1)
    assert outcome.state == "timed_out"
    assert outcome.reason == "Cell 3 was still running after 1 seconds."
    assert (root / "build/2026-Q3/nord/review.failed.ipynb").is_file()


def test_time_limit_of_many_cells(tmp_path):
    """The limit is that of the workbook, however many cells share it."""
    root = write_workspace(tmp_path / "w")
    write_notebooks(root, review=notebook(*["import time; time.sleep(0.4)"] * 12, show()))
    (outcome,) = run(_plan(root, teams=("nord",)), limit=2)
    assert outcome.state == "timed_out"


def lose_nord(executed, result, workbook):
    """End the whole process while nord's page is made."""
    if workbook.team == "nord":
        os.kill(os.getpid(), signal.SIGKILL)
    return {"review.html": b"<html></html>"}


def test_lost_process(tmp_path):
    """A process that is killed twice with its workbook takes no other workbook with it."""
    root = write_workspace(tmp_path / "w")
    write_notebooks(root, review=notebook(show()))
    lost, done = run(_plan(root), jobs=1, publish=lose_nord)
    assert (lost.state, done.state) == ("killed", "done")
    assert lost.reason == "The process was killed, most often because memory ran out."
    assert not list((root / "build/2026-Q3/nord").iterdir())


def test_portfolio_must_add_up(tmp_path):
    """Portfolios run last; one that is a cent off its teams fails, with both numbers named."""
    root = write_workspace(tmp_path / "w", groups={"nord": "Küste"})
    portfolio = notebook(show("portfolio", team="None", company="1250.31"))
    write_notebooks(root, portfolio=portfolio, review=notebook(show()))
    *teams, company, group = run(_plan(root, ("review", "portfolio")), jobs=2, publish=page)
    assert [outcome.state for outcome in teams] == ["done", "done"]
    assert (group.workbook.folder, group.state) == ("group-kueste", "done")
    assert (company.workbook.folder, company.state) == ("company", "failed")
    assert company.reason == (
        "bookings.won_amount is €1,250.31 in the portfolio and €1,250.30 in the teams, "
        "a difference of €0.01."
    )
    assert not (root / "build/2026-Q3/company/portfolio.html").exists()


def test_one_run_at_a_time(tmp_path):
    """A second run of the same quarter is refused while one is under way."""
    root = write_workspace(tmp_path / "w")
    write_notebooks(root, review=notebook(show()))
    plan = _plan(root)
    plan.folder.mkdir(parents=True)
    with FileLock(plan.folder / ".lock"), pytest.raises(RunError) as caught:
        run(plan)
    assert str(caught.value) == (
        "Another run of this quarter is under way.\n"
        "  Where: build/2026-Q3\n"
        "  Got: a locked folder\n"
        "  Wanted: one run of a quarter at a time\n"
        "  Edit: wait for the other run to end"
    )
