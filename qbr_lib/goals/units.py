"""Who a target can be split to, as far as privacy allows, and what their past tells of each."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from qbr_lib.data.holders import TOO_FEW, too_few
from qbr_lib.data.slices import Slice
from qbr_lib.goals.case import earlier
from qbr_lib.measures import NO_PARTS, NOBODY, Unavailable
from qbr_lib.metrics import bookings, market
from qbr_lib.metrics.pipeline import still_open
from qbr_lib.outlook.current import Outlook
from qbr_lib.periods import Quarter
from qbr_lib.schema import WON

By = Literal["rep", "territory", "team"]
Pieces = pd.DataFrame | Unavailable
FEWEST_WON = 20  # deals of one unit that tell how far its quarters swing
_COLUMN = {"rep": "owner_id", "territory": "territory", "team": "team_id"}
_YEAR, _LOOKED = 4, 8
_PATHS = 2_000
_SEED = 7


def units(data: Slice, by: By, found: Outlook | Unavailable | None = None) -> Pieces:
    """Return the units of a scope that a target can be split to, or why none may be told.

    Parameters
    ----------
    data : Slice
        Of one team, a group or the company.
    by : {"rep", "territory", "team"}
        People only where the organisation names them; territories only where enough people hold
        each of them.
    found : Outlook, optional
        Of the coming quarter: how likely each open deal is won in it.

    Returns
    -------
    DataFrame or Unavailable
        By unit: name, history [money, mean of the last four whole quarters], pipeline [money, what
        the open deals are expected to bring; without an outlook, their amount], potential [money,
        size of the market, shared evenly by the people in it; NaN unknown], won [count of deals in
        eight quarters], present [ratio of a full target: ramp or part-time as recorded; 0 for who
        has left].
    """
    privacy, column = data.organisation.privacy, _COLUMN[by]
    if by == "rep" and privacy.people != "named":
        return Unavailable(bookings.METRIC, NOBODY)
    if by == "territory" and any(_of_few(data.at(one)) for one in _quarters(data)):
        return Unavailable(bookings.METRIC, TOO_FEW, {"n": privacy.minimum_group})
    named = _named(data, by)
    if len(named) < 2:
        return Unavailable(bookings.METRIC, NO_PARTS)
    won, running = _won(data), _running(data, found)
    frame = named.assign(
        history=yearly(data, won).groupby(won[column])["amount"].sum(),
        pipeline=running.groupby(column)["amount"].sum(),
        won=won.groupby(column).size(),
    )
    return frame.fillna({"history": 0.0, "pipeline": 0.0, "won": 0})


def yearly(data: Slice, won: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the last year's deals won, with what they come to in the mean of a quarter."""
    won = _won(data) if won is None else won
    many = min(_YEAR, len(_quarters(data)))
    year = won.loc[won["back"] < _YEAR]
    return year.assign(amount=year["amount"] / many)


def _running(data: Slice, found: Outlook | Unavailable | None) -> pd.DataFrame:
    """Return the open deals, with what they are expected to bring where an outlook tells."""
    rows = still_open(data.opportunities)
    rows = rows.loc[rows["team_id"].isin(data.team_ids)]
    if not isinstance(found, Outlook) or found.standing is None:
        return rows
    line, day = found.told.line, found.now.key.day
    ids = data.opportunities.loc[data.opportunities["team_id"].isin(data.team_ids)]
    ids = ids["opportunity_id"].sort_values(ignore_index=True)  # as `timeline` numbers them
    opened = line.deal[(line.start <= day) & (line.end > day)]
    worth = found.standing.chances * found.standing.values  # noqa: PD011
    expected = pd.Series(worth, index=ids.iloc[opened])
    return rows.assign(amount=rows["opportunity_id"].map(expected))


def _of_few(data: Slice) -> bool:
    return bool(too_few(data.holders("territory"), data.organisation.privacy).any())


def _named(data: Slice, by: By) -> pd.DataFrame:
    if by == "rep":
        return _people(data)
    if by == "team":
        rows = data.teams.set_index("team_id")
        place = {"potential": rows["territory"].map(_markets(data))}
        return pd.DataFrame({"name": rows["name"].fillna(""), "present": 1.0, **place})
    deals = data.opportunities
    mine = deals.loc[deals["team_id"].isin(data.team_ids), "territory"]
    known = pd.Index(sorted(mine.dropna().unique()), dtype="str")
    place = {"potential": known.map(_markets(data))}
    return pd.DataFrame({"name": known, "present": 1.0, **place}, index=known)


def _people(data: Slice) -> pd.DataFrame:
    reps = data.tables.get("reps", pd.DataFrame(columns=["rep_id", "name", "ramp", "territory"]))
    latest = reps.drop_duplicates("rep_id", keep="last").set_index("rep_id").sort_index()
    starts = pd.Timestamp(data.quarter.next.first_day)
    gone = pd.to_datetime(latest.get("left_on", pd.Series(dtype="object"))) <= starts
    present = latest["ramp"].astype("float64").fillna(1.0).where(~gone, 0.0)
    place = latest["territory"]
    many = place.map(place[present > 0].value_counts())
    potential = place.map(_markets(data)) / many
    named = {"name": latest["name"].fillna(""), "present": present}
    return pd.DataFrame({**named, "potential": potential.where(present > 0)})


def _markets(data: Slice) -> dict[str, float]:
    """Return the size of each territory's market [money], as far as it is known."""
    if "market" not in data.tables:
        return {}
    rows = market.sizes(data).dropna(subset=["territory"])
    return dict(rows.groupby("territory")["market_size"].sum())


def _quarters(data: Slice) -> list[Quarter]:
    return earlier(data)[:_LOOKED] or [data.quarter]


def _won(data: Slice) -> pd.DataFrame:
    """Return the deals won in the last whole quarters, with how many quarters back."""
    found = [
        bookings.closed(data, one, WON).assign(back=n) for n, one in enumerate(_quarters(data))
    ]
    return pd.concat(found)


def samples(data: Slice, by: By, names: pd.Index) -> pd.DataFrame:
    """Return simulated quarters of each unit, as far as its own deals tell.

    Each unit wins as many deals as it usually does, by chance more or fewer, of the sizes it has
    won; and what moves the whole team from quarter to quarter beyond that moves all units together.

    Returns
    -------
    DataFrame
        One column per unit of `names` with at least 20 deals won in eight quarters, one row per
        simulated quarter [money]; the same for the same data.
    """
    rng, won = np.random.default_rng(_SEED), _won(data)
    many = len(_quarters(data))
    grouped = won.dropna(subset=["amount"]).groupby(_COLUMN[by])["amount"]
    told = {name: rows.to_numpy() for name, rows in grouped if len(rows) >= FEWEST_WON}
    common = _common(won, many)
    moved = rng.gamma(1 / common, common, (_PATHS, 1)) if common > 0 else np.ones((_PATHS, 1))
    drawn = {}
    for name in (one for one in names if one in told):
        counts = rng.poisson(moved / many * np.ones(len(told[name])))
        drawn[name] = counts @ told[name]
    return pd.DataFrame(drawn, index=range(_PATHS))


def _common(won: pd.DataFrame, many: int) -> float:
    """Return how far the whole swings beyond the luck of its deals: variance ÷ mean²."""
    sums = won.groupby("back")["amount"].sum().reindex(range(many), fill_value=0.0)
    if many < 2 or sums.mean() <= 0:
        return 0.0
    luck = float(won["amount"].pow(2).sum()) / many
    return max(0.0, float(sums.var(ddof=1)) - luck) / float(sums.mean()) ** 2
