"""Whose team something was on a day, and whom to believe."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from qbr_lib.data import ownership

REPS = pd.DataFrame(
    [
        ("a", "nord", "2026-01-01"),
        ("a", "sued", "2026-08-10"),
        ("b", "sued", None),
        ("c", "gone", "2026-01-01"),
    ],
    columns=["rep_id", "team_id", "joined_on"],
).assign(joined_on=lambda rows: pd.to_datetime(rows["joined_on"]))
TABLES = {"reps": REPS, "teams": pd.DataFrame({"team_id": ["nord", "sued"]})}


def _days(*days):
    return pd.to_datetime(pd.Series(days))


def test_team_on_a_day():
    """A rep's first team counts from ever, a later one from its first day; nobody has none."""
    people = pd.Series(["a", "a", "a", "b", "x", None], dtype="str", index=[9, 8, 7, 6, 5, 4])
    days = _days("2020-01-01", "2026-08-09", "2026-08-10", "2026-01-01", "2026-01-01", "2026-01-01")
    found = ownership.team_on(people, days.set_axis(people.index), REPS)
    assert found.index.equals(people.index)
    assert found.fillna("-").tolist() == ["nord", "nord", "sued", "sued", "-", "-"]
    assert ownership.team_on(people, days.set_axis(people.index), None).isna().all()


@pytest.mark.parametrize("seed", range(3))
def test_team_on_a_day_naively(seed):
    """The teams are those of looking up each rep's spells."""
    random = np.random.default_rng(seed)
    days = pd.Timestamp("2026-01-01") + pd.to_timedelta(random.integers(0, 20, 30), unit="D")
    names = ["rep_id", "team_id", "joined_on"]
    reps = pd.DataFrame(
        zip(random.choice(list("abc"), 30), random.choice(list("nsw"), 30), days, strict=True),
        columns=names,
    ).drop_duplicates(["rep_id", "joined_on"])
    people = pd.Series(random.choice(list("abcx"), 40), dtype="str")
    asked = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(range(40), unit="D"))
    expected = []
    for person, day in zip(people, asked, strict=True):
        own = reps.loc[reps["rep_id"] == person].sort_values("joined_on")
        past = own.loc[own["joined_on"] <= day, "team_id"]
        expected.append(past.iloc[-1] if len(past) else next(iter(own["team_id"]), "-"))
    assert ownership.team_on(people, asked, reps).fillna("-").tolist() == expected


def test_teams_of_leads_and_activities():
    """A lead is of its owner's team, else of the one it names; an activity of its rep's, or deal's."""
    leads = pd.DataFrame(
        {"owner_id": ["a", None, "c", None], "team_id": ["sued", "sued", None, None]}, dtype="str"
    ).assign(created_on=pd.Timestamp("2026-02-01"))
    acts = pd.DataFrame(
        {"rep_id": ["a", "x", None], "opportunity_id": ["d", "d", None]}, dtype="str"
    ).assign(done_on=pd.Timestamp("2026-09-01"))
    deals = pd.DataFrame({"opportunity_id": ["d"], "team_id": ["nord"]}, dtype="str")
    tables = TABLES | {"leads": leads, "activities": acts, "opportunities": deals}
    found = ownership.of_people(tables)
    assert found["leads"]["team_id"].tolist() == ["nord", "sued", "unassigned", "unassigned"]
    assert found["activities"]["team_id"].fillna("-").tolist() == ["sued", "nord", "-"]
    assert ownership.of_people(TABLES) == {}


def test_whom_to_believe():
    """A deal follows the snapshots only where they told another team than its owner's."""
    deals = pd.DataFrame(
        {"opportunity_id": ["as told", "moved", "untold"], "owner_id": ["a", "b", "b"]}, dtype="str"
    ).assign(team_id="nord")
    snapshots = pd.DataFrame(
        {
            "opportunity_id": ["as told", "as told", "moved", "gone"],
            "team_id": ["nord", "sued", "nord", "nord"],
            "taken_on": _days("2026-08-01", "2026-09-01", "2026-08-01", "2026-08-01"),
        }
    )
    seen = ownership.watched(deals, snapshots, TABLES)
    assert seen["follows"].to_dict() == {"as told": False, "moved": True}
    assert seen["owner"].to_dict() == {"as told": "a", "moved": "b"}
    assert ownership.watched(deals, None, TABLES).empty


def test_what_snapshots_told_of_owners_is_no_matter():
    """Where snapshots tell the team, the owners they may tell or not change nothing."""
    deals = pd.DataFrame({"opportunity_id": ["d"], "owner_id": ["a"]}, dtype="str").assign(
        team_id="nord", closed_on=pd.NaT
    )
    change = {"opportunity_id": "d", "at": pd.Timestamp("2026-09-01"), "field": "owner_id"}
    told = pd.DataFrame([change | {"old": "a", "new": "b"}])
    seen = pd.DataFrame({"owner": ["b"], "follows": [False], "team": ["sued"]}, index=["d"])
    for changes in (told, told.head(0)):
        owned, after = ownership.assign(deals, changes, TABLES, seen)
        assert owned["team_id"].tolist() == ["sued"]
        assert after["field"].tolist() == changes["field"].tolist()
    _, after = ownership.assign(deals, told, TABLES, seen.head(0))
    moved = after.loc[after["field"] == "team_id", ["old", "new"]]
    assert moved.to_numpy().tolist() == [["nord", "sued"]]


def test_the_present_team():
    """A closed deal's team is the one at its closing, an open one's that of the newest day."""
    deals = pd.DataFrame({"owner_id": ["a", "a", "x", "c"]}, dtype="str").assign(
        team_id="sued", closed_on=_days("2026-07-01", None, None, None)
    )
    found = ownership.present(deals, TABLES, dt.date(2026, 10, 5))
    assert found.tolist() == ["nord", "sued", "sued", "unassigned"]
