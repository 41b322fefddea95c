"""What was won and lost in the quarter, against target and against before."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
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
    Measure,
    Outcome,
    Unavailable,
)
from qbr_lib.periods import Quarter
from qbr_lib.schema import LOST, WON

METRIC = "bookings.won_amount"
# What is known without the amounts of the deals.
_COUNTED = ("won_count", "lost_count", "won_accounts", "created_count", "target")
_NOT_WON = tuple(f"bookings.{name}" for name in _COUNTED)


def closed(data: Slice, quarter: Quarter, status: str) -> pd.DataFrame:
    """Return the deals the teams in scope won or lost in a quarter, by closing day.

    Returns
    -------
    DataFrame
        Rows of `opportunities`, one per deal.
    """
    return data.decided.loc[_closed(data, quarter, status)]


def _closed(data: Slice, quarter: Quarter, status: str) -> pd.Series:
    deals = data.decided
    return deals["closed_on"].between(*quarter.span) & (deals["status"] == status)


def created(data: Slice) -> pd.DataFrame:
    """Return the deals created in the quarter under review that still exist."""
    deals = data.opportunities
    rows = deals.loc[deals["created_on"].between(*data.quarter.span) & deals["removed_on"].isna()]
    return rows.loc[rows["team_id"].isin(data.team_ids)]


def total(amounts: pd.Series) -> float:
    """Return a sum of money to the cent, so that it does not depend on the order of the deals."""
    return round(float(amounts.sum()), 2)


def won_amount(data: Slice, quarter: Quarter) -> float:
    """Return the revenue won in a quarter [money]; deals without an amount count as none."""
    return total(data.decided["amount"][_closed(data, quarter, WON)])


def target(data: Slice, quarter: Quarter) -> float | None:
    """Return the recorded revenue target of the scope [money], None where there is none.

    A group's or the company's target is its own row; targets of teams are never added up.
    """
    if "targets" not in data.tables:
        return None
    rows = data.tables["targets"]
    metric = rows["metric"].isna() | (rows["metric"] == METRIC)
    rows = rows.loc[(rows["kind"] == "revenue") & metric & (rows["scope"] == data.scope)]
    rows = rows.loc[rows["quarter"] == str(quarter)]
    if data.scope != "company":
        scope_id = data.team_ids[0] if data.scope == "team" else data.name
        rows = rows.loc[rows["scope_id"] == scope_id]
    if rows.empty and data.scope == "company":
        goals = [goal for goal in data.organisation.company_goals if goal.quarter == str(quarter)]
        own = [goal.value for goal in goals if goal.kind == "revenue" and goal.metric == METRIC]
        return float(own[0]) if own else None
    return None if rows.empty else round(float(rows["value"].iloc[0]), 2)


def is_cut(data: Slice, quarter: Quarter) -> bool:
    """Tell whether the data begins within or after a quarter, so that it is not whole."""
    return data.data_since is None or data.data_since > quarter.first_day


def quarters_since(data: Slice, began: pd.Timestamp) -> list[Quarter]:
    """Return the quarter under review and the earlier ones back to a day, the newest first.

    Quarters that the data does not hold as a whole are left out.
    """
    found = [data.quarter]
    while pd.Timestamp(found[-1].first_day) > began and not is_cut(data, found[-1].previous):
        found.append(found[-1].previous)
    return found


def measures(data: Slice) -> list[Outcome]:
    """Return the bookings of the quarter under review.

    Revenue without any closing is 0.00, a fact; averages and changes without a base are
    unavailable, and so is all money where the source gives no amounts. A quarter that is not over
    is held against no whole one. Deals won without an amount count among the n of the revenue, but
    not of its average.
    """
    quarter = data.quarter
    won, lost = closed(data, quarter, WON), closed(data, quarter, LOST)
    revenue = won_amount(data, quarter)
    found: list[Outcome] = [
        Measure(METRIC, revenue, len(won)),
        Measure("bookings.won_count", float(len(won)), len(won)),
        Measure("bookings.lost_count", float(len(lost)), len(lost)),
        _accounts(data, won),
        _created(data),
        *_sizes(won, quarter),
        *_against_target(data, revenue, len(won)),
        _change(data, "bookings.change_on_previous_quarter", quarter.previous, revenue, len(won)),
        _change(data, "bookings.change_on_year_ago", quarter.year_ago, revenue, len(won)),
        _month_3_share(data, won, revenue),
    ]
    if data.has("opportunities", "amount"):
        return found
    return [one if one.id in _NOT_WON else Unavailable(one.id, NO_AMOUNT) for one in found]


def _created(data: Slice) -> Outcome:
    if not data.has("opportunities", "created_on"):
        return Unavailable("bookings.created_count", NO_CREATED)
    n = len(created(data))
    return Measure("bookings.created_count", float(n), n)


def _accounts(data: Slice, won: pd.DataFrame) -> Outcome:
    if not data.has("opportunities", "account_id"):
        return Unavailable("bookings.won_accounts", NO_ACCOUNTS)
    return Measure("bookings.won_accounts", float(won["account_id"].nunique()), len(won))


def _sizes(won: pd.DataFrame, quarter: Quarter) -> list[Outcome]:
    amounts = won["amount"].dropna()
    ids = ("bookings.average_won_amount", "bookings.median_won_amount")
    if amounts.empty:
        return [Unavailable(one, NO_WON, {"quarter": str(quarter)}) for one in ids]
    values = (total(amounts) / len(amounts), float(amounts.median()))
    return [Measure(one, value, len(amounts)) for one, value in zip(ids, values, strict=True)]


def _against_target(data: Slice, revenue: float, n: int) -> list[Outcome]:
    goal, told = target(data, data.quarter), {"quarter": str(data.quarter)}
    if goal is None:
        ids = ("bookings.target", "bookings.attainment")
        return [Unavailable(one, NO_TARGET, told) for one in ids]
    stated = Measure("bookings.target", goal, 1)
    if goal == 0:
        return [stated, Unavailable("bookings.attainment", ZERO_TARGET, told)]
    return [stated, Measure("bookings.attainment", revenue / goal, n)]


def _change(data: Slice, measure_id: str, then: Quarter, revenue: float, n: int) -> Outcome:
    if not data.over:
        return Unavailable(measure_id, NOT_OVER, {"quarter": str(data.quarter)})
    told = {"quarter": str(then)}
    before = won_amount(data, then)
    if before <= 0:
        return Unavailable(measure_id, NO_EARLIER, told)
    if is_cut(data, then):
        return Unavailable(measure_id, CUT_QUARTER, told)
    return Measure(measure_id, (revenue - before) / before, n)


def _month_3_share(data: Slice, won: pd.DataFrame, revenue: float) -> Outcome:
    if revenue <= 0 or not data.over:
        reason = NO_WON if data.over else NOT_OVER
        return Unavailable("bookings.month_3_share", reason, {"quarter": str(data.quarter)})
    last = won.loc[won["closed_on"].dt.month == data.quarter.last_day.month]
    return Measure("bookings.month_3_share", total(last["amount"]) / revenue, len(last))


def trend(data: Slice, quarters: int = 8) -> pd.DataFrame:
    """Return revenue and target of the last quarters, the one under review last.

    Returns
    -------
    DataFrame
        One row per quarter since the first with a decided deal or a target: quarter (text), won,
        target [money; NaN where the source gives none], won_count, lost_count, current (the one
        under review), partial (cut or not finished).
    """
    rows, told = [], data.has("opportunities", "amount")
    for back in range(quarters - 1, -1, -1):
        quarter = data.quarter.shift(-back)
        if data.data_since is None or quarter.last_day < data.data_since:
            continue
        goal = target(data, quarter)
        rows.append(
            {
                "quarter": str(quarter),
                "won": won_amount(data, quarter) if told else float("nan"),
                "target": float("nan") if goal is None else goal,
                "won_count": int(_closed(data, quarter, WON).sum()),
                "lost_count": int(_closed(data, quarter, LOST).sum()),
                "current": back == 0,
                "partial": is_cut(data, quarter) or data.as_of < quarter.last_day,
            }
        )
    columns = ["quarter", "won", "target", "won_count", "lost_count", "current", "partial"]
    frame = pd.DataFrame(rows, columns=columns)
    # a team that did not exist had no quarters of 0
    counted = frame["won_count"].add(frame["lost_count"]).gt(0)
    began = counted | frame["target"].notna() | frame["current"].astype(bool)
    return frame.loc[began.cummax()].reset_index(drop=True)
