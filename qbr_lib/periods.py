"""Fiscal quarters and their weeks. There is no clock here: every day is an argument.

A fiscal year is named after the calendar year it ends in. Weeks are seven days counted from the
quarter's first day; the last one is short.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from qbr_lib.errors import PeriodError

_PATTERN = re.compile(r"(\d{4})-?Q([1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    """A fiscal quarter.

    Parameters
    ----------
    year : int
        Fiscal year, named after the calendar year it ends in.
    number : int
        1 to 4.
    starts : int
        Month in which the fiscal year starts, 1 to 12.
    """

    year: int
    number: int
    starts: int = 1

    @classmethod
    def parse(cls, text: str, *, starts: int = 1) -> Quarter:
        """Read "2026-Q3".

        Raises
        ------
        PeriodError
            If the text is no quarter.

        >>> Quarter.parse("2026-Q3").first_day
        datetime.date(2026, 7, 1)
        >>> Quarter.parse("2026-Q1", starts=10).first_day
        datetime.date(2025, 10, 1)
        """
        match = _PATTERN.fullmatch(str(text).strip())
        if match is None:
            raise PeriodError(
                "A quarter cannot be read",
                where="parameter 'quarter'",
                got=repr(text),
                wanted="a year and a quarter such as 2026-Q3",
                edit="write the quarter as YYYY-Qn, n from 1 to 4",
            )
        return cls(int(match[1]), int(match[2]), starts)

    @classmethod
    def containing(cls, day: dt.date, *, starts: int = 1) -> Quarter:
        """Return the quarter a day lies in.

        >>> str(Quarter.containing(dt.date(2026, 1, 31), starts=2))
        '2026-Q4'
        """
        months = day.year * 12 + day.month - starts
        year = months // 12 + (1 if starts > 1 else 0)
        return cls(year, months % 12 // 3 + 1, starts)

    def shift(self, quarters: int) -> Quarter:
        """Return the quarter so many quarters later (earlier when negative)."""
        index = self.year * 4 + self.number - 1 + quarters
        return Quarter(index // 4, index % 4 + 1, self.starts)

    @property
    def previous(self) -> Quarter:
        """The quarter before."""
        return self.shift(-1)

    @property
    def next(self) -> Quarter:
        """The quarter after."""
        return self.shift(1)

    @property
    def year_ago(self) -> Quarter:
        """The same quarter a year before."""
        return self.shift(-4)

    @property
    def first_day(self) -> dt.date:
        """The first day."""
        month = self.starts - 1 + 3 * (self.number - 1)
        start = self.year - (1 if self.starts > 1 else 0)
        return dt.date(start + month // 12, month % 12 + 1, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day, inclusive."""
        return self.next.first_day - dt.timedelta(days=1)

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """First and last day as moments, for `Series.between`."""
        first, last = (
            dt.datetime.combine(day, dt.time()) for day in (self.first_day, self.last_day)
        )
        return first, last

    @property
    def weeks(self) -> int:
        """How many weeks the quarter has, the short last one included."""
        return -(-((self.last_day - self.first_day).days + 1) // 7)

    def week_starts(self, week: int) -> dt.date:
        """Return the first day of a week, counted from 1."""
        return self.first_day + dt.timedelta(days=7 * (week - 1))

    def contains(self, day: dt.date) -> bool:
        """Tell whether a day lies in the quarter."""
        return self.first_day <= day <= self.last_day

    def days_left(self, as_of: dt.date) -> int:
        """Return how many days remain after `as_of`; 0 once the quarter is over."""
        return max(0, (self.last_day - max(as_of, self.first_day - dt.timedelta(days=1))).days)

    def __str__(self) -> str:
        """Return the contract form, such as 2026-Q3."""
        return f"{self.year:04d}-Q{self.number}"


def last_finished(as_of: dt.date, *, starts: int = 1) -> Quarter:
    """Return the newest quarter whose last day is not after `as_of`.

    >>> str(last_finished(dt.date(2026, 9, 30)))
    '2026-Q3'
    >>> str(last_finished(dt.date(2026, 9, 29)))
    '2026-Q2'
    """
    quarter = Quarter.containing(as_of, starts=starts)
    return quarter if quarter.last_day <= as_of else quarter.previous
