"""What past quarters had of what lies behind a target, by hand."""

import math

import pandas as pd
import pytest

from qbr_lib.goals import reached
from tests.unit.metrics.test_bookings import closing


@pytest.fixture
def data(make_slice):
    """Make three quarters: 1 of 2 won in 60 days, 2 of 2 in 30, 1 of 4 in 30."""
    days = ["2026-02-01", "2026-05-01", "2026-08-01"]
    deals, number = [], 0
    for day, won, lost, age in zip(days, (1, 2, 1), (1, 0, 3), (60, 30, 30), strict=True):
        for status in ["won"] * won + ["lost"] * lost:
            born = (pd.Timestamp(day) - pd.Timedelta(days=age)).date().isoformat()
            amount = 100.0 if day != days[0] else 300.0
            deals.append(closing(number, day, amount, status, created_on=born))
            number += 1
    done = pd.date_range("2026-07-06", "2026-09-27", freq="D").date
    acts = [
        {"activity_id": f"a{n}", "kind": "call", "done_on": d.isoformat()}
        for n, d in enumerate(done)
    ]
    made = make_slice(deals, data_since="2026-01-01", tables={"activities": acts})
    made.tables["activities"]["team_id"] = "nord"
    return made


def test_quarters_by_hand(data):
    """Win rate, average, days and activities a week of each quarter, the newest first."""
    found = reached.past(data)
    assert found.index.to_list() == ["2026-Q3", "2026-Q2", "2026-Q1"]
    assert found["win_rate"].to_list() == [0.25, 1.0, 0.5]
    assert found["size"].to_list() == [100.0, 100.0, 300.0]
    assert found["days"].to_list() == [30.0, 30.0, 60.0]
    assert found["activities"].iloc[0] == pytest.approx(84 / (92 / 7))
    assert found["new"].iloc[0] == pytest.approx(4 / (92 / 7))


def test_alone_and_together(data):
    """Each was there in two of three quarters, both at once in none but the second."""
    past = reached.past(data)
    found = reached.each(past, {"win_rate": 0.5, "days": 30.0})
    assert found["win_rate"] == (2, 3, 1.0, "2026-Q2")
    assert found["days"][:3] == (2, 3, 30.0)
    assert reached.together(past, {"win_rate": 0.5, "days": 30.0}) == (1, 3)
    assert reached.together(past, {"win_rate": 0.5, "size": 300.0}) == (1, 3)
    assert reached.together(past, {"win_rate": 0.6, "size": 300.0}) == (0, 3)


def test_what_no_quarter_tells_is_left_out(make_slice):
    """Without quarters there is nothing to compare with."""
    past = reached.past(make_slice([]))
    assert reached.each(past, {"win_rate": 0.5}) == {}
    assert reached.together(past, {"win_rate": 0.5}) == (0, 0)


def test_the_best_weeks(data, make_slice):
    """Seven a week are the best there is; without activities nothing is known."""
    assert reached.capacity(data) == 7.0
    assert math.isnan(reached.capacity(make_slice([])))
