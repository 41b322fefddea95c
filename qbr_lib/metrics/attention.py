"""What needs attention: at most seven things, by the money at stake and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from qbr_lib.measures import Measure

MOST = 7
COLUMNS = ["key", "subject", "n", "money", "certainty", "owner"]
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
Deals = Mapping[str, pd.DataFrame]


def listed(
    causes: pd.DataFrame,
    deals: Deals,
    measures: Mapping[str, Measure],
    *,
    stale_chance: float,
    unsure: float = 0.0,
) -> pd.DataFrame:
    """Return what needs attention, the heaviest first.

    Weight is money times certainty. A harmful pattern is as certain as its chance is small; of
    deals that wait, the share counts that the team usually wins, of stale ones the chance below
    which they are called so. Agreements carry no money; they keep the last places.

    Parameters
    ----------
    causes : DataFrame
        As `causes.ranked` returns it.
    deals : mapping of str to DataFrame
        "overdue", "slipped" and "stale": open deals with their amount, as far as they are known.
    measures : mapping of str to Measure
        Known measures of the review.
    stale_chance : float
        `thresholds.stale_chance` of the organisation.
    unsure : float
        How far bad rows could move the revenue won [money].

    Returns
    -------
    DataFrame
        key (cause, overdue, slipped, stale, quality, commitments, goals), subject (the cause), n,
        money [money at stake, NaN for agreements], certainty [ratio], owner (lead, owners, data,
        team); at most seven rows.
    """
    rate = measures.get("conversion.win_rate")
    share = rate.value if rate is not None else 0.5
    rows = _harm(causes)
    for key, certainty in (("overdue", share), ("slipped", share), ("stale", stale_chance)):
        frame = deals.get(key, pd.DataFrame({"amount": []}))
        if len(frame):
            rows.append(_row(key, "", len(frame), float(frame["amount"].sum()), certainty))
    if unsure > 0:
        rows.append(_row("quality", "", 1, unsure, 0.5))
    told = pd.DataFrame(rows, columns=COLUMNS)
    weights = (told["money"].abs() * told["certainty"]).fillna(0.0).astype("float64")
    agreed = pd.DataFrame(_agreements(measures), columns=COLUMNS)
    first = told.loc[weights.sort_values(ascending=False, kind="stable").index]
    return pd.concat([first.head(MOST - len(agreed)), agreed], ignore_index=True)


def _harm(causes: pd.DataFrame) -> list[tuple[Any, ...]]:
    harmful = causes["pattern"].astype(bool) & ~causes["favourable"].astype(bool)
    return [
        _row("cause", str(row.cause), int(row.n), float(row.money), 1 - float(row.chance))
        for row in causes.loc[harmful].itertuples()
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
