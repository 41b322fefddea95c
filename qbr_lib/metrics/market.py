"""The teams' share of their markets, where the size of these is known from a named source."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.holders import TOO_FEW, too_few
from qbr_lib.data.slices import Slice
from qbr_lib.measures import (
    NO_AMOUNT,
    NO_MARKET,
    NO_MARKET_SIZE,
    NO_TERRITORIES,
    Measure,
    Outcome,
    Unavailable,
)
from qbr_lib.metrics.bookings import closed, is_cut
from qbr_lib.schema import WON

SHARE = "market.share"
DOUBT = 0.2  # a market's size is somebody's estimate: how far it may be off
_MARKET = ["territory", "segment"]
_SIDES = ("", "_then")
EFFECTS = [*_MARKET, "size_then", "size", "won_then", "won", "by_market", "by_share", "change"]
CHANGES = ["against", *EFFECTS, "withheld"]


def sizes(data: Slice) -> pd.DataFrame:
    """Return the markets of the scope in the quarter, the newest size of each.

    Returns
    -------
    DataFrame
        Rows of `market`. A team's or group's markets are those of its territories; the company's
        are all of them. A market without a territory is the company's alone. What is sized within
        a larger market is a part of it, and left out, so that no money is counted twice. A size
        of 0 or below is none.
    """
    rows = data.tables["market"]
    rows = rows.loc[(rows["quarter"] == str(data.quarter)) & (rows["market_size"] > 0)]
    if data.scope != "company":
        rows = rows.loc[rows["territory"].isin(territories(data))]
    newest = rows.sort_values("as_of", kind="stable").drop_duplicates(_MARKET, keep="last")
    place, kind = newest["territory"], newest["segment"]
    everything = place.isna() & kind.isna()
    if everything.any():
        return newest.loc[everything].reset_index(drop=True)
    part = place.isin(place[kind.isna()]) | kind.isin(kind[place.isna()])
    whole = newest.loc[~(part & place.notna() & kind.notna())]
    if (whole["territory"].notna() & whole["segment"].isna()).any():
        whole = whole.loc[whole["territory"].notna()]  # segments of everywhere cross territories
    return whole.reset_index(drop=True)


def territories(data: Slice) -> set[str]:
    """Return the territories of the teams in scope, as the table teams names them."""
    return set(data.teams["territory"].dropna())


def markets(data: Slice) -> pd.DataFrame:
    """Return the sized markets of the quarter with the teams' own revenue in each.

    A size by territory counts the deals of that territory, a size by segment those of the segment.

    Returns
    -------
    DataFrame
        territory, segment, size, source, as_of, won [money], deals, withheld (bool: too few people
        hold the territory for its own revenue to be told).
    """
    rows = sizes(data).rename(columns={"market_size": "size"})
    if not data.has("opportunities", "segment"):
        rows = rows.loc[rows["segment"].isna()]
    rows = rows.reset_index(drop=True)
    won = closed(data, data.quarter, WON)
    inside = [
        won.loc[_within(won, row.territory, row.segment), "amount"] for row in rows.itertuples()
    ]
    # what the teams won in all is told anyway, so one market that holds it all hides nobody
    whole = len(rows) == 1 and len(inside[0]) == len(won)
    told = rows[[*_MARKET, "size", "source", "as_of"]]
    return told.assign(
        won=[round(float(amounts.sum()), 2) for amounts in inside],
        deals=[len(amounts) for amounts in inside],
        withheld=_of_few(data, rows["territory"]) & (not whole),
    ).astype({"won": "float64", "deals": "int64"})


def _of_few(data: Slice, places: pd.Series) -> pd.Series:
    """Tell which of the territories are withheld, among these alone: their sum is told.

    Beside one of few, a territory without any known holder is withheld as well: it brought
    nothing, so the sum would tell the other.
    """
    privacy = data.organisation.privacy
    held = data.holders("territory").reindex(places.dropna().unique())
    held = held.fillna(0 if held.min() < privacy.minimum_group else privacy.minimum_group)
    few = too_few(held, privacy)
    return places.isin(few.index[few])


def _within(won: pd.DataFrame, territory: object, segment: object) -> pd.Series:
    here = pd.Series(data=True, index=won.index)
    for column, value in zip(_MARKET, (territory, segment), strict=True):
        here &= (won[column] == value).fillna(value=False) | pd.isna(value)
    return here


def missing(data: Slice) -> Unavailable | None:
    """Return which table or column a share of markets lacks, None where it has all."""
    if "market" not in data.tables:
        return Unavailable(SHARE, NO_MARKET)
    if not data.has("opportunities", "territory"):
        return Unavailable(SHARE, NO_TERRITORIES)
    if not data.has("opportunities", "amount"):
        return Unavailable(SHARE, NO_AMOUNT)
    return None


def measures(data: Slice) -> list[Outcome]:
    """Return the share: revenue won in the sized markets ÷ their size."""
    gone = missing(data)
    if gone is not None:
        return [gone]
    rows = markets(data)
    if rows.empty:
        where = ", ".join(sorted(territories(data))) or data.name
        return [Unavailable(SHARE, NO_MARKET_SIZE, {"where": where, "quarter": str(data.quarter)})]
    if len(rows) == 1 and rows["withheld"].all():
        return [Unavailable(SHARE, TOO_FEW, {"n": data.organisation.privacy.minimum_group})]
    share = float(rows["won"].sum() / rows["size"].sum())
    return [Measure(SHARE, share, int(rows["deals"].sum()))]


def in_doubt(share: float) -> tuple[float, float]:
    """Return the share if the market were a fifth larger, and a fifth smaller, than stated.

    >>> in_doubt(0.12)
    (0.1, 0.15)
    """
    return round(share / (1 + DOUBT), 12), round(share / (1 - DOUBT), 12)


def changes(data: Slice, now: pd.DataFrame) -> pd.DataFrame:
    """Return `effects` against the last quarter before that is sized, and against the year ago.

    Parameters
    ----------
    now : DataFrame
        As `markets` returns it.

    Returns
    -------
    DataFrame
        against (quarter as text), then the columns of `effects`; the year ago stands last.
    """
    known, then = set(data.tables["market"]["quarter"]), data.quarter.previous
    found: dict[str, pd.DataFrame] = {}
    while not is_cut(data, then):
        if str(then) in known and (not found or then == data.quarter.year_ago):
            rows = effects(now, markets(data.at(then)))
            found |= {str(then): rows} if len(rows) else {}
        then = then.previous
    told = [rows.assign(against=against) for against, rows in found.items()]
    return pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=CHANGES)


def effects(now: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    """Split the change of own revenue in two: the markets' size, and the own share of them.

    The market's part is its change in size at the mean of both shares, the share's part is the
    change in share at the mean of both sizes; they add up to the change to the cent, and swap
    their signs where the quarters are swapped.

    Parameters
    ----------
    now, then : DataFrame
        territory, segment, size, won, withheld, as `markets` returns them for two quarters.

    Returns
    -------
    DataFrame
        One row per market sized in both quarters: territory, segment, size_then, size, won_then,
        won, by_market, by_share, change [money], withheld (bool; never one alone, which the sum
        would tell).

    References
    ----------
    Marshall (1887) and Edgeworth (1925): weights of both periods; equal to the Shapley value of
    two factors.
    """
    rows = now.merge(then, on=_MARKET, suffixes=_SIDES, validate="1:1")
    share, share_then = (rows[f"won{side}"] / rows[f"size{side}"] for side in _SIDES)
    by_market = ((share + share_then) / 2 * (rows["size"] - rows["size_then"])).round(2)
    change = (rows["won"] - rows["won_then"]).round(2)
    told = rows.assign(by_market=by_market, by_share=(change - by_market).round(2), change=change)
    hidden = rows["withheld"] | rows["withheld_then"]
    if hidden.sum() == 1:
        hidden |= rows.index.isin(rows.loc[~hidden, "won"].nsmallest(1).index)
    told = told[EFFECTS].assign(withheld=hidden)
    return told.iloc[:0] if hidden.sum() == 1 else told
