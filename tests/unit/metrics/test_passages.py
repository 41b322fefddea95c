"""What deals did in the stages, from recorded changes, snapshots, or the last stage alone."""

import numpy as np
import pandas as pd
import pytest

from qbr_lib.metrics import passages

STAGES = ["One", "Two", "Three"]


def deal(name, created, status="open", **given):
    """Return a deal."""
    return {"opportunity_id": name, "created_on": created, "status": status} | given


def moves(name, *steps):
    """Return the changes of a deal's stage: day, from, to."""
    return [(name, f"{day} 10:00", "stage", old, new) for day, old, new in steps]


@pytest.fixture
def data(make_slice):
    """Return deals that go on, skip, go back, are lost, removed, and older than the records."""
    deals = [
        deal("on", "2026-07-01", "won", closed_on="2026-08-01"),
        deal("back", "2026-07-02", "lost", closed_on="2026-08-20", stage="Closed Lost"),
        deal("open", "2026-08-05"),
        deal("old", "2026-01-01", stage="Two"),
        deal("gone", "2026-07-10", removed_on="2026-07-30"),
        deal("other", "2026-07-01", team_id="sued"),
    ]
    changes = [
        *moves("on", ("2026-07-01", "One", "Two"), ("2026-07-11", "Two", "Three")),
        *moves("back", ("2026-07-05", "One", "Three"), ("2026-07-20", "Three", "Two")),
        *moves("back", ("2026-08-20", "Two", "Closed Lost")),
        *moves("gone", ("2026-07-20", None, "Two"), ("2026-08-15", "Two", "Three")),
        *moves("other", ("2026-07-05", "One", "Two")),
    ]
    return make_slice(deals, changes, stages=STAGES)


def test_visits(data):
    """Every stay in a stage with its days, closed stages and later changes passed over."""
    seen = passages.visits(data)
    ids = data.opportunities["opportunity_id"][seen["deal"]]
    days = {name: seen[name].dt.strftime("%m-%d").fillna("–") for name in ("since", "until")}
    rows = [*zip(ids, seen["stage"], days["since"], days["until"], seen["next"], strict=True)]
    assert rows == [
        ("on", 0, "07-01", "07-01", 1), ("on", 1, "07-01", "07-11", 2), ("on", 2, "07-11", "08-01", 3),
        ("back", 0, "07-02", "07-05", 2), ("back", 2, "07-05", "07-20", 1), ("back", 1, "07-20", "08-20", -1),
        ("open", 0, "08-05", "–", -2), ("old", 1, "–", "–", -2), ("gone", 1, "07-20", "07-30", -2),
    ]  # fmt: skip


def test_passages(data):
    """A step back does not end a passage; a deal older than the records has none."""
    passed = passages.passages(passages.visits(data), data)
    ids = data.opportunities["opportunity_id"][passed["deal"]]
    days = (passed["until"] - passed["entered"]).tolist()
    assert sorted(zip(ids, passed["stage"], days, passed["outcome"], strict=True)) == [
        ("back", 0, 3, "on"), ("back", 1, 31, "lost"), ("back", 2, 46, "lost"), ("gone", 1, 10, "open"),
        ("on", 0, 0, "on"), ("on", 1, 10, "on"), ("on", 2, 21, "on"), ("open", 0, 56, "open"),
    ]  # fmt: skip


def test_furthest(data):
    """The furthest stage, not the last one; from the last one alone where nothing is recorded."""
    far = passages.furthest(data, passages.visits(data))
    assert far.tolist() == [2, 2, 0, 1, 1]
    alone = passages.furthest(data, None)
    assert alone.fillna(-1).tolist() == [-1, -1, -1, 1, -1, -1]


@pytest.mark.parametrize(
    ("changes", "kind", "stage", "stages", "grade"),
    [
        ([("a", "2026-07-05", "stage", "One", "Two")], "events", None, STAGES, "A"),
        ([("a", "2026-07-05", "stage", "One", "Two")], "snapshots", None, STAGES, "B"),
        ([("a", "2026-07-05", "amount", "1.00", "2.00")], "events", "One", STAGES, "C"),
        (None, None, "Elsewhere", STAGES, None),
        (None, None, "One", [], None),
    ],
    ids=["events", "snapshots", "last stage", "other names", "no order"],
)
def test_grades(make_slice, changes, kind, stage, stages, grade):
    """What the data tells decides the grade."""
    data = make_slice([deal("a", "2026-07-01", stage=stage)], changes, kind=kind, stages=stages)
    assert passages.grade(data) == grade


def test_littles_law(make_slice):
    """Deals in a stage on an average day are those that enter a day, times the days they stay."""
    random = np.random.default_rng(4)
    days = pd.Timestamp("2026-01-01") + pd.to_timedelta(random.integers(0, 150, 60), "D")
    stays = random.integers(1, 40, 60)
    deals = [deal(f"d{n}", day, "lost", closed_on=day + pd.Timedelta(days=int(stay)))
             for n, (day, stay) in enumerate(zip(days, stays, strict=True))]  # fmt: skip
    begin = moves("first", ("2025-12-31", "One", "Two"))
    data = make_slice([*deals, deal("first", "2025-12-01")], begin, stages=STAGES)
    passed = passages.passages(passages.visits(data), data)
    mine = passed.loc[passed["stage"] == 0]
    span = np.arange(mine["entered"].min(), mine["until"].max())
    inside = [((mine["entered"] <= day) & (mine["until"] > day)).sum() for day in span]
    rate, stay = len(mine) / len(span), (mine["until"] - mine["entered"]).mean()
    assert np.mean(inside) == pytest.approx(rate * stay)
