"""The state on a day: rolled back by hand-made histories, and deaf to whatever came later."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from qbr_lib.data import history, prepare
from qbr_lib.parameters import load_workspace

DAY = dt.date(2026, 8, 1)
LATEST = dt.date(2026, 9, 30)
HEADER = (
    "opportunity_id,team_id,status,closed_on,created_on,expected_close_on,"
    "amount,list_amount,stage,reason"
)
DEALS = f"""{HEADER}
kept,nord,open,,2026-05-01,2026-10-10,700.00,600.00,Proposal,
late,nord,won,2026-09-01,2026-05-01,2026-09-01,900.00,800.00,,price
born,nord,open,,2026-08-15,2026-12-01,50.00,50.00,Qualified,
done,nord,lost,2026-07-10,2026-05-01,2026-07-10,300.00,300.00,,budget
twice,nord,lost,2026-09-20,2026-05-01,2026-09-20,400.00,400.00,,budget
newest,nord,won,2026-09-30,2026-05-01,2026-09-30,1.00,1.00,,
"""
EVENTS = """opportunity_id,changed_at,field,old_value,new_value
kept,2026-07-01 10:00:00,amount,500.00,650.00
kept,2026-08-20 10:00:00,amount,650.00,700.00
kept,2026-08-20 10:00:00,stage,Qualified,Proposal
kept,2026-08-21 10:00:00,expected_close_on,2026-08-30,2026-10-10
late,2026-08-10 10:00:00,amount,850.00,900.00
twice,2026-07-20 10:00:00,status,open,won
twice,2026-08-05 10:00:00,status,won,open
twice,2026-09-20 10:00:00,status,open,lost
"""


def _data(write_workspace, as_of, deals=DEALS, events=EVENTS, **files):
    given = {"opportunities.csv": deals, "opportunity_events.csv": events} | files
    return prepare.prepare(load_workspace(write_workspace(given)), as_of, None)


def test_state_of_a_day(write_workspace):
    """Stage, amount and planned day come from the history; later closings are not known yet."""
    deals = _data(write_workspace, DAY.isoformat()).tables["opportunities"]
    rows = deals.set_index("opportunity_id")
    assert sorted(rows.index) == ["done", "kept", "late", "newest", "twice"]
    assert rows.loc["kept", "amount"] == 650.0
    assert rows.loc["kept", "stage"] == "Qualified"
    assert rows.loc["kept", "expected_close_on"] == pd.Timestamp("2026-08-30")
    assert rows.loc["late", "status"] == "open"
    assert rows.loc["late", "amount"] == 850.0
    assert pd.isna(rows.loc["late", "closed_on"])
    assert pd.isna(rows.loc["late", "reason"])
    assert rows.loc["done", "status"] == "lost"
    assert rows.loc["done", "reason"] == "budget"


def test_a_closing_that_was_undone_later_still_holds_on_the_day(write_workspace):
    """Won on 20 July and reopened on 5 August: on 1 August it is won."""
    rows = _data(write_workspace, "2026-08-01").tables["opportunities"].set_index("opportunity_id")
    assert rows.loc["twice", "status"] == "won"
    assert rows.loc["twice", "closed_on"] == pd.Timestamp("2026-07-20")
    rows = _data(write_workspace, "2026-08-06").tables["opportunities"].set_index("opportunity_id")
    assert rows.loc["twice", "status"] == "open"


def test_without_history_the_amount_is_the_list_amount(write_workspace):
    """No history: the stage of an earlier day is unknown, the amount is what creation knew."""
    files = {"opportunities.csv": DEALS}
    data = prepare.prepare(load_workspace(write_workspace(files)), DAY.isoformat(), None)
    rows = data.tables["opportunities"].set_index("opportunity_id")
    assert rows.loc["kept", "amount"] == 600.0
    assert rows.loc["late", "amount"] == 800.0
    assert pd.isna(rows.loc["kept", "stage"])
    assert rows.loc["done", "amount"] == 300.0
    assert pd.isna(rows.loc["late", "expected_close_on"])


def test_the_newest_day_shows_the_rows_as_exported(write_workspace):
    """As of the newest day nothing is rolled back."""
    rows = _data(write_workspace, "latest").tables["opportunities"].set_index("opportunity_id")
    assert rows.loc["kept", ["amount", "stage"]].tolist() == [700.0, "Proposal"]
    assert rows["status"].value_counts().to_dict() == {"open": 2, "lost": 2, "won": 2}


@pytest.mark.parametrize("seed", range(5))
def test_later_facts_change_nothing(write_workspace, seed):
    """Whatever is altered at random after the day, the prepared data of the day is identical."""
    before = _data(write_workspace, DAY.isoformat())
    random = np.random.default_rng(seed)
    lines = []
    for line in DEALS.splitlines()[1:]:
        fields = line.split(",")
        closed, created = fields[3], fields[4]
        if created > DAY.isoformat() or closed > DAY.isoformat():
            fields[3] = f"2026-09-{random.integers(1, 29):02d}" if closed else ""
            fields[2] = random.choice(["won", "lost"]) if closed else "open"
            fields[6] = f"{random.integers(1, 9999)}.00"
            fields[9] = "other"
        lines.append(",".join(fields))
    events = []
    for line in EVENTS.splitlines()[1:]:
        fields = line.split(",")
        if fields[1] > DAY.isoformat() and fields[2] == "amount":
            fields[4] = f"{random.integers(1, 9999)}.00"
        events.append(",".join(fields))
    altered = "\n".join([HEADER, *lines]) + "\n"
    changes = "\n".join([EVENTS.splitlines()[0], *events]) + "\n"
    after = _data(write_workspace, DAY.isoformat(), altered, changes)
    pd.testing.assert_frame_equal(before.tables["opportunities"], after.tables["opportunities"])
    pd.testing.assert_frame_equal(before.history.changes, after.history.changes)
    pd.testing.assert_frame_equal(before.flags, after.flags)


def test_contradictions_are_named(write_workspace):
    """A last change that disagrees with the row, a gap and a stray history are each named."""
    events = EVENTS + (
        "kept,2026-09-01 10:00:00,amount,999.00,800.00\n"
        "ghost,2026-09-01 10:00:00,amount,1.00,2.00\n"
    )
    flags = _data(write_workspace, "latest", events=events).flags
    named = flags.groupby("flag")["opportunity_id"].apply(list).to_dict()
    assert named["history_gap"] == ["kept"]
    assert named["history_contradicts_deal"] == ["kept"]
    assert named["event_without_deal"] == ["ghost"]
    assert named["closing_changed"] == ["twice"]


def test_removed_deals_count_nowhere(write_workspace):
    """A removed deal is out from then on, though its row may stay."""
    events = EVENTS + "done,2026-07-15 09:00:00,removed,false,true\n"
    rows = _data(write_workspace, "2026-08-01", events=events).tables["opportunities"]
    row = rows.set_index("opportunity_id").loc["done"]
    assert (row["status"], row["removed_on"]) == ("open", pd.Timestamp("2026-07-15"))


def test_snapshots_become_changes(write_workspace):
    """Differences between a deal's snapshots, and to its row, are its recorded changes."""
    snapshots = (
        "taken_on,opportunity_id,status,stage,amount,expected_close_on\n"
        "2026-06-30,kept,open,Qualified,500.00,2026-08-30\n"
        "2026-07-31,kept,open,Qualified,650.00,2026-08-30\n"
    )
    files = {"opportunities.csv": DEALS, "opportunity_snapshots.csv": snapshots}
    data = prepare.prepare(load_workspace(write_workspace(files)), "latest", None)
    assert (data.history.kind, data.history.since) == ("snapshots", dt.date(2026, 6, 30))
    told = data.history.changes[["at", "field", "old", "new"]].astype(str).to_numpy().tolist()
    assert told == [
        ["2026-07-31", "amount", "500.00", "650.00"],
        ["2026-09-30", "stage", "Qualified", "Proposal"],
        ["2026-09-30", "amount", "650.00", "700.00"],
        ["2026-09-30", "expected_close_on", "2026-08-30", "2026-10-10"],
    ]


STAGES = """opportunity_id,changed_at,field,old_value,new_value
kept,2026-07-15 10:00:00,stage,,Qualified
kept,2026-08-20 10:00:00,stage,,Proposal
"""


def test_stages_alone_are_no_history_of_the_pipeline(write_workspace):
    """Events without planned days tell stages; what else they lack is named, and not guessed."""
    data = _data(write_workspace, DAY.isoformat(), events=STAGES)
    rows = data.tables["opportunities"].set_index("opportunity_id")
    assert rows.loc["kept", "stage"] == "Qualified"
    assert (data.history.kind, data.history.since) == ("events", None)
    told = ("opportunity_events.expected_close_on", "pipeline bridge and slipped deals")
    assert told in data.impossible


def test_snapshots_complete_events(write_workspace):
    """Fields that the events do not record come from the snapshots; those they do, from them."""
    snapshots = (
        "taken_on,opportunity_id,status,stage,amount,expected_close_on\n"
        "2026-06-30,kept,open,Elsewhere,500.00,2026-08-30\n"
    )
    files = {"opportunity_snapshots.csv": snapshots}
    told = _data(write_workspace, "latest", events=STAGES, **files).history
    assert (told.kind, told.since) == ("snapshots", dt.date(2026, 6, 30))
    rows = told.changes[["field", "old", "new"]].astype(object).where(told.changes.notna(), None)
    assert rows.to_numpy().tolist() == [
        ["stage", None, "Qualified"],
        ["stage", "Qualified", "Proposal"],
        ["amount", "500.00", "700.00"],
        ["expected_close_on", "2026-08-30", "2026-10-10"],
    ]


def test_events_without_amounts_say_so(write_workspace):
    """A history of planned days alone makes the pipeline possible, not how amounts changed."""
    events = "\n".join(line for line in EVENTS.splitlines() if ",amount," not in line) + "\n"
    data = _data(write_workspace, "latest", events=events)
    assert data.history.since is not None
    assert ("opportunity_events.amount", "amounts raised and lowered") in data.impossible


def test_a_deal_moves_with_its_owner(write_workspace):
    """The team is the owner's team at the moment; a closing stays with the team that owned it."""
    deals = (
        "opportunity_id,team_id,status,closed_on,created_on,owner_id,amount\n"
        "m1,nord,open,,2026-05-01,r2,10.00\n"
        "m2,nord,won,2026-07-05,2026-05-01,r2,20.00\n"
        "m3,nord,won,2026-09-30,2026-05-01,r1,20.00\n"
    )
    events = (
        "opportunity_id,changed_at,field,old_value,new_value\n"
        "m1,2026-08-01 09:00:00,owner_id,r1,r2\n"
        "m2,2026-08-01 09:00:00,owner_id,r1,r2\n"
    )
    reps = "rep_id,team_id\nr1,nord\nr2,sued\n"
    data = _data(write_workspace, "latest", deals, events, **{"reps.csv": reps})
    rows = data.tables["opportunities"].set_index("opportunity_id")["team_id"]
    assert rows.to_dict() == {"m1": "sued", "m2": "nord", "m3": "nord"}
    moves = data.history.changes
    moves = moves.loc[moves["field"] == "team_id", ["opportunity_id", "old", "new"]]
    assert moves.to_numpy().tolist() == [["m1", "nord", "sued"]]


def test_an_empty_history_has_typed_columns():
    """The empty history can be filtered by moment like any other."""
    assert history.cut(history.empty(), DAY).empty
    assert LATEST > DAY
