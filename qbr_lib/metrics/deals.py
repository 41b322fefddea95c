"""The single deals a review names, and the lists of deals behind its headlines."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.deal_lists import LISTS
from qbr_lib.metrics import ageing, pipeline
from qbr_lib.metrics.bookings import closed
from qbr_lib.metrics.conversion import created
from qbr_lib.metrics.pipeline import deals_of, still_open
from qbr_lib.schema import LOST, OPEN, WON

What = Literal["won", "lost", "open", "overdue", "stale"]
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
LISTED = [
    "list",
    "movement",
    "opportunity_id",
    "name",
    "account",
    "team",
    "day",
    "status",
    "detail",
    "amount",
    "url",
    "age",
    "pushes",
    "quiet",
]
_DAYS = {
    "won": "closed_on",
    "lost": "closed_on",
    "created": "created_on",
    "slipped": "expected_close_on",
    "pipeline": "at",
    "overdue": "expected_close_on",
    "stale": "created_on",
    "open": "expected_close_on",
}


def top(data: Slice, what: What, n: int | None = 5) -> pd.DataFrame:
    """Return the largest deals of a kind, by amount.

    Parameters
    ----------
    what : {"won", "lost", "open", "overdue", "stale"}
        Won or lost in the quarter; open as of the day; open with a planned day before it; open
        for so long that it is hardly ever won, see `ageing.stale`.
    n : int or None
        How many; None for all.

    Returns
    -------
    DataFrame
        `COLUMNS`; deals without an amount stand last.
    """
    ordered = _largest_first(_chosen(data, what))
    return named(data, ordered if n is None else ordered.head(n))


def _largest_first(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(
        ["amount", "opportunity_id"], ascending=[False, True], na_position="last", kind="stable"
    )


def _chosen(data: Slice, what: What) -> pd.DataFrame:
    if what in (WON, LOST):
        return closed(data, data.quarter, what)
    if what == "stale":
        return ageing.stale(data)
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
    return _named(data, rows)[COLUMNS].reset_index(drop=True)


def _named(data: Slice, rows: pd.DataFrame) -> pd.DataFrame:
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
    return rows.assign(account=account, url=link, name=title)


def lists(data: Slice, flows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the deals behind every headline of a quarter, list by list, largest first.

    The amounts of a list add up to its headline: those of "won" to `bookings.won_amount`, those
    of "slipped" to the size of `pipeline.slipped`, those of each movement of "pipeline" to its
    bar. "created", "overdue", "stale" and "open" have the amounts as of the day.

    Parameters
    ----------
    flows : DataFrame, optional
        As `flows.movements` returns it; without it the lists "slipped" and "pipeline" are
        absent. "pipeline" needs a bridge besides.

    Returns
    -------
    DataFrame
        list (a key of `LISTS`), movement (the bar of the bridge within "pipeline", else missing),
        opportunity_id, name, account, team (its name where several are in scope, else missing),
        day (closed, created, planned or moved), status, detail (stage of an open deal, reason of
        a closed one), amount [money, NaN unknown, signed within "pipeline"], url; in the lists
        that are `aged` also age [days from creation to closing or the day of the data], pushes
        (how often the planned day was moved later), quiet [days since the last recorded change
        of an open deal], each NaN where unknown.
    """
    found = {
        name: _largest_first(_chosen(data, name)) for name in ("won", "lost", "overdue", "open")
    }
    if data.has("opportunities", "created_on"):
        found["created"] = _largest_first(created(data))
        found["stale"] = _largest_first(ageing.stale(data))
    if flows is not None and len(flows):
        moved = _moved(data, flows)
        left = moved.loc[moved["movement"] == "slipped"]
        found["slipped"] = left.assign(amount=left["amount"].abs(), movement=None)
        if pipeline.missing(data) is None:
            found["pipeline"] = moved
    return pd.concat([_listed(data, n, found[n]) for n in LISTS if n in found], ignore_index=True)


def totals(listed: pd.DataFrame) -> pd.DataFrame:
    """Return how many deals each list holds and what they add up to.

    Parameters
    ----------
    listed : DataFrame
        As `lists` returns it.

    Returns
    -------
    DataFrame
        list, movement, deals, amount [money; an unknown one adds nothing, NaN where none is known],
        in the order of the lists.
    """
    grouped = listed.groupby(["list", "movement"], sort=False, dropna=False)
    deals, amount = grouped.size(), grouped["amount"].sum(min_count=1).round(2) + 0.0
    return pd.DataFrame({"deals": deals, "amount": amount}).reset_index()


def _moved(data: Slice, flows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per bar and deal with what the deal adds to the bar, in the bars' order."""
    by_bar = flows.groupby(["flow", "opportunity_id"], as_index=False)
    sums = by_bar.agg(amount=("amount", "sum"), at=("at", "max")).round({"amount": 2})
    known = data.opportunities.drop(columns="amount")
    rows = sums.merge(known, on="opportunity_id", validate="m:1").rename(
        columns={"flow": "movement"}
    )
    order = rows.assign(
        _bar=rows["movement"].map({bar: place for place, bar in enumerate(pipeline.BARS)}),
        _size=-rows["amount"].abs(),
    )
    return order.sort_values(["_bar", "_size", "opportunity_id"])[rows.columns]


def _listed(data: Slice, name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a list as columns of `LISTED`, in the order given."""
    told = _named(data, rows.assign(movement=rows.get("movement")))
    teams = data.teams.set_index("team_id")["name"]
    named = told["team_id"].map(teams.dropna()).fillna(told["team_id"])
    listed = told.assign(
        list=name,
        team=named if len(data.team_ids) > 1 else None,
        day=told[_DAYS[name]].dt.normalize(),
        detail=told["stage"].where(told["status"] == OPEN, told["reason"]),
    )
    aged = _aged(data, listed) if LISTS[name].aged else listed.reindex(columns=LISTED)
    kinds = {"movement": "str", "team": "str"} | dict.fromkeys(LISTED[-3:], "float64")
    return aged[LISTED].astype(kinds)


def _aged(data: Slice, rows: pd.DataFrame) -> pd.DataFrame:
    """Add how old deals are, how often their planned day moved later, how long nothing changed."""
    today, running = pd.Timestamp(data.as_of), rows["status"] == OPEN
    age = (rows["closed_on"].mask(running, today) - rows["created_on"]).dt.days
    if data.history is None:
        return rows.assign(age=age, pushes=float("nan"), quiet=float("nan"))
    ids = rows["opportunity_id"]
    own = data.history.loc[data.history["opportunity_id"].isin(ids)]
    later = own.loc[(own["field"] == "expected_close_on") & (own["new"] > own["old"])]
    pushes = ids.map(later["opportunity_id"].value_counts()).fillna(0)
    last = own.groupby("opportunity_id")["at"].max().reindex(ids).set_axis(ids.index)
    last = last.fillna(rows["created_on"])
    quiet = (today - last.dt.normalize()).dt.days.where(running)
    planned = data.history_since is not None
    return rows.assign(age=age, pushes=pushes if planned else float("nan"), quiet=quiet)
