"""What needs attention: at most seven things, by the money at stake and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import Measure
from qbr_lib.metrics import bookings, quality

MOST = 7
COLUMNS = ["key", "subject", "n", "money", "certainty", "owner"]
_HALF = 0.5
# Who is asked: the roles that a meeting has, never a person.
OWNERS: dict[str, str] = {
    "cause": "lead",
    "overdue": "owners",
    "slipped": "owners",
    "stale": "owners",
    "quality": "data",
    "commitments": "team",
    "goals": "lead",
}


def listed(
    causes: pd.DataFrame,
    deals: Mapping[str, pd.DataFrame],
    bounds: pd.DataFrame,
    measures: Mapping[str, Measure],
    data: Slice,
) -> pd.DataFrame:
    """Return what needs attention, the heaviest first.

    Weight is money times certainty. A harmful pattern is as certain as its chance is small; of
    deals that wait, the share counts that the team usually wins, of stale ones the chance below
    which they are called so. Deals that another point names already make no point of their own.
    Agreements carry no money; they keep the last places.

    Parameters
    ----------
    causes : DataFrame
        As `causes.ranked` returns it.
    deals : mapping of str to DataFrame
        "overdue", "slipped" and "stale": open deals with their amount, as far as they are known.
    bounds : DataFrame
        As `quality.bounds` returns it: how far bad rows could move the revenue won.
    measures : mapping of str to Measure
        Known measures of the review.

    Returns
    -------
    DataFrame
        key (cause, overdue, slipped, stale, quality, commitments, goals), subject (the cause), n,
        money [money at stake, NaN for agreements
        and where no amount is known], certainty [ratio], owner (lead, owners, data,
        team); at most seven rows.
    """
    rate = measures.get("conversion.win_rate")
    share = _HALF if rate is None else rate.value
    chances = {
        "overdue": share,
        "slipped": share,
        "stale": data.organisation.thresholds.stale_chance,
    }
    rows = _harm(causes) + _doubt(bounds)
    told_of: set[str] = set()
    for key, certainty in chances.items():
        frame = deals.get(key)
        if frame is None or set(frame["opportunity_id"]) <= told_of:
            continue
        told_of |= set(frame["opportunity_id"])
        rows.append(_row(key, "", len(frame), float(frame["amount"].sum(min_count=1)), certainty))
    told = pd.DataFrame(rows, columns=COLUMNS)
    weights = (told["money"].abs() * told["certainty"]).astype("float64").fillna(0.0)
    agreed = _agreements(measures)
    first = told.loc[weights.sort_values(ascending=False, kind="stable").index]
    kept = first.head(MOST - len(agreed)).to_dict(orient="split")["data"]
    return pd.DataFrame([*kept, *agreed], columns=COLUMNS)


def _harm(causes: pd.DataFrame) -> list[tuple[Any, ...]]:
    harmful = causes["pattern"].astype(bool) & ~causes["favourable"].astype(bool)
    return [
        _row("cause", str(row.cause), int(row.n), float(row.money), 1 - float(row.chance))
        for row in causes.loc[harmful].itertuples()
    ]


def _doubt(bounds: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return the revenue that bad rows hide or feign, where that is enough to be told."""
    told = quality.noteworthy(bounds)
    told = told.loc[told["measure"] == bookings.METRIC]
    rows = told.to_dict(orient="records")
    return [
        _row("quality", "", sum(n for _, n in row["why"]), float(row["high"] - row["low"]), _HALF)
        for row in rows
    ]


def _agreements(measures: Mapping[str, Measure]) -> list[tuple[Any, ...]]:
    rows = []
    late = measures.get("loop.commitments_overdue")
    if late is not None and late.value:
        rows.append(_row("commitments", "", int(late.value), math.nan, 1.0))
    graded, met = measures.get("goals.graded"), measures.get("goals.met")
    if graded is not None and met is not None and graded.value > met.value:
        rows.append(_row("goals", "", int(graded.value - met.value), math.nan, 1.0))
    return rows


def _row(key: str, subject: str, n: int, money: float, certainty: float) -> tuple[Any, ...]:
    return (key, subject, n, money, certainty, OWNERS[key])
