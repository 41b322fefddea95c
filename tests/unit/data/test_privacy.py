"""People as the organisation shows them: nobody is told, and no figure of a team changes."""

import datetime as dt

import pytest

from qbr_lib.data import check, prepare, privacy, slices
from qbr_lib.data import store as stores
from qbr_lib.metrics import bookings, conversion, cycle, pipeline
from qbr_lib.parameters import load_workspace
from qbr_lib.periods import Quarter
from qbr_lib.schema import TABLES
from qbr_lib.words import in_language
from tests.unit.data.worlds import TEAMS, World

DAYS = [dt.date(2026, 7, 1), dt.date(2026, 8, 10), dt.date(2026, 10, 5)]
QUARTER = Quarter.parse("2026-Q3")
HEADER = "opportunity_id,team_id,status,closed_on,created_on,owner_id,amount,name\n"
DEALS = f"""{HEADER}
o1,nord,won,2026-07-10,2026-05-01,r-7a,10.00,Pumpe für Änne Über
o2,nord,open,,2026-06-01,r-7b,20.00,Ventil
o3,sued,open,,2026-10-05,stray-1,30.00,Waage
"""
FILES = {
    "opportunities.csv": DEALS,
    "teams.csv": "team_id,name,manager\nnord,Nord,Änne Über\nsued,Süd,Jo Boss\n",
    "reps.csv": "rep_id,name,team_id,manager_id,territory,joined_on\n"
    "r-7a,Änne Über,nord,r-7b,Hessen,2026-01-01\nr-7b,Ole Ähm,nord,,,\n"
    "r-7c,Two Rows,nord,,,\nr-7c,Two Rows,nord,,,\n",
    "accounts.csv": "account_id,name,owner_id\nk1,Firma,r-7a\n",
    "leads.csv": "lead_id,created_on,owner_id,source\nl1,2026-05-01,r-7a,Tipp von Ole Ähm\n",
    "activities.csv": "activity_id,rep_id,kind,done_on\na1,r-7b,call,2026-05-01\n",
    "opportunity_events.csv": "opportunity_id,changed_at,field,old_value,new_value\n"
    "o1,2026-06-01 08:00:00,owner_id,r-7b,r-7a\no2,2026-06-02 08:00:00,owner_id,r-7a,r-7a1\n"
    "o2,2026-06-03 08:00:00,amount,5.00,20.00\no3,2026-10-05 07:00:00,owner_id,,Zyx\n",
    "targets.csv": "quarter,scope,scope_id,kind,value\n2026-Q3,rep,r-7a,revenue,5\n"
    "2026-Q3,team,nord,revenue,9\n",
    "forecasts.csv": "submitted_on,quarter,scope,scope_id,category,amount\n"
    "2026-07-01,2026-Q3,Rep,r-7b,commit,7\n2026-07-01,2026-Q3,team,nord,commit,8\n",
    "competitor_notes.csv": "noted_on,competitor,note,source\n2026-07-01,K,Sagt r-7b,Änne Über\n",
}
PEOPLE = ("Zyx", "r-7a", "r-7b", "r-7c", "stray-1", "Änne", "Ole Ähm", "Jo Boss")


def _prepared(write_workspace, people, day="latest"):
    return prepare.prepare(
        load_workspace(write_workspace(FILES, privacy={"people": people})), day, None
    )


def _everything(data):
    """Return all that a prepared organisation holds, as text."""
    frames = [*data.tables.values(), data.history.changes, data.history.contradictions]
    frames += [data.flags, data.rejected, data.holders]
    return "\n".join([*(frame.to_csv() for frame in frames), repr(data)])


@pytest.mark.parametrize("day", ["latest", "2026-08-01"])
def test_nobody_is_told(write_workspace, day):
    """With off no id and no name is left, nor a code that would stand for one person."""
    text = _everything(_prepared(write_workspace, "off", day))
    assert [one for one in PEOPLE if one in text] == []
    assert "Person " not in text


def test_all_are_told_by_pseudonym(write_workspace):
    """With pseudonym a person has one pseudonym wherever an id or the name stood."""
    data = _prepared(write_workspace, "pseudonym")
    assert [one for one in PEOPLE if one in _everything(data)] == []
    tables = data.tables
    code = tables["reps"]["rep_id"].iloc[0]
    assert tables["reps"]["name"].iloc[0] == tables["teams"]["manager"].iloc[0] == code
    assert tables["opportunities"]["name"].iloc[0] == f"Pumpe für {code}"
    assert tables["competitor_notes"]["source"].tolist() == [code]
    for table, column in (("accounts", "owner_id"), ("leads", "owner_id"), ("targets", "scope_id")):
        assert tables[table][column].iloc[0] == code
    moved = data.history.changes.loc[lambda rows: rows["field"] == "owner_id"]
    assert moved["new"].iloc[0] == code
    assert moved["old"].iloc[0] == tables["reps"]["rep_id"].iloc[1]
    assert tables["reps"]["manager_id"].iloc[0] == tables["reps"]["rep_id"].iloc[1]


def test_named_is_as_it_is(write_workspace):
    """With named all of them are told: the test above would find them."""
    text = _everything(_prepared(write_workspace, "named"))
    assert [one for one in PEOPLE if one not in text] == []


def test_what_is_left_without_people(write_workspace):
    """Rows that exist per person are gone, all others stay; columns of people are not given."""
    named, off = (_prepared(write_workspace, mode) for mode in ("named", "off"))
    fewer = {name: len(named.tables[name]) - len(off.tables[name]) for name in off.tables}
    assert {name: n for name, n in fewer.items() if n} == {
        "opportunity_events": 3,
        "targets": 1,
        "forecasts": 1,
    }
    gone = {name: named.columns[name] - off.columns[name] for name in off.columns}
    assert {name: sorted(columns) for name, columns in gone.items() if columns} == {
        "opportunities": ["owner_id"],
        "accounts": ["owner_id"],
        "reps": ["manager_id", "name", "rep_id", "territory"],
        "teams": ["manager"],
        "leads": ["owner_id"],
        "activities": ["rep_id"],
    }
    assert off.tables["reps"]["joined_on"].notna().tolist() == [True, False]
    assert off.tables["leads"]["team_id"].tolist() == ["nord"]
    assert off.tables["activities"]["team_id"].tolist() == ["nord"]


@pytest.mark.parametrize("people", ["off", "pseudonym"])
def test_the_check_tells_nobody(write_workspace, people):
    """What `qbr check` prints and writes names no stray owner and no rejected rep."""
    root = write_workspace(FILES, privacy={"people": people})
    report = check.check(load_workspace(root))
    text = "\n".join([str(report.to_json()), *report.lines(in_language("en"))])
    assert [one for one in PEOPLE if one in text] == []
    assert ("Person " in text) == (people == "pseudonym")


def test_every_text_column_is_placed():
    """A new text column of the schema is a person's, free text, an id or a label: think of it."""
    placed = {}
    for name, table in TABLES.items():
        theirs = (*privacy.PERSONS.get(name, ()), *privacy.prose_columns(name))
        for column in table.columns:
            legal = column.values
            if column.type == "text" and not legal and column.name not in theirs:
                placed.setdefault(column.name, set()).add(name)
    assert {name: sorted(tables) for name, tables in placed.items()} == {
        "opportunity_id": [
            "activities",
            "leads",
            "opportunities",
            "opportunity_events",
            "opportunity_snapshots",
        ],
        "team_id": ["leads", "opportunities", "reps", "teams"],
        "account_id": ["accounts", "activities", "opportunities"],
        "lead_id": ["leads"],
        "activity_id": ["activities"],
        "currency": ["fx_rates", "opportunities"],
        "url": ["opportunities"],
        "old_value": ["opportunity_events"],  # an owner's, and covered where they are
        "new_value": ["opportunity_events"],
        "name": ["teams"],
        "territory": ["teams"],
        "group": ["teams"],
        "scope_id": ["forecasts", "targets"],  # a rep's, and covered where they are
        "metric": ["targets"],
        "scope": ["forecasts"],
        "category": ["forecasts"],
        "quarter": ["forecasts", "market", "targets"],
    }


def test_pseudonyms_are_resolved_again(write_workspace):
    """Snapshots kept with pseudonyms tell the owners again once they are named; unknown ones not."""
    world = World(4)
    for day, mode in zip(DAYS, ("pseudonym", "off", "named"), strict=True):
        root = write_workspace(world.export(day, events=False), privacy={"people": mode})
        place = load_workspace(root)
        store = stores.prepare(place)
        stores.keep_snapshot(place, store)
    changes = slices.load(store, place, team="company", quarter=QUARTER).history
    owners = changes.loc[changes["field"] == "owner_id", ["old", "new"]]
    assert len(owners)
    assert set(owners.to_numpy().ravel()) <= {rep for rep, *_ in world.reps}


@pytest.mark.parametrize("people", ["off", "named"])
def test_holders_of_a_slice(write_workspace, people):
    """A slice tells how many people hold a territory in its quarter, also where none is told."""
    world = World(6)
    root = write_workspace(world.export(DAYS[-1], events=True), privacy={"people": people})
    place = load_workspace(root)
    store = stores.prepare(place)
    of = {
        team: slices.load(store, place, team=team, quarter=QUARTER)
        for team in (*TEAMS, "group:all", "company")
    }
    held = {team: data.holders("territory") for team, data in of.items()}
    assert held["company"].to_dict() == held["group:all"].to_dict()
    assert (held["company"] <= held["nord"].add(held["sued"], fill_value=0)).all()
    assert (held["company"] >= held["nord"].reindex(held["company"].index).fillna(0)).all()
    assert set(held["company"].index) == {f"T{n}" for n in range(5)}
    before = of["company"].at(QUARTER.shift(-2)).holders("territory")
    assert before.sum() < held["company"].sum()
    assert of["nord"].holders("account_id").empty


def _measures(root, as_of):
    """Return every measure of each team, with the deals each counts."""
    place = load_workspace(root)
    store = stores.prepare(place, as_of=as_of)
    found = {}
    for team in TEAMS:
        data = slices.load(store, place, team=team, quarter=QUARTER)
        outcomes = [*bookings.measures(data), *conversion.measures(data)]
        for one in [*outcomes, *cycle.measures(data), *pipeline.measures(data)]:
            found[team, as_of, one.id] = repr(one)
    return found


def _grown(write_workspace, world, modes, *, events):
    """Let a workspace live through the exports of several days, each in its mode."""
    for day, mode in zip(DAYS[-len(modes) :], modes, strict=True):
        root = write_workspace(world.export(day, events=events), privacy={"people": mode})
        place = load_workspace(root)
        stores.keep_snapshot(place, stores.prepare(place))
    return _measures(root, "latest") | _measures(root, "2026-08-15"), root


@pytest.mark.parametrize(
    ("seed", "events", "lives"),
    [
        (1, True, [["off"], ["pseudonym"]]),
        (2, False, [["off"] * 3, ["named", "pseudonym", "off"], ["off", "pseudonym", "named"]]),
    ],
    ids=["events", "snapshots"],
)
def test_figures_of_a_team_do_not_depend_on_it(write_workspace, tmp_path, seed, events, lives):
    """Bookings, conversion, cycle and bridge are those of `named`, transferred deals among them."""
    world, found = World(seed), []
    for number, modes in enumerate([["named"] * len(lives[0]), *lives]):
        measures, root = _grown(write_workspace, world, modes, events=events)
        found.append(measures)
        root.rename(tmp_path / str(number))
    assert all(other == found[0] for other in found)
    moved = [text for (*_, name), text in found[0].items() if name == "pipeline.transferred"]
    assert any("value=0.0" not in text for text in moved)
