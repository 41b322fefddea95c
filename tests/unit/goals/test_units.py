"""Who a target can be split to: what each has brought, and whom privacy keeps out."""

import dataclasses

import pandas as pd
import pytest

from qbr_lib.data.holders import COLUMNS, TOO_FEW
from qbr_lib.data.slices import HOLDERS
from qbr_lib.goals import shares, units
from qbr_lib.measures import NO_PARTS, NOBODY
from tests.unit.metrics.test_bookings import closing

NAMED = {"people": "named"}
DAYS = ["2025-11-01", "2026-02-01", "2026-05-01", "2026-08-01"]
REPS = [
    {"rep_id": "r1", "name": "Ada", "team_id": "nord"},
    {"rep_id": "r2", "name": "Bo", "team_id": "nord", "ramp": 0.5},
    {"rep_id": "r3", "name": "Cy", "team_id": "nord", "left_on": "2026-09-30"},
]


def _deals(each=30):
    """Return a year in which r1 wins twice what r2 does, r3 a little, and one open deal."""
    made = []
    for quarter, day in enumerate(DAYS):
        for n in range(each):
            number = 1000 * quarter + 10 * n
            made += [
                closing(number, day, 200.0, owner_id="r1", territory="Küste"),
                closing(number + 1, day, 100.0, owner_id="r2", territory="Heide"),
            ]
        made.append(closing(9000 + quarter, day, 50.0, owner_id="r3", territory="Küste"))
    opened = {"opportunity_id": "o", "amount": 70.0, "owner_id": "r2", "territory": "Heide"}
    return [*made, opened]


def _held(data, people):
    """Return a slice in which as many people hold each territory in every quarter."""
    quarters = [data.quarter.shift(-back) for back in range(8)]
    rows = [
        dict.fromkeys(COLUMNS)
        | {"column": "territory", "quarter": str(q), "value": one, "people": n}
        for q in quarters
        for one, n in people.items()
    ]
    tables = dict(data.tables) | {HOLDERS: pd.DataFrame(rows, columns=COLUMNS)}
    return dataclasses.replace(data, tables=tables)


def test_people_by_hand(make_slice):
    """Means of a year, open amounts, and who is there: half ramped up, gone by the next quarter."""
    data = make_slice(_deals(), tables={"reps": REPS}, privacy=NAMED)
    found = units.units(data, "rep")
    assert found["name"].to_list() == ["Ada", "Bo", "Cy"]
    assert found["history"].to_list() == [6000.0, 3000.0, 50.0]
    assert found["pipeline"].to_list() == [0.0, 70.0, 0.0]
    assert found["present"].to_list() == [1.0, 0.5, 0.0]


def test_a_proposal_by_hand(make_slice):
    """6,000 and half of 3,000 share a target as 4 : 1; who has left gets nothing of it."""
    data = make_slice(_deals(), tables={"reps": REPS}, privacy=NAMED)
    found = shares.proposal(data, 10_000.0)
    assert found.frame["name"].to_list() == ["Ada", "Bo"]
    assert found.frame["proportional"].to_list() == [8000.0, 2000.0]
    assert found.frame["balanced"].sum() == pytest.approx(9_500.0)
    assert found.frame["equal"].sum() == pytest.approx(10_000.0)
    assert found.together > found.each


@pytest.mark.parametrize("people", ["off", "pseudonym"])
def test_no_person_where_people_are_not_named(make_slice, people):
    """Neither units nor a proposal tell of a person; territories stand in."""
    data = make_slice(_deals(), tables={"reps": REPS}, privacy={"people": people})
    assert units.units(data, "rep").reason == NOBODY
    shared = _held(data, {"Küste": 6, "Heide": 6})
    found = shares.proposal(shared, 10_000.0)
    assert found.by == "territory"
    assert found.frame["name"].to_list() == ["Heide", "Küste"]
    assert "Ada" not in repr(found)


def test_a_territory_of_few_is_a_person_s(make_slice):
    """One held by too few people, now or in any quarter looked back on, withholds all of them."""
    data = make_slice(_deals(), privacy={"people": "off"})
    assert shares.proposal(_held(data, {"Küste": 6, "Heide": 1}), 10_000.0).reason == TOO_FEW
    before = _held(data, {"Küste": 6, "Heide": 6})
    rows = before.tables[HOLDERS]
    early = (rows["quarter"] == "2026-Q1") & (rows["value"] == "Heide")
    rows = rows.assign(people=rows["people"].mask(early, 1))
    once = dataclasses.replace(before, tables=dict(before.tables) | {HOLDERS: rows})
    assert shares.proposal(once, 10_000.0).reason == TOO_FEW


@pytest.mark.parametrize("deals", [[], [closing(1, "2026-08-01", territory="Küste")]])
def test_nobody_to_split_to(make_slice, deals):
    """Without two units that ever won anything there is no split, and that is said."""
    data = make_slice(deals, privacy=NAMED)
    assert shares.proposal(data, 100.0).reason == NO_PARTS
    assert shares.proposal(make_slice(deals), 100.0).reason == NO_PARTS
    assert shares.proposal(make_slice(_deals()), 0.0).reason == NO_PARTS


def test_too_few_deals_tell_no_chance(make_slice):
    """Below 20 deals won in two years a unit has a share, but no chance, and none is equal."""
    data = make_slice(_deals(each=3), tables={"reps": REPS}, privacy=NAMED)
    found = shares.proposal(data, 1_000.0)
    assert found.frame["proportional"].sum() == pytest.approx(1_000.0)
    assert found.frame[["chance", "equal"]].isna().all(axis=None)
    assert pd.isna(found.together)


def test_the_same_every_time(make_slice):
    """Same deals, same proposal."""
    data = make_slice(_deals(), tables={"reps": REPS}, privacy=NAMED)
    first, second = (shares.proposal(data, 10_000.0).frame for _ in range(2))
    assert first.equals(second)


def test_simulated_quarters_are_like_the_past(make_slice):
    """In the mean a simulated quarter brings what a quarter brought."""
    data = make_slice(_deals(), tables={"reps": REPS}, privacy=NAMED)
    drawn = units.samples(data, "rep", pd.Index(["r1", "r2", "r3"]))
    assert drawn.columns.to_list() == ["r1", "r2"]
    assert drawn.mean().to_list() == pytest.approx([6000.0, 3000.0], rel=0.05)


def test_teams_of_a_group(make_slice):
    """A group's target is split to its teams."""
    deals = [closing(n, "2026-08-01", 100.0, team_id=team) for n, team in enumerate(["a", "b"])]
    found = units.units(make_slice(deals, scope="group", teams=("a", "b")), "team")
    assert found.index.to_list() == ["a", "b"]
    assert found["history"].to_list() == [100.0, 100.0]
