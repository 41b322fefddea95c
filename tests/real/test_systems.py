"""Exports of Dynamics and HubSpot and a marketing funnel, held against their raw files."""

import csv
import datetime as dt
from collections import Counter, defaultdict

import pytest

from qbr_lib.data import check, slices
from qbr_lib.measures import NO_AMOUNT, NO_CLOSINGS, NO_EXPECTED, NO_WON, Measure
from qbr_lib.metrics import bookings, conversion, cycle, pipeline
from tests.conftest import REAL_DATA

pytestmark = pytest.mark.real


def _raw(*names):
    with REAL_DATA.joinpath(*names).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _day(text, shape="%m/%d/%Y"):
    return dt.datetime.strptime(text.split()[0], shape).date() if text else None


def _quarter(day):
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _outcomes(opened, name, scope, quarter):
    place, prepared = opened(name)
    checked = slices.check_quarter(prepared, place.organisation, quarter)
    data = slices.load(prepared, place, team=scope, quarter=checked)
    found = [*bookings.measures(data), *conversion.measures(data), *cycle.measures(data)]
    return {one.id: one for one in [*found, *pipeline.measures(data)]}


@pytest.fixture(scope="module")
def contoso():
    """Return the closed opportunities of the raw view by quarter."""
    closed = defaultdict(list)
    for row in _raw("d365_contoso_coffee", "Opportunity.csv"):
        if row["Actual Close Date"]:
            closed[_quarter(_day(row["Actual Close Date"]))].append(row)
    return closed


@pytest.mark.parametrize("quarter", ["2021-Q3", "2023-Q2", "2024-Q4", "2025-Q1", "2025-Q3"])
def test_contoso_quarters(opened, contoso, quarter):
    """Won, lost, revenue, days and the parentless goal of a quarter equal those of the raw files."""
    found = _outcomes(opened, "d365_contoso_coffee", "Sales Team", quarter)
    won = [row for row in contoso[quarter] if row["Status"] == "Won"]
    days = [(_day(row["Actual Close Date"]) - _day(row["Created On"])).days for row in won]
    assert found["bookings.won_count"].value == len(won)
    assert found["bookings.lost_count"].value == len(contoso[quarter]) - len(won)
    revenue = round(sum(float(row["Actual Revenue"]) for row in won), 2)
    assert found["bookings.won_amount"].value == revenue
    assert found["cycle.mean_days_won"].value == pytest.approx(sum(days) / len(days))
    (goal,) = [
        float(row["Target"].strip(" $").replace(",", ""))
        for row in _raw("d365_contoso_coffee", "Goal.csv")
        if not row["Parent Goal"] and _quarter(_day(row["From"])) == quarter
    ]
    assert found["bookings.target"].value == goal
    assert found["bookings.attainment"].value == pytest.approx(revenue / goal)


def test_contoso_goals_that_do_not_add_up(opened):
    """The goals whose parts have another sum are named with both; they are those of 2023."""
    place, _ = opened("d365_contoso_coffee")
    report = check.check(place)
    goals = _raw("d365_contoso_coffee", "Goal.csv")
    money = {r["Name"]: float(r["Target"].strip(" $").replace(",", "") or 0) for r in goals}
    parts = Counter()
    for row in goals:
        parts[row["Parent Goal"]] += money[row["Name"]]
    wanted = {
        (_quarter(_day(row["From"])), money[row["Name"]], parts[row["Name"]])
        for row in goals
        if not row["Parent Goal"] and money[row["Name"]] != parts[row["Name"]]
    }
    found = report.data.unequal
    told = set(found[["quarter", "value", "parts"]].itertuples(index=False, name=None))
    assert told == wanted
    assert {quarter[:4] for quarter, _, _ in told} == {"2023"}


def test_contoso_fates(opened):
    """No deal is lost on the way: each lost one without a day is rejected, each text stays as it is."""
    place, prepared = opened("d365_contoso_coffee")
    report = check.check(place)
    raw = _raw("d365_contoso_coffee", "Opportunity.csv")
    undated = sum(row["Status"] == "Lost" and not row["Actual Close Date"] for row in raw)
    deals = report.data.tables["opportunities"]
    rejected = report.data.rejected.groupby("table")["reason"].value_counts()
    assert rejected["opportunities"].to_dict() == {"closed_without_day": undated}
    empty = sum(not row["Target"].strip() for row in _raw("d365_contoso_coffee", "Goal.csv"))
    assert rejected["targets"].to_dict() == {"missing": empty}
    assert len(deals) == len(raw) - undated
    assert deals["opportunity_id"].is_unique
    assert deals["name"].str.contains("CafÃ©", regex=False).sum() == sum(
        "CafÃ©" in row["Topic"] and bool(row["Actual Close Date"] or row["Status"] == "Open")
        for row in raw
    )
    known = {row["Full Name"] for row in _raw("d365_contoso_coffee", "User.csv")}
    strangers = {row["Owner"] for row in raw} - known
    flags = report.data.flags
    assert set(flags.loc[flags["flag"] == "unknown_owner", "detail"]) == strangers
    assert prepared.teams["team_id"].tolist() == ["Sales Team"]


def test_hubspot_seeds(opened):
    """Without amounts and closings nothing is claimed: each figure says what is missing."""
    _, prepared = opened("hubspot_seeds")
    raw = _raw("hubspot_fivetran_seeds", "deal_data.csv")
    assert prepared.hygiene["deals"] == len(raw)
    assert not any(row["property_amount"] or row["property_closedate"] for row in raw)
    found = _outcomes(opened, "hubspot_seeds", "company", "")
    counts = {one.id: one.value for one in found.values() if isinstance(one, Measure)}
    assert counts.pop("conversion.win_rate_created_cohort") == 0
    # One deal of the newest quarter is open: it was created, and nothing came of it yet.
    assert counts.pop("bookings.created_count") == 1
    assert counts == {"bookings.won_count": 0, "bookings.lost_count": 0}
    reasons = {key: one.reason for key, one in found.items() if not isinstance(one, Measure)}
    assert reasons["bookings.won_amount"] == NO_AMOUNT
    assert reasons["conversion.win_rate"] == NO_CLOSINGS
    assert reasons["cycle.median_days_won"] == NO_WON
    assert reasons["pipeline.slipped"] == NO_EXPECTED


def test_hubspot_seeds_teams(opened):
    """Deals belong to the primary team of their owner, and to none where the owner has none."""
    primary = {
        row["owner_id"]: row["team_id"]
        for row in _raw("hubspot_fivetran_seeds", "owner_team_data.csv")
        if row["is_team_primary"] == "true"
    }
    names = {row["id"]: row["name"] for row in _raw("hubspot_fivetran_seeds", "team_data.csv")}
    owners = [row["owner_id"] for row in _raw("hubspot_fivetran_seeds", "deal_data.csv")]
    wanted = Counter(names.get(primary.get(owner), "unassigned") for owner in owners)
    place, _ = opened("hubspot_seeds")
    running = check.check(place).running
    assert dict(zip(running["team_id"], running["open"], strict=True)) == wanted


def test_olist_leads(opened):
    """Every lead is kept, and as many are converted as deals were won."""
    place, prepared = opened("olist_funnel")
    leads = _raw("olist_funnel", "olist_marketing_qualified_leads_dataset.csv")
    deals = _raw("olist_funnel", "olist_closed_deals_dataset.csv")
    quarter = slices.check_quarter(prepared, place.organisation, "2018-Q2")
    table = slices.load(prepared, place, team="Sales", quarter=quarter).tables["leads"]
    assert (len(table), table["converted_on"].notna().sum()) == (len(leads), len(deals))
    assert (len(leads), len(deals)) == (8000, 842)
    origins = Counter(row["origin"] for row in leads)
    assert table["source"].value_counts().to_dict() == {k: n for k, n in origins.items() if k}


@pytest.mark.parametrize("quarter", ["2018-Q1", "2018-Q2", "2018-Q3"])
def test_olist_quarters(opened, quarter):
    """Won deals by quarter equal the raw file; the deal closed before its lead is set aside."""
    first = {
        row["mql_id"]: _day(row["first_contact_date"], "%d-%m-%Y")
        for row in _raw("olist_funnel", "olist_marketing_qualified_leads_dataset.csv")
    }
    won = [
        row["mql_id"]
        for row in _raw("olist_funnel", "olist_closed_deals_dataset.csv")
        if _quarter(_day(row["won_date"], "%d-%m-%Y")) == quarter
        and _day(row["won_date"], "%d-%m-%Y") >= first[row["mql_id"]]
    ]
    found = _outcomes(opened, "olist_funnel", "Sales", quarter)
    assert found["bookings.won_count"].value == len(won)
    assert found["bookings.won_amount"].reason == NO_AMOUNT
