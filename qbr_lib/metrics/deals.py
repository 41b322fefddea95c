"""The single deals a review names: largest won, lost, slipped, open, and those overdue."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.metrics.bookings import closed
from qbr_lib.metrics.pipeline import deals_of, still_open
from qbr_lib.schema import LOST, WON

_RECORD_SHARE = 0.2
What = Literal["won", "lost", "open", "overdue"]
COLUMNS = [
    "opportunity_id",
    "name",
    "account",
    "amount",
    "stage",
    "reason",
    "competitor",
    "closed_on",
    "expected_close_on",
    "url",
]


def top(data: Slice, what: What, n: int | None = 5) -> pd.DataFrame:
    """Return the largest deals of a kind, by amount.

    Parameters
    ----------
    what : {"won", "lost", "open", "overdue"}
        Won or lost in the quarter; open as of the day; open with a planned day before it.
    n : int or None
        How many; None for all.

    Returns
    -------
    DataFrame
        `COLUMNS`; deals without an amount stand last.
    """
    rows = _chosen(data, what)
    ordered = rows.sort_values(
        ["amount", "opportunity_id"], ascending=[False, True], na_position="last", kind="stable"
    )
    return named(data, ordered if n is None else ordered.head(n))


def _chosen(data: Slice, what: What) -> pd.DataFrame:
    if what in (WON, LOST):
        return closed(data, data.quarter, what)
    rows = still_open(data.opportunities)
    rows = rows.loc[rows["team_id"].isin(data.team_ids)]
    if what == "overdue":
        return rows.loc[rows["expected_close_on"] < pd.Timestamp(data.as_of)]
    return rows


def slipped(data: Slice, flows: pd.DataFrame, n: int | None = None) -> pd.DataFrame:
    """Return the deals that slipped out of the quarter and are still open, largest first.

    Parameters
    ----------
    flows : DataFrame
        As `flows.movements` returns it.
    """
    if flows.empty:
        return named(data, data.opportunities.head(0))
    rows = deals_of(data, flows, "slipped")
    rows = still_open(rows.assign(amount=rows["moved"].abs()))
    ordered = rows.sort_values(["amount", "opportunity_id"], ascending=[False, True], kind="stable")
    return named(data, ordered if n is None else ordered.head(n))


def named(data: Slice, rows: pd.DataFrame) -> pd.DataFrame:
    """Return deals with their account's name and link, in the order given."""
    pattern = data.organisation.opportunity_url
    link = rows["url"]
    if pattern:
        ids = [quote(one, safe="") for one in rows["opportunity_id"]]
        filled = [pattern.replace("{opportunity_id}", one) for one in ids]
        made = pd.Series(filled, index=rows.index, dtype="str")
        link = link.where(link.notna(), made)
    account = rows["account_id"]
    if "accounts" in data.tables:
        known = data.tables["accounts"].set_index("account_id")["name"]
        account = account.map(known.dropna()).astype("str").fillna(account)
    title = rows["name"].where(rows["name"].notna(), rows["opportunity_id"])
    return rows.assign(account=account, url=link, name=title)[COLUMNS].reset_index(drop=True)


def record(data: Slice) -> pd.DataFrame:
    """Return the largest won deal of the quarter where it is the teams' largest so far, else none.

    It is no record while the quarter holds more than a fifth of all wins so far: if one quarter
    were like another, its share of the wins is the chance that the largest of them falls into it.
    """
    best = top(data, "won", 1)
    rows = data.decided
    so_far = rows.loc[
        (rows["status"] == WON) & (rows["closed_on"] <= pd.Timestamp(data.quarter.last_day))
    ]
    earlier = so_far.loc[so_far["closed_on"] < pd.Timestamp(data.quarter.first_day), "amount"]
    often = len(so_far) - len(earlier) > _RECORD_SHARE * len(so_far)
    if best.empty or often or not best["amount"].iloc[0] > earlier.max():
        return best.head(0)
    return best
