"""How far the forecasts were from what was won, by sign, beside forecasts that cost nothing."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import (
    CUT_QUARTER,
    NO_AMOUNT,
    NO_COMMIT,
    NO_FORECASTS,
    NO_WON,
    NOT_OVER,
    Measure,
    Outcome,
    Unavailable,
)
from qbr_lib.metrics.bookings import closed, is_cut, won_amount
from qbr_lib.metrics.coverage import week_of
from qbr_lib.periods import Quarter
from qbr_lib.schema import TABLES, WON

COMMIT = "commit"
_MOST = 12
_WEEKS = ["category", "week", "submitted_on", "forecast", "error"]


def signed_error(forecast: float, actual: float) -> float:
    """Return (forecast − actual) ÷ actual: above 0 the forecast was too high.

    >>> round(signed_error(4.0, 3.8), 3)
    0.053
    """
    return (forecast - actual) / actual


def variants(forecast: float, actual: float) -> dict[str, float]:
    """Return what else is called forecast accuracy [ratio], by name.

    Returns
    -------
    dict
        ratio (forecast ÷ actual), of_actual and of_forecast (1 − size of the error ÷ either), and
        unsigned, which forgets to take the size and so exceeds 1 for a forecast too low.
    """
    error = signed_error(forecast, actual)
    return {
        "ratio": forecast / actual,
        "of_actual": 1 - abs(error),
        "of_forecast": 1 - abs(forecast - actual) / forecast,
        "unsigned": 1 - error,
    }


def submitted(data: Slice) -> pd.DataFrame:
    """Return the scope's own forecasts, oldest first, their categories in lower case."""
    if "forecasts" not in data.tables:
        return pd.DataFrame(columns=TABLES["forecasts"].names)
    rows = data.tables["forecasts"]
    rows = rows.loc[rows["scope"] == data.scope]
    if data.scope != "company":
        own = data.team_ids[0] if data.scope == "team" else data.name
        rows = rows.loc[rows["scope_id"] == own]
    ordered = rows.sort_values("submitted_on", kind="stable")
    return ordered.assign(category=ordered["category"].str.strip().str.casefold())


def counted(told: pd.DataFrame, data: Slice, quarter: Quarter) -> float | None:
    """Return the forecast that counts [money]: the last commit by the start of the coverage week.

    The first one after it where there was none by then; None without any.

    Parameters
    ----------
    told : DataFrame
        As `submitted` returns it.
    """
    rows = _during(told, quarter)
    rows = rows.loc[rows["category"] == COMMIT]
    moment = pd.Timestamp(quarter.week_starts(week_of(data, quarter)))
    early = rows.loc[rows["submitted_on"] <= moment]
    chosen = early.tail(1) if len(early) else rows.head(1)
    return float(chosen["amount"].iloc[0]) if len(chosen) else None


def _during(told: pd.DataFrame, quarter: Quarter) -> pd.DataFrame:
    """Return the forecasts of a quarter; what was submitted after its end is none."""
    early = told["submitted_on"] < pd.Timestamp(quarter.next.first_day)
    return told.loc[(told["quarter"] == str(quarter)) & early]


def by_week(data: Slice) -> pd.DataFrame:
    """Return the last forecast of each category and week for the quarter under review.

    Returns
    -------
    DataFrame
        category, week (from 1; 0 and less before the quarter), submitted_on, forecast [money],
        error [ratio, see `signed_error`; NaN without revenue]; by category and week.
    """
    told, actual = submitted(data), won_amount(data, data.quarter)
    rows = _during(told, data.quarter)
    if rows.empty:
        return pd.DataFrame(columns=_WEEKS)
    week = (rows["submitted_on"] - pd.Timestamp(data.quarter.first_day)).dt.days // 7 + 1
    last = rows.assign(week=week, forecast=rows["amount"]).drop_duplicates(
        ["category", "week"], keep="last"
    )
    error = (last["forecast"] - actual) / actual if actual > 0 else float("nan")
    ordered = last.assign(error=error).sort_values(["category", "week"], kind="stable")
    return ordered[_WEEKS].reset_index(drop=True)


def history(data: Slice) -> pd.DataFrame:
    """Return the forecast that counts of earlier whole quarters: quarter, forecast, actual, error.

    Newest first, at most twelve; quarters without forecast or revenue are left out.
    """
    quarters = [data.quarter.shift(-back) for back in range(1, _MOST + 1)]
    told, rows = submitted(data), []
    for quarter in quarters:
        forecast = counted(told, data, quarter)
        if forecast is None or is_cut(data, quarter):
            continue
        actual = won_amount(data, quarter)
        if actual > 0:
            rows.append((str(quarter), forecast, actual, signed_error(forecast, actual)))
    return pd.DataFrame(rows, columns=["quarter", "forecast", "actual", "error"])


def compared(data: Slice) -> pd.DataFrame:
    """Return the forecast that counts beside what nobody had to think for.

    Returns
    -------
    DataFrame
        method (commit, previous_quarter, year_ago: the revenue of those), forecast [money], error
        [ratio], closest (bool); each only where it is known, none without revenue.
    """
    actual = won_amount(data, data.quarter)
    told = counted(submitted(data), data, data.quarter)
    rows = [] if told is None else [(COMMIT, told)]
    then = {"previous_quarter": data.quarter.previous, "year_ago": data.quarter.year_ago}
    whole = {method: quarter for method, quarter in then.items() if not is_cut(data, quarter)}
    before = {method: won_amount(data, quarter) for method, quarter in whole.items()}
    rows += [(method, amount) for method, amount in before.items() if amount > 0]
    frame = pd.DataFrame(rows if actual > 0 else [], columns=["method", "forecast"])
    error = (frame["forecast"] - actual) / actual if actual > 0 else frame["forecast"]
    return frame.assign(error=error, closest=error.abs() == error.abs().min())


def measures(data: Slice) -> list[Outcome]:
    """Return the signed error of the forecast that counts; n is the number of deals won."""
    measure_id, told = "accuracy.signed_error", {"quarter": str(data.quarter)}
    actual = won_amount(data, data.quarter)
    why = None
    if "forecasts" not in data.tables:
        why = NO_FORECASTS
    elif not data.has("opportunities", "amount"):
        why = NO_AMOUNT
    elif not data.over:
        why = NOT_OVER
    elif is_cut(data, data.quarter):
        why = CUT_QUARTER
    elif actual <= 0:
        why = NO_WON
    forecast = counted(submitted(data), data, data.quarter) if why is None else None
    if forecast is None:
        return [Unavailable(measure_id, why or NO_COMMIT, told)]
    n = len(closed(data, data.quarter, WON))
    return [Measure(measure_id, signed_error(forecast, actual), n)]
