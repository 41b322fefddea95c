"""How soon the organisation's deals are won or end otherwise, by age and time of the quarter.

Sums over all teams and a quarter leave it, never a deal: what steadies the outlook of young teams.
Days are whole days since 1970.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pandas as pd

from qbr_lib.periods import Quarter
from qbr_lib.schema import OPEN, WON

Whole = npt.NDArray[np.int64]
NEVER = np.iinfo(np.int64).max // 4
AGES = np.array([14, 28, 56, 91, 140, 231])  # days at which the next age begins
PHASES = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4])  # of the weeks of a quarter
WEEKS = len(PHASES)
CELLS = (len(AGES) + 1, int(PHASES.max()) + 1)
COLUMNS = ["known_on", "age", "phase", "days", "won", "ended"]
_FEWEST_TEAMS = 3  # of two, one could tell the other's


def day_of(day: dt.date) -> int:
    """Return a day as whole days since 1970."""
    return (day - dt.date(1970, 1, 1)).days


def days_of(values: pd.Series) -> Whole:
    """Return days of a column; `NEVER` where it is empty."""
    days = values.to_numpy().astype("datetime64[D]").astype("int64")
    return np.where(values.isna().to_numpy(), NEVER, days)


def quarters(since: dt.date, until: dt.date, starts: int) -> list[Quarter]:
    """Return the quarters from that of one day to that of another."""
    found = [Quarter.containing(since, starts=starts)]
    while found[-1].last_day < until:
        found.append(found[-1].next)
    return found


def week_starts(found: list[Quarter]) -> Whole:
    """Return the first days of all weeks of quarters, and the day after them.

    A quarter's last, short week belongs to the one before it, so that each has thirteen.
    """
    days = [day_of(one.week_starts(week)) for one in found for week in range(1, WEEKS + 1)]
    return np.array([*days, day_of(found[-1].next.first_day)], dtype="int64")


def ages(days: npt.ArrayLike) -> Whole:
    """Return the place of ages [days] among `AGES`."""
    return np.searchsorted(AGES, np.asarray(days), side="right").astype("int64")


def phases(week: npt.ArrayLike) -> Whole:
    """Return the phase of the quarter of weeks counted from a quarter's first."""
    found: Whole = PHASES[np.asarray(week) % WEEKS].astype("int64")
    return found


def at_risk(start: Whole, end: Whole, weeks: Whole) -> tuple[Whole, Whole]:
    """Return pairs of a row and a week in which a deal was open for a day or more.

    Parameters
    ----------
    start, end : array
        First and last day each deal was open and in sight.
    weeks : array
        As `week_starts` returns them.
    """
    low = np.searchsorted(weeks, np.maximum(start, weeks[0]), side="right") - 1
    high = np.searchsorted(weeks, np.minimum(end, weeks[-1] - 1), side="right") - 1
    rows = np.flatnonzero((start <= end) & (start < weeks[-1]) & (end >= weeks[0]))
    many = (high - low + 1)[rows]
    row = np.repeat(rows, many)
    return row, low[row] + np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)


def of(deals: pd.DataFrame, *, since: dt.date | None, as_of: dt.date, starts: int) -> pd.DataFrame:
    """Return how deals ended in the organisation's whole quarters, as of a day.

    A quarter counts once the one after it is over: what happens in a quarter moves no other team's
    pages of it, nor those that follow its goals up.

    Parameters
    ----------
    deals : DataFrame
        The organisation's, as of the day.
    since : date or None
        The data's first closing day.
    starts : int
        Month in which the fiscal year starts.

    Returns
    -------
    DataFrame
        known_on (last day of the quarter after), age and phase (their places), days (at risk),
        won, ended (won or not); no quarter in which fewer than three teams had open deals.
    """
    deals = deals.loc[deals["created_on"].notna() & deals["team_id"].notna()]
    ended = deals["closed_on"].where(deals["status"] != OPEN, deals["removed_on"])
    start, end, until = days_of(deals["created_on"]), days_of(ended), day_of(as_of)
    begin, stop = np.maximum(start, day_of(since or as_of)), np.minimum(end, until)
    rows = []
    team = deals["team_id"].to_numpy()
    for quarter in quarters(since or as_of, as_of, starts):
        weeks = week_starts([quarter])
        row, week = at_risk(begin, stop, weeks)
        if quarter.next.last_day > as_of or len({*team[row]}) < _FEWEST_TEAMS:
            continue
        first = np.maximum(begin[row], weeks[week])
        last = np.minimum(stop[row], weeks[week + 1] - 1)
        over, won = end[row] == last, (deals["status"] == WON).to_numpy()[row]
        cells = pd.DataFrame(
            {
                "known_on": pd.Timestamp(quarter.next.last_day),
                "age": ages(first - start[row]),
                "phase": phases(week),
                "days": last - first + 1,
                "won": over & won,
                "ended": over,
            }
        )
        rows.append(cells.groupby(COLUMNS[:3], as_index=False).sum())
    if not rows:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(rows, ignore_index=True).astype(dict.fromkeys(COLUMNS[1:], "int64"))
