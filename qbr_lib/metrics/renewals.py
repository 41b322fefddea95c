"""Renewals of existing contracts beside new business, where the source tells them apart."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import NO_AMOUNT, NO_RENEWAL, NO_RENEWALS, Measure, Outcome, Unavailable
from qbr_lib.metrics.bookings import closed
from qbr_lib.metrics.conversion import wilson
from qbr_lib.schema import LOST, WON

COLUMNS = ["renewal", "won", "decided", "low", "high", "won_amount", "lost_amount"]


def table(data: Slice) -> pd.DataFrame:
    """Return renewals, new business, and deals of which neither is said, of the quarter.

    Returns
    -------
    DataFrame
        renewal (True, False, missing), won, decided [count], low, high (possible win rates),
        won_amount, lost_amount [money]; renewals first, without the kinds no deal is of.
    """
    deals = pd.concat([closed(data, data.quarter, status) for status in (WON, LOST)])
    won = deals["status"] == WON
    parts = pd.DataFrame(
        {
            "renewal": deals["is_renewal"],
            "won": won.astype("int64"),
            "decided": 1,
            "won_amount": deals["amount"].where(won, 0.0),
            "lost_amount": deals["amount"].where(~won, 0.0),
        }
    )
    sums = parts.groupby("renewal", dropna=False).sum().reset_index()
    bounds = [wilson(w, n) for w, n in zip(sums["won"], sums["decided"], strict=True)]
    told = sums.round({"won_amount": 2, "lost_amount": 2}).assign(
        low=[low for low, _ in bounds], high=[high for _, high in bounds]
    )
    return told.sort_values("renewal", ascending=False)[COLUMNS].reset_index(drop=True)


def measures(data: Slice) -> list[Outcome]:
    """Return the share of the decided renewals that were won, and their revenue."""
    ids = ("renewals.rate", "renewals.won_amount")
    if not data.has("opportunities", "is_renewal"):
        return [Unavailable(one, NO_RENEWALS) for one in ids]
    rows = table(data)
    mine = rows.loc[rows["renewal"].fillna(value=False)]
    won, decided = int(mine["won"].sum()), int(mine["decided"].sum())
    amount: Outcome = Measure(ids[1], round(float(mine["won_amount"].sum()), 2), won)
    if not data.has("opportunities", "amount"):
        amount = Unavailable(ids[1], NO_AMOUNT)
    if decided == 0:
        return [Unavailable(ids[0], NO_RENEWAL, {"quarter": str(data.quarter)}), amount]
    low, high = wilson(won, decided)
    return [Measure(ids[0], won / decided, decided, low, high), amount]
