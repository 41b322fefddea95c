"""Forecasts against what was won: which one counts, how far off, and beside what costs nothing."""

import pytest

from qbr_lib.measures import (
    CUT_QUARTER,
    NO_AMOUNT,
    NO_COMMIT,
    NO_FORECASTS,
    NO_WON,
    NOT_OVER,
)
from qbr_lib.metrics import accuracy
from qbr_lib.periods import Quarter

QUARTER = Quarter(2026, 3)


def won(day, amount):
    """Return a deal won on a day."""
    return {"opportunity_id": day, "status": "won", "closed_on": day, "amount": amount}


DEALS = [won("2026-08-01", 100.0), won("2026-05-01", 120.0), won("2025-08-01", 90.0)]


def told(day, amount, category="commit", quarter="2026-Q3", **given):
    """Return a forecast of the team."""
    known = {"submitted_on": day, "quarter": quarter, "scope": "team", "scope_id": "nord"}
    return known | {"category": category, "amount": amount} | given


FORECASTS = [
    told("2026-06-28", 150.0),
    told("2026-07-15", 110.0, category=" Commit"),
    told("2026-07-16", 130.0),
    told("2026-07-10", 300.0, category="Best Case"),
    told("2026-07-15", 999.0, scope_id="sued"),
    told("2026-07-15", 998.0, scope="rep", scope_id="nord-r1"),
    told("2026-04-20", 90.0, quarter="2026-Q2"),
]


def test_the_last_commit_by_the_coverage_week_counts(make_slice):
    """110 on the first day of week 3 counts, not 130 of the day after; 100 were won."""
    data = make_slice(DEALS, tables={"forecasts": FORECASTS})
    (found,) = accuracy.measures(data)
    assert (found.value, found.n) == (pytest.approx(0.1), 1)


def test_a_late_first_forecast_counts(make_slice):
    """Where none was submitted by then, the first one after it counts."""
    late = [told("2026-08-20", 80.0), told("2026-09-20", 100.0)]
    (found,) = accuracy.measures(make_slice(DEALS, tables={"forecasts": late}))
    assert found.value == pytest.approx(-0.2)


def test_what_is_submitted_after_the_quarter_is_no_forecast(make_slice):
    """On the last day it still is one; the day after, revenue is known."""
    after, last = told("2026-10-01", 100.0), told("2026-09-30", 80.0)
    data = make_slice(DEALS, as_of="2026-11-01", tables={"forecasts": [after]})
    assert accuracy.counted(accuracy.submitted(data), data, QUARTER) is None
    assert accuracy.by_week(data).empty
    both = make_slice(DEALS, as_of="2026-11-01", tables={"forecasts": [last, after]})
    assert accuracy.counted(accuracy.submitted(both), both, QUARTER) == 80.0


def test_by_week(make_slice):
    """The last forecast of each category and week, those before the quarter in week 0 or less."""
    frame = accuracy.by_week(make_slice(DEALS, tables={"forecasts": FORECASTS}))
    rows = [tuple(row) for row in frame[["category", "week", "forecast", "error"]].to_numpy()]
    assert rows == [
        ("best case", 2, 300.0, 2.0),
        ("commit", 0, 150.0, 0.5),
        ("commit", 3, 130.0, pytest.approx(0.3)),
    ]


def test_compared_with_what_costs_nothing(make_slice):
    """The revenue of the year before was as close as the forecast, that of the quarter before not."""
    frame = accuracy.compared(make_slice(DEALS, tables={"forecasts": FORECASTS[2:]}))
    assert frame["method"].to_list() == ["commit", "previous_quarter", "year_ago"]
    assert frame["error"].to_list() == pytest.approx([0.3, 0.2, -0.1])
    assert frame["closest"].to_list() == [False, False, True]
    cut = make_slice(DEALS, tables={"forecasts": FORECASTS}, data_since="2026-05-01")
    assert accuracy.compared(cut)["method"].to_list() == ["commit"]
    assert accuracy.compared(make_slice()).empty


def test_history(make_slice):
    """Earlier quarters with a forecast and revenue, and none that the data begins within."""
    data = make_slice(DEALS, tables={"forecasts": FORECASTS})
    assert accuracy.history(data).to_dict(orient="records") == [
        {"quarter": "2026-Q2", "forecast": 90.0, "actual": 120.0, "error": -0.25}
    ]
    assert accuracy.history(make_slice(DEALS)).empty
    cut = make_slice(DEALS, tables={"forecasts": FORECASTS}, data_since="2026-05-01")
    assert accuracy.history(cut).empty


def test_company_and_group(make_slice):
    """The company's forecasts carry no id, a group's the name of the group."""
    rows = [
        told("2026-07-01", 200.0, scope="company", scope_id=""),
        told("2026-07-01", 50.0, scope="group", scope_id="Nord"),
    ]
    for scope, value in (("company", 1.0), ("group", -0.5)):
        data = make_slice(DEALS, tables={"forecasts": rows}, scope=scope, name="Nord")
        assert accuracy.measures(data)[0].value == value


@pytest.mark.parametrize(
    ("deals", "rows", "given", "expected"),
    [
        (DEALS, None, {}, NO_FORECASTS),
        (DEALS, FORECASTS, {"absent": ["amount"]}, NO_AMOUNT),
        (DEALS, FORECASTS, {"as_of": "2026-09-29"}, NOT_OVER),
        (DEALS, FORECASTS, {"data_since": "2026-08-01"}, CUT_QUARTER),
        ([], FORECASTS, {}, NO_WON),
        (DEALS, FORECASTS[3:], {}, NO_COMMIT),
    ],
    ids=["no table", "no amounts", "not over", "cut", "nothing won", "no commit"],
)
def test_unavailable(make_slice, reasons, deals, rows, given, expected):
    """Each case without an error has its own reason."""
    data = make_slice(deals, tables=rows and {"forecasts": rows}, **given)
    assert reasons(accuracy.measures(data))["signed_error"] == (expected, {"quarter": "2026-Q3"})
