"""How far each headline could move if the rows that want mending were repaired.

Bounds, not estimates of what is likely: every doubtful row at once in the direction that moves the
figure most. A rejected row could prove to be anything that the row itself does not rule out. What
a missing amount could be is told by the team's own deals: up to the amount that nine of ten of
them stay below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.data.unusable import COLUMNS as UNUSABLE_COLUMNS
from qbr_lib.metrics import pipeline
from qbr_lib.metrics.bookings import closed, created
from qbr_lib.schema import LOST, OPEN, WON

COLUMNS = ["measure", "value", "low", "high", "why"]
NOTEWORTHY = 0.05
_TAIL = 0.1
Numbers = npt.NDArray[np.float64]
Row = tuple[str, float, float, float, tuple[tuple[str, int], ...]]
_NONE = pd.DataFrame(columns=UNUSABLE_COLUMNS).astype(
    dict.fromkeys(("created_on", "closed_on", "expected_close_on"), "datetime64[us]")
    | {"amount": "float64"}
)


@dataclass(frozen=True)
class _Doubt:
    """The doubtful rows of a quarter: rejected ones by what they may be, flagged won deals."""

    won: pd.DataFrame  # rejected, may have been won in the quarter
    lost: pd.DataFrame
    both: int  # rejected, may be either
    deals: pd.DataFrame  # won in the quarter, as counted
    typical: tuple[float, float]  # what a missing amount could be


def bounds(data: Slice, flows: pd.DataFrame) -> pd.DataFrame:
    """Return how far the headlines of the quarter under review could move by repaired rows.

    Rejected rows count where they name the team (for the company, all do). One without a usable
    closing day counts in the quarter it was planned for; one without any day in every quarter
    since its creation. An owner who is not known moves nothing: the row tells the team.

    Parameters
    ----------
    flows : DataFrame
        As `flows.movements` returns it; empty where there is no bridge.

    Returns
    -------
    DataFrame
        One row per headline that is known: measure (id), value, low, high [unit of the measure],
        why (pairs of a cause and how many rows: rejected, missing_amount, negative_amount,
        missing_created, overdue). Without doubtful rows low = value = high and why is empty.
    """
    doubt = _doubt(data)
    rows = [_won_count(doubt), *_win_rate(data, doubt)]
    if data.has("opportunities", "amount"):
        rows = [_won_amount(doubt), *rows, *_average(doubt)]
        if pipeline.missing(data) is None:
            rows += [_pipeline(data, flows, bar) for bar in ("opening", "created")]
    if data.has("opportunities", "created_on"):
        rows += [*_days(doubt), _created(data)]
    return pd.DataFrame(rows, columns=COLUMNS)


def noteworthy(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the headlines that could move by more than 5 %, the one that could move most first.

    A rate moves by points: 5 of 100.
    """
    moved = np.maximum(frame["high"] - frame["value"], frame["value"] - frame["low"])
    rate = frame["measure"] == "conversion.win_rate"
    base = frame["value"].abs().mask(rate, 1.0)
    share = (moved / base).fillna(0.0)  # nothing of nothing
    chosen = frame.assign(_share=share).loc[share > NOTEWORTHY]
    ordered = chosen.sort_values("_share", ascending=False, kind="stable")
    return ordered.drop(columns="_share").reset_index(drop=True)


def unusable(data: Slice) -> pd.DataFrame:
    """Return the rejected deals that may have been decided in the quarter under review."""
    rows = data.tables.get("unusable", _NONE)
    day = rows["closed_on"].fillna(rows["expected_close_on"])
    never = day.isna() & ~(rows["created_on"] > pd.Timestamp(data.quarter.last_day))
    return rows.loc[
        (day.between(*data.quarter.span) | never) & ~(rows["status"] == OPEN).fillna(value=False)
    ]


def _doubt(data: Slice) -> _Doubt:
    rows, deals = unusable(data), closed(data, data.quarter, WON)
    own = data.decided.loc[data.decided["status"] == WON]
    own = own.loc[own["closed_on"] <= pd.Timestamp(data.quarter.last_day), "amount"].dropna()
    typical = tuple(own.quantile([_TAIL, 1 - _TAIL])) if len(own) else (0.0, 0.0)
    won, lost = (rows.loc[rows["status"].isna() | (rows["status"] == one)] for one in (WON, LOST))
    both = int(rows["status"].isna().sum())
    return _Doubt(won, lost, both, deals, (float(typical[0]), float(typical[1])))


def _row(measure: str, value: float, low: float, high: float, why: Mapping[str, int]) -> Row:
    return (measure, value, low, high, tuple((cause, n) for cause, n in why.items() if n))


def _won_count(doubt: _Doubt) -> Row:
    n, more = float(len(doubt.deals)), len(doubt.won)
    return _row("bookings.won_count", n, n, n + more, {"rejected": more})


def _win_rate(data: Slice, doubt: _Doubt) -> list[Row]:
    won, lost = len(doubt.deals), len(closed(data, data.quarter, LOST))
    if won + lost == 0:
        return []
    low = won / (won + lost + len(doubt.lost))
    high = (won + len(doubt.won)) / (won + lost + len(doubt.won))
    n = len(doubt.won) + len(doubt.lost) - doubt.both
    return [_row("conversion.win_rate", won / (won + lost), low, high, {"rejected": n})]


def _flagged(deals: pd.DataFrame) -> dict[str, int]:
    return {
        "missing_amount": int(deals["amount"].isna().sum()),
        "negative_amount": int((deals["amount"] < 0).sum()),
    }


def _won_amount(doubt: _Doubt) -> Row:
    amounts = doubt.deals["amount"]
    value = round(float(amounts.sum()), 2)
    flagged = _flagged(doubt.deals)
    if not len(doubt.won) and not any(flagged.values()):
        return _row("bookings.won_amount", value, value, value, {})
    more = doubt.won["amount"].fillna(doubt.typical[1])
    repaired = flagged["missing_amount"] * doubt.typical[1] - 2 * amounts.clip(upper=0).sum()
    high = round(value + float(repaired + more.clip(lower=0).sum()), 2)
    low = round(value + float(more.clip(upper=0).sum()), 2)
    return _row("bookings.won_amount", value, low, high, {"rejected": len(more)} | flagged)


def _average(doubt: _Doubt) -> list[Row]:
    amounts = doubt.deals["amount"].dropna()
    if amounts.empty:
        return []
    flagged, (small, large) = _flagged(doubt.deals), doubt.typical
    low, high = (
        _furthest(
            np.mean,
            pd.concat([mended, pd.Series([fill] * flagged["missing_amount"], dtype="float64")]),
            doubt.won["amount"].fillna(fill),
            sign,
        )
        for mended, fill, sign in ((amounts, small, -1), (amounts.abs(), large, 1))
    )
    why = {"rejected": len(doubt.won)} | flagged
    return [_row("bookings.average_won_amount", float(amounts.mean()), low, high, why)]


def _days(doubt: _Doubt) -> list[Row]:
    took = (doubt.deals["closed_on"] - doubt.deals["created_on"]).dt.days
    known = took.dropna()
    if known.empty:
        return []
    missing = int(took.isna().sum())
    more = pd.to_timedelta(doubt.won["closed_on"] - doubt.won["created_on"]).dt.days
    low, high = (
        _furthest(
            np.median,
            pd.concat([known, pd.Series([fill] * missing, dtype="float64")]),
            more.fillna(fill),
            sign,
        )
        for fill, sign in ((known.min(), -1), (known.max(), 1))
    )
    why = {"rejected": len(more), "missing_created": missing}
    return [_row("cycle.median_days_won", float(known.median()), low, high, why)]


def _furthest(
    of: Callable[[Numbers], np.floating], given: pd.Series, maybe: pd.Series, sign: int
) -> float:
    """Return the lowest or highest mean or median once any of the doubtful values are added."""
    base = given.to_numpy(dtype="float64")
    more = np.sort(maybe.to_numpy(dtype="float64"))[::-sign]
    found = [sign * float(of(np.append(base, more[:n]))) for n in range(len(more) + 1)]
    return sign * max(found)


def _created(data: Slice) -> Row:
    n, rows = len(created(data)), data.tables.get("unusable", _NONE)
    deals = data.opportunities
    deals = deals.loc[deals["team_id"].isin(data.team_ids) & deals["removed_on"].isna()]
    missing = int((deals["created_on"].isna() & _may_run(deals, data)).sum())
    day = rows["created_on"]
    more = int((day.between(*data.quarter.span) | (day.isna() & _may_run(rows, data))).sum())
    why = {"rejected": more, "missing_created": missing}
    return _row("bookings.created_count", float(n), float(n), float(n + missing + more), why)


def _pipeline(data: Slice, flows: pd.DataFrame, bar: str) -> Row:
    entered = flows.loc[flows["flow"] == bar]
    value = round(float(entered["amount"].sum()), 2)
    known = entered.loc[entered["amount"] > 0, "amount"]
    large = float(known.quantile(1 - _TAIL)) if len(known) else 0.0
    deals = data.opportunities.set_index("opportunity_id")
    bare = entered.loc[entered["amount"] == 0, "opportunity_id"]
    missing = int(deals["amount"].reindex(bare).isna().sum())
    rows = data.tables.get("unusable", _NONE)
    rows = rows.loc[rows["expected_close_on"].between(*data.quarter.span) & _may_run(rows, data)]
    old = rows["created_on"] < pd.Timestamp(data.quarter.first_day)
    rows = rows.loc[old if bar == "opening" else rows["created_on"].between(*data.quarter.span)]
    late = deals.loc[_overdue(data)] if bar == "opening" else deals.iloc[:0]
    more = rows["amount"].fillna(large).sum() + late["amount"].fillna(large).sum()
    why = {"rejected": len(rows), "missing_amount": missing, "overdue": len(late)}
    high = round(value + float(more) + missing * large, 2)
    return _row(f"pipeline.{bar}", value, value, high, why)


def _overdue(data: Slice) -> list[str]:
    """Return the open deals whose planned day had passed before the quarter began."""
    first, flags = pd.Timestamp(data.quarter.first_day), data.flags
    deals = data.opportunities
    marked = deals["opportunity_id"].isin(flags.loc[flags["flag"] == "overdue", "opportunity_id"])
    before = (deals["expected_close_on"] < first) & ~(deals["created_on"] >= first)
    own = deals["team_id"].isin(data.team_ids)
    return list(deals.loc[marked & before & own, "opportunity_id"])


def _may_run(rows: pd.DataFrame, data: Slice) -> pd.Series:
    """Tell which deals were not closed before the quarter, as far as is known."""
    return ~(rows["closed_on"] < pd.Timestamp(data.quarter.first_day))
