"""Fiscal quarters and their weeks."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr_lib.errors import PeriodError
from qbr_lib.periods import Quarter, last_finished

QUARTERS = st.builds(Quarter, st.integers(1990, 2080), st.integers(1, 4), st.integers(1, 12))


@given(QUARTERS)
def test_quarters_tile_the_calendar(quarter):
    """Each quarter begins the day after the one before ends, and contains its own days."""
    assert quarter.first_day == quarter.previous.last_day + dt.timedelta(days=1)
    assert Quarter.containing(quarter.first_day, starts=quarter.starts) == quarter
    assert Quarter.containing(quarter.last_day, starts=quarter.starts) == quarter


@given(QUARTERS)
def test_weeks_cover_the_quarter(quarter):
    """Weeks count seven days from the first day; the last one is short but not empty."""
    assert quarter.week_starts(1) == quarter.first_day
    assert quarter.week_starts(quarter.weeks) <= quarter.last_day
    assert quarter.week_starts(quarter.weeks + 1) > quarter.last_day


def test_a_fiscal_year_is_named_after_the_year_it_ends_in():
    """With a year that starts in October, the first quarter of 2026 begins in October 2025."""
    assert Quarter.parse("2026-Q1", starts=10).first_day == dt.date(2025, 10, 1)
    assert Quarter.parse("2026-Q1", starts=1).first_day == dt.date(2026, 1, 1)


@pytest.mark.parametrize("text", ["", "2026-Q5", "26-Q1", "2026Q", "Q3 2026"])
def test_malformed(text):
    """Anything but a year and a quarter is refused."""
    with pytest.raises(PeriodError, match="A quarter cannot be read"):
        Quarter.parse(text)


@pytest.mark.parametrize(
    ("day", "left"),
    [(dt.date(2026, 9, 30), 0), (dt.date(2026, 9, 13), 17), (dt.date(2026, 6, 1), 92)],
)
def test_days_left(day, left):
    """Days after the as-of day up to the last one; a quarter not begun has all its days left."""
    assert Quarter(2026, 3).days_left(day) == left


def test_last_finished_needs_the_last_day():
    """The quarter is finished on its last day, not before."""
    assert str(last_finished(dt.date(2026, 9, 30))) == "2026-Q3"
    assert str(last_finished(dt.date(2026, 9, 29))) == "2026-Q2"
