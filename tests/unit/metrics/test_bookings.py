"""What was won and lost: worked by hand, at the quarter's edges, and where there is no base."""

import pytest

from qbr_lib.measures import (
    CUT_QUARTER,
    NO_ACCOUNTS,
    NO_AMOUNT,
    NO_CREATED,
    NO_EARLIER,
    NO_TARGET,
    NO_WON,
    NOT_OVER,
    ZERO_TARGET,
)
from qbr_lib.metrics import bookings

TARGET = {"quarter": "2026-Q3", "scope": "team", "scope_id": "nord", "kind": "revenue"}


def closing(number, day, amount=100.0, status="won", **given):
    """Return a closed deal."""
    known = {"opportunity_id": f"d{number}", "status": status, "closed_on": day, "amount": amount}
    return known | given


BEFORE = [closing(1, "2026-05-01", 200.0), closing(2, "2025-09-01", 400.0)]
NOW = [
    closing(3, "2026-07-01", 100.0),
    closing(4, "2026-08-31", 150.25),
    closing(5, "2026-09-30", 49.75),
    closing(6, "2026-08-01", None),
    closing(7, "2026-08-01", 70.0, "lost"),
    closing(8, "2026-06-30"),
    closing(9, "2026-10-01"),
    closing(10, "2026-08-01", team_id="sued"),
    {"opportunity_id": "d11"},
]


def test_worked_example(make_slice, values):
    """Four deals won, one without an amount, one lost; the neighbours' and other days' are out."""
    tables = {"targets": [TARGET | {"value": 600.0}]}
    data = make_slice([*BEFORE, *NOW], tables=tables, as_of="2026-10-31")
    assert values(bookings.measures(data)) == {
        "won_amount": 300.0,
        "won_count": 4.0,
        "lost_count": 1.0,
        "won_accounts": 0.0,
        "created_count": 0.0,
        "average_won_amount": 100.0,
        "median_won_amount": 100.0,
        "target": 600.0,
        "attainment": 0.5,
        "change_on_previous_quarter": 0.0,
        "change_on_year_ago": -0.25,
        "month_3_share": pytest.approx(49.75 / 300),
    }


def test_without_amounts(make_slice, reasons, values):
    """Where the source gives no amounts, counts and target are known and no money is claimed."""
    tables = {"targets": [TARGET | {"value": 600.0}]}
    found = bookings.measures(make_slice(NOW, absent=["amount"], tables=tables))
    known = {name: value for name, value in values(found).items() if value is not None}
    assert known == {
        "won_count": 4.0,
        "lost_count": 1.0,
        "won_accounts": 0.0,
        "created_count": 0.0,
        "target": 600.0,
    }
    assert {told for told, _ in reasons(found).values()} == {NO_AMOUNT}
    assert len(found) == len(bookings.measures(make_slice(NOW, tables=tables)))
    trend = bookings.trend(make_slice(NOW, absent=["amount"]))
    assert trend["won"].isna().all()


def test_a_running_quarter_is_held_against_no_whole_one(make_slice, reasons):
    """The last day decides: on it there are changes and a third month's share, before it none."""
    for day, missing in (("2026-09-29", 3), ("2026-09-30", 0)):
        found = reasons(bookings.measures(make_slice([*BEFORE, *NOW], as_of=day)))
        told = [one for one in found.values() if one == (NOT_OVER, {"quarter": "2026-Q3"})]
        assert len(told) == missing


def test_numbers_behind(make_slice):
    """A deal won without an amount counts among the won, not in their average."""
    counts = {one.id: one.n for one in bookings.measures(make_slice(NOW)) if hasattr(one, "n")}
    assert counts["bookings.won_amount"] == 4
    assert counts["bookings.average_won_amount"] == 3


@pytest.mark.parametrize(
    "deals",
    [[], [{"opportunity_id": "d"}], [closing(1, "2026-08-01", status="lost")]],
    ids=["no deal", "one open deal", "all lost"],
)
def test_nothing_won(make_slice, values, reasons, deals):
    """Without a deal won the revenue is 0.00, a fact; averages and shares do not exist."""
    outcomes = bookings.measures(make_slice(deals))
    assert values(outcomes)["won_amount"] == 0.0
    assert values(outcomes)["won_count"] == 0.0
    for name in ("average_won_amount", "median_won_amount", "month_3_share"):
        assert reasons(outcomes)[name] == (NO_WON, {"quarter": "2026-Q3"})


def test_one_deal(make_slice, values):
    """One deal is its own average and median."""
    found = values(bookings.measures(make_slice([closing(1, "2026-08-01", 12.34)])))
    assert found["won_amount"] == found["average_won_amount"] == found["median_won_amount"] == 12.34


def test_credit_notes_give_no_share(make_slice, reasons):
    """Revenue below zero has no third month's share and is no base for a change."""
    data = make_slice([closing(1, "2026-08-01", -5.0), closing(2, "2026-05-01", -5.0)])
    found = reasons(bookings.measures(data))
    assert found["month_3_share"][0] == NO_WON
    assert found["change_on_previous_quarter"][0] == NO_EARLIER


def test_zero_target(make_slice, values, reasons):
    """A target of 0 is stated; nothing is divided by it."""
    outcomes = bookings.measures(make_slice(NOW, tables={"targets": [TARGET | {"value": 0.0}]}))
    assert values(outcomes)["target"] == 0.0
    assert reasons(outcomes)["attainment"] == (ZERO_TARGET, {"quarter": "2026-Q3"})


TARGETS = [
    TARGET | {"value": 1.0},
    TARGET | {"scope_id": "sued", "value": 2.0},
    TARGET | {"scope": "group", "scope_id": "Küste", "value": 4.0},
    TARGET | {"scope": "company", "scope_id": None, "value": 8.0},
    TARGET | {"quarter": "2026-Q2", "value": 16.0},
    TARGET | {"kind": "activity", "value": 32.0},
    TARGET | {"metric": "bookings.won_count", "value": 64.0},
]


@pytest.mark.parametrize(
    ("scope", "name", "expected"),
    [
        ("team", "nord", 1.0),
        ("group", "Küste", 4.0),
        ("group", "Alpen", None),
        ("company", "P", 8.0),
    ],
    ids=["team", "group", "group without one", "company"],
)
def test_target_of_the_scope(make_slice, scope, name, expected):
    """Each scope has its own target; teams' targets are never added up."""
    teams = ("nord",) if scope == "team" else ("nord", "sued")
    data = make_slice(NOW, scope=scope, name=name, teams=teams, tables={"targets": TARGETS})
    assert bookings.target(data, data.quarter) == expected


def test_target_of_the_company_from_its_goals(make_slice):
    """Without a row in the targets the company's goal of the quarter is its target."""
    goals = [
        {"quarter": "2026-Q2", "kind": "revenue", "value": 1.0},
        {"quarter": "2026-Q3", "kind": "revenue", "value": 2.0},
    ]
    data = make_slice(scope="company", tables={"targets": []}, company_goals=goals)
    assert bookings.target(data, data.quarter) == 2.0


def test_no_target(make_slice, reasons):
    """Without the table there is neither target nor attainment."""
    found = reasons(bookings.measures(make_slice(NOW)))
    assert found["target"] == found["attainment"] == (NO_TARGET, {"quarter": "2026-Q3"})


@pytest.mark.parametrize(
    ("since", "reason"),
    [("2026-05-01", CUT_QUARTER), ("2026-07-01", NO_EARLIER)],
    ids=["begins within the quarter before", "begins after it"],
)
def test_no_comparison_with_a_cut_quarter(make_slice, reasons, since, reason):
    """A quarter that the data holds only in part, or not at all, is nothing to compare with."""
    earlier = [closing(1, since, 200.0)]
    found = reasons(bookings.measures(make_slice([*earlier, *NOW[:2]], data_since=since)))
    assert found["change_on_previous_quarter"] == (reason, {"quarter": "2026-Q2"})


def test_trend(make_slice):
    """The last quarters with their targets; those before the data are absent, cut ones marked."""
    tables = {"targets": [TARGET | {"value": 600.0}]}
    deals = [*BEFORE, *NOW]
    data = make_slice(deals, tables=tables, as_of="2026-09-15", data_since="2025-09-01")
    frame = bookings.trend(data)
    assert list(frame["quarter"]) == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
    assert list(frame["won"]) == [400.0, 0.0, 0.0, 300.0, 300.0]
    assert list(frame["lost_count"]) == [0, 0, 0, 0, 1]
    assert list(frame["target"].fillna(0.0)) == [0.0, 0.0, 0.0, 0.0, 600.0]
    assert list(frame["current"]) == [False] * 4 + [True]
    assert list(frame["partial"]) == [True, False, False, False, True]


def test_trend_without_closings(make_slice):
    """An organisation that never closed a deal has an empty trend with all its columns."""
    frame = bookings.trend(make_slice(data_since=None))
    assert frame.empty
    assert "partial" in frame.columns


def test_trend_of_a_young_team(make_slice):
    """Quarters before a team's first decided deal are no quarters of 0; a target begins it too."""
    data = make_slice([closing(1, "2026-05-01")], data_since="2024-01-01")
    assert list(bookings.trend(data)["quarter"]) == ["2026-Q2", "2026-Q3"]
    planned = {"targets": [TARGET | {"quarter": "2026-Q1", "value": 600.0}]}
    data = make_slice([closing(1, "2026-05-01")], tables=planned, data_since="2024-01-01")
    assert list(bookings.trend(data)["quarter"]) == ["2026-Q1", "2026-Q2", "2026-Q3"]
    data = make_slice([], data_since="2024-01-01")
    assert list(bookings.trend(data)["quarter"]) == ["2026-Q3"]


def test_scale_order_and_purity(make_slice, values):
    """Money doubles with money, counts do not; order is nothing; the input stays as it was."""
    data = make_slice(NOW)
    untouched = data.opportunities.copy()
    first = values(bookings.measures(data))
    assert data.opportunities.equals(untouched)
    assert values(bookings.measures(make_slice(NOW[::-1]))) == first
    doubled = [
        deal | {"amount": (deal.get("amount") or 0.0) * 2} for deal in NOW if deal.get("amount")
    ]
    kept = [deal for deal in NOW if not deal.get("amount")]
    second = values(bookings.measures(make_slice([*doubled, *kept])))
    assert second["won_amount"] == 2 * first["won_amount"]
    assert second["median_won_amount"] == 2 * first["median_won_amount"]
    assert second["won_count"] == first["won_count"]
    assert second["month_3_share"] == first["month_3_share"]


def test_fiscal_year(make_slice, values):
    """With a fiscal year from February, 2026-Q3 is August to October 2025."""
    deals = [closing(1, "2025-08-01"), closing(2, "2025-10-31"), closing(3, "2025-11-01")]
    data = make_slice(deals, fiscal_year_starts=2)
    assert values(bookings.measures(data))["won_amount"] == 200.0


def test_accounts_and_created(make_slice, values, reasons):
    """An account counts once, however many deals it brought; a deal counts where it was created."""
    deals = [
        closing(1, "2026-07-01", account_id="a", created_on="2026-06-01"),
        closing(2, "2026-08-01", account_id="a", created_on="2026-07-01"),
        closing(3, "2026-08-01", account_id="b", created_on="2026-07-02"),
        closing(4, "2026-08-01", "c", "lost", account_id="c", created_on="2026-08-02"),
    ]
    deals[3]["amount"] = 1.0
    found = values(bookings.measures(make_slice(deals)))
    assert (found["won_accounts"], found["created_count"]) == (2.0, 3.0)
    blind = reasons(bookings.measures(make_slice(deals, absent=("account_id", "created_on"))))
    assert blind["won_accounts"] == (NO_ACCOUNTS, {})
    assert blind["created_count"] == (NO_CREATED, {})
