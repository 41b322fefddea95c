"""The teams' share of their markets, where the size of these is known from a named source."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import (
    NO_MARKET,
    NO_MARKET_SIZE,
    NO_TERRITORIES,
    Measure,
    Outcome,
    Unavailable,
)
from qbr_lib.metrics.bookings import closed
from qbr_lib.schema import WON


def sizes(data: Slice) -> pd.DataFrame:
    """Return the markets of the scope in the quarter, the newest size of each.

    Returns
    -------
    DataFrame
        Rows of `market`. A team's or group's markets are those of its territories; the company's
        are all of them. A market without a territory is the company's alone.
    """
    rows = data.tables["market"]
    rows = rows.loc[rows["quarter"] == str(data.quarter)]
    if data.scope != "company":
        rows = rows.loc[rows["territory"].isin(territories(data))]
    newest = rows.sort_values("as_of", kind="stable")
    return newest.drop_duplicates(["territory", "segment"], keep="last").reset_index(drop=True)


def territories(data: Slice) -> set[str]:
    """Return the territories of the teams in scope, as the table teams names them."""
    return set(data.teams["territory"].dropna())


def measures(data: Slice) -> list[Outcome]:
    """Return the share: revenue won in the sized markets ÷ their size.

    A size by territory counts the deals of that territory, a size by segment those of the segment.
    """
    one = "market.share"
    if "market" not in data.tables:
        return [Unavailable(one, NO_MARKET)]
    if not data.has("opportunities", "territory"):
        return [Unavailable(one, NO_TERRITORIES)]
    rows = sizes(data)
    total = float(rows["market_size"].sum())
    if total <= 0:
        where = ", ".join(sorted(territories(data))) or data.name
        return [Unavailable(one, NO_MARKET_SIZE, {"where": where, "quarter": str(data.quarter)})]
    won = closed(data, data.quarter, WON)
    inside = pd.Series(data=False, index=won.index)
    for row in rows.itertuples():
        here = pd.Series(data=True, index=won.index)
        for column, value in (("territory", row.territory), ("segment", row.segment)):
            here &= (won[column] == value).fillna(value=False) | pd.isna(value)
        inside |= here
    return [Measure(one, float(won.loc[inside, "amount"].sum()) / total, int(inside.sum()))]
