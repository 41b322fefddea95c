"""The manifest: what ran now, and what earlier runs made of the other teams."""

import json
from dataclasses import replace

import pytest

from qbr_lib.run import Outcome, manifest
from qbr_lib.words import in_language

ENGLISH = in_language("en")


def _done(book, state="done", as_of="2026-10-05"):
    name = f"{book.folder}/{book.notebook}.result.json"
    path = book.output.parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"as_of": as_of}))
    return Outcome(book, state, 1.5, None if state == "done" else "Why.", (), {name: "00"})


def _states(plan):
    entries = manifest.read(plan.folder)["workbooks"]
    return [(entry["team"], entry["notebook"], entry["state"]) for entry in entries]


def test_entry(planned):
    """An entry has the keys of the contract and nothing else."""
    plan = planned(teams=["nord"], notebooks=["review"])
    path = manifest.write(plan, [_done(plan.workbooks[0])], ENGLISH)
    assert path == plan.folder / "manifest.json"
    assert json.loads(path.read_text()) == {
        "schema": 1,
        "quarter": "2026-Q3",
        "as_of": "2026-10-05",
        "workbooks": [
            {
                "team": "nord",
                "notebook": "review",
                "state": "done",
                "seconds": 1.5,
                "reason": None,
                "warnings": [],
                "files": {"nord/review.result.json": "00"},
            }
        ],
    }


def test_merged(planned):
    """A run of one team replaces its entries and keeps the others, in the organisation's order."""
    whole = planned(notebooks=["review", "portfolio"])
    manifest.write(whole, [_done(book) for book in reversed(whole.workbooks)], ENGLISH)
    again = planned(teams=["sued"], notebooks=["review"])
    manifest.write(again, [_done(again.workbooks[0], "failed")], ENGLISH)
    assert _states(again) == [
        ("nord", "review", "done"),
        ("sued", "review", "failed"),
        ("ÖST", "review", "done"),
        (None, "portfolio", "done"),
        (None, "portfolio", "done"),
    ]


def test_portfolios_of_an_interrupted_run(planned):
    """A run that made one portfolio keeps what is told of the others."""
    plan = planned(notebooks=["portfolio"])
    manifest.write(plan, [_done(book) for book in plan.workbooks], ENGLISH)
    before = manifest.read(plan.folder)["workbooks"]
    manifest.write(plan, [_done(plan.workbooks[1], "failed")], ENGLISH)
    after = manifest.read(plan.folder)["workbooks"]
    assert [entry["files"] for entry in after] == [entry["files"] for entry in before]
    assert [entry["state"] for entry in after] == ["done", "failed"]


def test_gone(planned, root):
    """An entry whose notebook is gone is left out."""
    whole = planned(teams=["nord"])
    manifest.write(whole, [_done(book) for book in whole.workbooks], ENGLISH)
    (root / "notebooks" / "3_extra.ipynb").unlink()
    again = planned(teams=["sued"], notebooks=["review"])
    manifest.write(again, [_done(again.workbooks[0])], ENGLISH)
    assert _states(again) == [("nord", "review", "done"), ("sued", "review", "done")]


def test_another_day(planned):
    """An entry that another day's run left says so, once."""
    whole = planned(notebooks=["review"])
    manifest.write(whole, [_done(book, as_of="2026-10-01") for book in whole.workbooks], ENGLISH)
    for team in ("sued", "ÖST"):
        again = planned(teams=[team], notebooks=["review"])
        manifest.write(again, [_done(again.workbooks[0])], ENGLISH)
    entries = manifest.read(whole.folder)["workbooks"]
    note = "An earlier run made it, as of 2026-10-01."
    assert [entry["warnings"] for entry in entries] == [[note], [], []]


@pytest.mark.parametrize("content", ["", "[]", '{"schema": 2}', '{"schema": 1, "workbooks": [{}]}'])
def test_unreadable_is_empty(planned, content):
    """A manifest that is cut off or of another schema is replaced, not fatal."""
    plan = planned(notebooks=["review"])
    plan.folder.mkdir(parents=True, exist_ok=True)
    (plan.folder / "manifest.json").write_text(content)
    manifest.write(plan, [_done(plan.workbooks[0])], ENGLISH)
    assert _states(plan) == [("nord", "review", "done")]


@pytest.mark.parametrize(
    ("review", "extra", "names"),
    [
        (("done", "2026-10-05"), ("done", "2026-10-05"), ["review", "extra"]),
        (("done", "2026-10-05"), ("failed", "2026-10-05"), []),
        (("done", "2026-10-01"), ("done", "2026-10-05"), []),
    ],
    ids=["all", "one failed", "one of another day"],
)
def test_finished(planned, review, extra, names):
    """A team counts as finished when all its workbooks are done as of the run's day."""
    plan = planned(teams=["nord"])
    states = (review, extra)
    outcomes = [_done(b, *state) for b, state in zip(plan.workbooks, states, strict=True)]
    paths = [plan.folder / "nord" / f"{name}.result.json" for name in names]
    manifest.write(plan, outcomes, ENGLISH)
    assert manifest.finished(plan, []) == ({"nord": paths} if paths else {})
    (first, *_), all_done = outcomes, [_done(book) for book in plan.workbooks]
    assert manifest.finished(plan, [replace(first, state="failed")]) == {}
    assert len(manifest.finished(plan, all_done)["nord"]) == 2
