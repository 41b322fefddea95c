"""How a team's quarters usually fill up."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.metrics import linearity
from qbr_lib.periods import Quarter
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing

QUARTER = Quarter(2026, 3)


def _quarters(*halves):
    """Return deals of earlier quarters: a share of 100 in the first week, the rest at the end."""
    deals, number = [], 0
    for back, early in enumerate(halves, start=1):
        quarter = QUARTER.shift(-back)
        for day, amount in ((quarter.first_day, early), (quarter.last_day, 100.0 - early)):
            number += 1
            deals.append(closing(number, day.isoformat(), float(amount)))
    return deals


def test_the_share_is_the_mean_of_earlier_quarters():
    """Four quarters that had 10, 20, 30 and 40 % after a week make 25 %."""
    data = build_slice(_quarters(10, 20, 30, 40), as_of="2026-07-07", data_since="2025-01-01")
    values = linearity.flow(data, "bookings.won_amount")
    usual = linearity.course(values, data, QUARTER, dt.date(2026, 7, 7))
    assert usual.share == pytest.approx(0.25)
    assert (usual.n, usual.low != usual.low) == (4, True)


def test_nine_quarters_give_a_band():
    """With nine quarters eight of ten lay between the smallest and the largest share."""
    data = build_slice(_quarters(*range(10, 100, 10)), as_of="2026-07-07", data_since="2020-01-01")
    values = linearity.flow(data, "bookings.won_amount")
    usual = linearity.course(values, data, QUARTER, dt.date(2026, 7, 7))
    assert (usual.low, usual.high, usual.n) == (pytest.approx(0.1), pytest.approx(0.9), 9)


def test_too_few_quarters_make_an_even_course():
    """With three quarters the course is even, and says that none stands behind it."""
    data = build_slice(_quarters(10, 20, 30), as_of="2026-07-07", data_since="2025-10-01")
    values = linearity.flow(data, "bookings.won_amount")
    usual = linearity.course(values, data, QUARTER, dt.date(2026, 7, 7))
    assert (usual.share, usual.n) == (pytest.approx(7 / 92), 0)


@pytest.mark.parametrize(
    ("day", "share"), [("2026-06-30", 0.0), ("2026-09-30", 1.0), ("2027-01-01", 1.0)]
)
def test_before_and_after(day, share):
    """Before the quarter nothing is expected, at its end all."""
    data = build_slice(_quarters(10, 20, 30, 40), data_since="2025-01-01")
    values = linearity.flow(data, "bookings.won_amount")
    assert linearity.course(values, data, QUARTER, dt.date.fromisoformat(day)).share == share


def test_cut_quarters_do_not_count():
    """A quarter within which the data begins is no model."""
    data = build_slice(_quarters(10, 20, 30, 40, 90), as_of="2026-07-07", data_since="2025-07-02")
    values = linearity.flow(data, "bookings.won_amount")
    assert linearity.course(values, data, QUARTER, dt.date(2026, 7, 7)).n == 0


def test_an_account_counts_once_a_quarter():
    """The second win with an account in a quarter adds nothing, in the next quarter it does."""
    deals = [
        closing(1, "2026-07-01", account_id="a"),
        closing(2, "2026-07-09", account_id="a"),
        closing(3, "2026-07-20", account_id="b"),
        closing(4, "2026-04-01", account_id="a"),
        closing(5, "2026-07-21", account_id=None),
        closing(6, "2026-06-30", account_id="a"),
    ]
    values = linearity.flow(build_slice(deals), "bookings.won_accounts")
    assert linearity.so_far(values, QUARTER, QUARTER.last_day) == 2
    assert linearity.so_far(values, QUARTER.previous, QUARTER.last_day) == 1


def test_deals_created_are_the_teams_own():
    """A deal of another team and a removed one are none."""
    deals = [{"opportunity_id": "own", "created_on": "2026-07-01"}]
    deals += [deals[0] | {"opportunity_id": "other", "team_id": "sued"}]
    deals += [deals[0] | {"opportunity_id": "gone", "removed_on": "2026-07-02"}]
    assert linearity.flow(build_slice(deals), "bookings.created_count").tolist() == [1.0]


def test_rates_have_no_course():
    """What does not add up over a quarter has none."""
    for metric in ("conversion.win_rate", "cycle.median_days_won", "leads.created"):
        assert linearity.flow(build_slice(_quarters(10)), metric) is None


def test_week_by_week():
    """Weeks to come are empty, the last one reaches the whole goal."""
    data = build_slice(
        [*_quarters(10, 20, 30, 40), closing(99, "2026-07-08", 50.0)],
        as_of="2026-07-15",
        data_since="2025-01-01",
    )
    values = linearity.flow(data, "bookings.won_amount")
    weeks = linearity.weekly(values, data, QUARTER, 1000.0)
    assert weeks["won"].fillna(-1).to_list() == [0, 0, 50, 50, *[-1] * 11]
    assert weeks["middle"].iloc[[0, 1, -1]].to_list() == [0, 250, 1000]
    assert weeks["week"].to_list() == list(range(15))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 100), min_size=4, max_size=8), st.integers(-5, 100))
def test_the_course_is_a_share_and_grows(halves, passed):
    """The expected share lies between 0 and 1 and never falls from day to day."""
    data = build_slice(_quarters(*halves), data_since="2020-01-01")
    values = linearity.flow(data, "bookings.won_amount")
    day = QUARTER.first_day + dt.timedelta(days=passed)
    now, then = (
        linearity.course(values, data, QUARTER, day + dt.timedelta(days=n)).share for n in (0, 1)
    )
    assert 0 <= now <= then + 1e-12 <= 1 + 1e-12


def test_by_month(make_slice):
    """A quarter's shares by month stand beside those of the team's own earlier quarters."""
    days = {"2026-07-31": 1.0, "2026-08-01": 2.0, "2026-09-30": 5.0}
    days |= {"2026-04-01": 3.0, "2026-06-30": 1.0, "2025-07-01": 1.0, "2025-09-01": 1.0}
    deals = [
        {"opportunity_id": day, "status": "won", "closed_on": day, "amount": amount}
        for day, amount in days.items()
    ]
    frame = linearity.by_month(make_slice(deals))
    assert frame["share"].to_list() == [0.125, 0.25, 0.625]
    assert frame["previous"].to_list() == [0.75, 0.0, 0.25]
    assert frame["year_ago"].to_list() == [0.5, 0.0, 0.5]
    assert list(zip(frame["lowest"], frame["highest"], strict=True)) == [
        (0.5, 0.75),
        (0, 0),
        (0.25, 0.5),
    ]
    assert (frame["quarters"].to_list(), frame["usual"].isna().all()) == ([2, 2, 2], True)
    cut = linearity.by_month(make_slice(deals, data_since="2026-04-02"))
    assert cut["previous"].isna().all()
    assert linearity.by_month(make_slice()).empty


def test_by_month_with_a_usual_range(make_slice):
    """From nine earlier quarters on the usual range is told, across a fiscal year's end."""
    deals = [
        {"opportunity_id": f"{back}-{month}", "status": "won", "amount": 1.0, "closed_on": day}
        for back in range(10)
        for quarter in [Quarter(2026, 3, 2).shift(-back)]
        for month, day in enumerate([quarter.first_day.isoformat(), quarter.last_day.isoformat()])
    ]
    data = make_slice(deals, quarter="2026-Q3", fiscal_year_starts=2)
    frame = linearity.by_month(data)
    assert frame["share"].to_list() == [0.5, 0.0, 0.5]
    assert [(one.low, one.high) for one in frame["usual"]] == [(0.5, 0.5), (0.0, 0.0), (0.5, 0.5)]
