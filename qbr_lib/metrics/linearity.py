"""How a team's quarters usually fill up: what share of the whole was there by which day.

A quarter does not fill evenly. A goal is therefore held against the team's own earlier quarters:
had this one filled up like them, how much of the goal would be there by now?
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.metrics import activity
from qbr_lib.metrics.bookings import is_cut
from qbr_lib.metrics.usual import range_of
from qbr_lib.periods import Quarter
from qbr_lib.schema import LOST, WON

ENOUGH = 4
_MOST = 12
_MONTHS = ["month", "share", "previous", "year_ago", "lowest", "highest", "quarters", "usual"]


@dataclass(frozen=True)
class Course:
    """How much of a quarter's whole is usually there by the end of a day.

    Parameters
    ----------
    share : float
        [ratio] Mean over the earlier quarters; an even course where there are too few of them.
    low, high : float
        [ratio] Eight of ten earlier quarters lay between; NaN with fewer than nine.
    n : int
        Earlier quarters behind it; 0 for the even course.
    """

    share: float
    low: float
    high: float
    n: int


def flow(data: Slice, metric: str) -> pd.Series | None:
    """Return what a measure adds up, by day; None where it does not add up over a quarter.

    Returns
    -------
    Series or None
        Values indexed by day, one per deal, lead or activity, in no stated order.
    """
    name = metric.partition(".")[2]
    decided = data.decided
    match metric:
        case "bookings.won_amount" | "bookings.won_count" | "market.share":
            rows = decided.loc[decided["status"] == WON]
            amounts = rows["amount"].fillna(0.0)
            return _dated(rows["closed_on"], None if name == "won_count" else amounts)
        case "bookings.won_accounts":
            return _first_wins(decided.loc[decided["status"] == WON], data.quarter.starts)
        case "bookings.lost_count":
            return _dated(decided.loc[decided["status"] == LOST, "closed_on"])
        case "bookings.created_count":
            deals = data.opportunities
            mine = deals["team_id"].isin(data.team_ids) & deals["removed_on"].isna()
            return _dated(deals.loc[mine, "created_on"])
        case "leads.created" if "leads" in data.tables:
            rows = data.tables["leads"]
            return _dated(rows.loc[rows["team_id"].isin(data.team_ids), "created_on"])
        case _ if metric.startswith("activity.") and "activities" in data.tables:
            rows = data.tables["activities"]
            mine = rows["team_id"].isin(data.team_ids)
            if name != "done":
                mine &= (activity.kind_of(rows["kind"]) == name).fillna(value=False)
            return _dated(rows.loc[mine, "done_on"])
    return None


def _first_wins(won: pd.DataFrame, starts: int) -> pd.Series:
    """Return the day of each account's first win in each quarter: once an account, it counts."""
    rows = won.dropna(subset=["account_id"]).sort_values("closed_on", kind="stable")
    months = rows["closed_on"].dt.year * 12 + rows["closed_on"].dt.month - starts
    first = ~rows.assign(quarter=months // 3).duplicated(["quarter", "account_id"])
    return _dated(rows.loc[first, "closed_on"])


def _dated(day: pd.Series, values: pd.Series | None = None) -> pd.Series:
    known = day.notna()
    amounts = np.ones(int(known.sum())) if values is None else values[known].to_numpy(dtype=float)
    return pd.Series(amounts, index=pd.DatetimeIndex(day[known]))


def course(values: pd.Series, data: Slice, quarter: Quarter, day: dt.date) -> Course:
    """Return how much of a quarter is usually there by the end of a day.

    Parameters
    ----------
    values : Series
        As `flow` returns it.
    data : Slice
        Says from when on the data is whole.
    quarter : Quarter
        The one that fills up; only whole quarters before it are looked at, at most twelve.
    day : date
        Before the quarter the share is 0, after it 1.
    """
    passed = (day - quarter.first_day).days + 1
    length = (quarter.last_day - quarter.first_day).days + 1
    if passed <= 0 or passed >= length:
        share = 0.0 if passed <= 0 else 1.0
        return Course(share, share, share, 0)
    found = [_share(values, q, passed) for q in _earlier(data, quarter)]
    shares = [share for share in found if not np.isnan(share)]
    if len(shares) < ENOUGH:
        return Course(passed / length, float("nan"), float("nan"), 0)
    usual = range_of(shares)
    low, high = (usual.low, usual.high) if usual else (float("nan"), float("nan"))
    return Course(float(np.mean(shares)), low, high, len(shares))


def so_far(values: pd.Series, quarter: Quarter, day: dt.date) -> float:
    """Return what a quarter has added up to by the end of a day."""
    until = min(day, quarter.last_day)
    within = (values.index >= pd.Timestamp(quarter.first_day)) & (
        values.index <= pd.Timestamp(until)
    )
    return float(values[within].sum())


def weekly(values: pd.Series, data: Slice, quarter: Quarter, whole: float) -> pd.DataFrame:
    """Return a quarter week by week beside the course that its goal asks for.

    Parameters
    ----------
    whole : float
        What the quarter is to come to; the usual shares are multiplied by it.

    Returns
    -------
    DataFrame
        One row per week from 0 on: week, won (so far, NaN for weeks to come), middle, low, high.
    """
    rows = []
    for week in range(quarter.weeks + 1):
        end = min(quarter.week_starts(week + 1) - dt.timedelta(days=1), quarter.last_day)
        usual = course(values, data, quarter, end)
        begun = week == 0 or quarter.week_starts(week) <= data.as_of
        value = so_far(values, quarter, min(end, data.as_of)) if begun else float("nan")
        rows.append((week, value, *(whole * s for s in (usual.share, usual.low, usual.high))))
    return pd.DataFrame(rows, columns=["week", "won", "middle", "low", "high"])


def _earlier(data: Slice, quarter: Quarter) -> list[Quarter]:
    before = [quarter.shift(-back) for back in range(1, _MOST + 1)]
    return [q for q in before if not is_cut(data, q) and q.last_day <= data.as_of]


def _share(values: pd.Series, quarter: Quarter, passed: int) -> float:
    """Return the share that was there after so many days, NaN for a quarter without any."""
    total = so_far(values, quarter, quarter.last_day)
    if total <= 0:
        return float("nan")
    return so_far(values, quarter, quarter.first_day + dt.timedelta(days=passed - 1)) / total


def by_month(data: Slice) -> pd.DataFrame:
    """Return how the revenue of the quarter spread over its months, beside the team's own before.

    Returns
    -------
    DataFrame
        One row per month: month (1 to 3), share [ratio of the quarter's revenue], previous,
        year_ago, lowest, highest (of the earlier whole quarters), quarters (how many those are),
        usual (low and high of `usual.range_of`, None with fewer than nine). None of it without
        revenue.
    """
    won = data.decided.loc[data.decided["status"] == WON]
    values = _dated(won["closed_on"], won["amount"].fillna(0.0))
    now = _by_month(values, data.quarter)
    if now is None:
        return pd.DataFrame(columns=_MONTHS)
    whole = {q: shares for q in _earlier(data, data.quarter) if (shares := _by_month(values, q))}
    unknown = (float("nan"),) * 3
    rows = []
    for place, share in enumerate(now):
        past = [shares[place] for shares in whole.values()]
        before, year = (
            whole.get(q, unknown)[place] for q in (data.quarter.previous, data.quarter.year_ago)
        )
        bounds = (min(past), max(past)) if past else unknown[:2]
        rows.append((place + 1, share, before, year, *bounds, len(past), range_of(past)))
    return pd.DataFrame(rows, columns=_MONTHS)


def _by_month(values: pd.Series, quarter: Quarter) -> tuple[float, ...] | None:
    total = so_far(values, quarter, quarter.last_day)
    if total <= 0:
        return None
    within = values[values.index.to_period("M").isin(_months(quarter))]
    sums = within.groupby(within.index.to_period("M")).sum()
    return tuple(float(sums.get(month, 0.0)) / total for month in _months(quarter))


def _months(quarter: Quarter) -> pd.PeriodIndex:
    return pd.period_range(quarter.first_day, periods=3, freq="M")
