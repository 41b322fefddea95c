"""What made the quarter: every claim under one of five causes, the one that weighs most first.

A cause weighs what it was worth; half of that where chance alone may explain it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from qbr_lib.metrics.patterns import COLUMNS as CLAIM

# What each claim speaks of, by kind and name; a name of None stands for every other of the kind.
CAUSES: dict[tuple[str, str | None], str] = {
    ("driver", "volume"): "volume",
    ("driver", "win_rate"): "win_rate",
    ("driver", "mix"): "size",
    ("driver", "deal_size"): "size",
    ("figure", "average"): "size",
    ("figure", "win_rate"): "win_rate",
    ("figure", "slipped"): "slipped",
    ("figure", "days"): "time",
    ("figure", "won"): "",  # the outcome, not a cause of it
    ("figure", None): "volume",
    ("rate", None): "win_rate",
    ("stage", None): "time",
}
PARTS = ("rate", "stage")  # kinds that speak of a part of the deals, the unnamed one included
COLUMNS = ["cause", *CLAIM]
_BY_CHANCE = 0.5


def cause_of(kind: str, name: str) -> str:
    """Return the cause that a claim belongs to, empty for revenue itself."""
    return CAUSES.get((kind, name), CAUSES.get((kind, None), ""))


def ranked(judged: pd.DataFrame) -> pd.DataFrame:
    """Return one row per cause, the one that weighs most first.

    A cause is told by its pattern of most money. Without one it is told by its figure for the whole
    team against the team's own earlier quarters, since a part of the deals deviates more easily.
    What is usual takes several quarters: where it is too early, only the quarter before is told.

    Parameters
    ----------
    judged : DataFrame
        As `patterns.judged` returns it.

    Returns
    -------
    DataFrame
        cause (volume, win_rate, size, slipped, time), then the fields of the claim that tells it.
    """
    rows = judged.assign(
        cause=[cause_of(*one) for one in zip(judged["kind"], judged["name"], strict=True)]
    )
    sure = rows["pattern"].astype(bool)
    told = rows["value"].notna() & rows["usual"].notna() & (rows["value"] != rows["usual"])
    told &= rows["chance"].notna() | (rows["kind"] == "driver")
    order = rows.assign(
        _sure=sure,
        _weight=rows["money"].abs().fillna(0.0) * np.where(sure, 1.0, _BY_CHANCE),
        _part=~sure & rows["kind"].isin(PARTS),
        _pair=~sure & (rows["kind"] == "driver"),
    ).loc[(rows["cause"] != "") & (told | sure)]
    best = order.sort_values(
        ["_sure", "_part", "_pair", "_weight"], ascending=[False, True, True, False], kind="stable"
    ).drop_duplicates("cause")
    ordered = best.sort_values(["_weight", "_sure"], ascending=False, kind="stable")
    return ordered[COLUMNS].reset_index(drop=True)


def alone(causes: pd.DataFrame, won: pd.DataFrame) -> pd.Series | None:
    """Return the deal won that alone brought at least half of the heaviest cause, else None.

    Only larger deals than usual can come from a single one. What an ordinary deal in its place
    would have brought is taken off.

    Parameters
    ----------
    causes : DataFrame
        As `ranked` returns it.
    won : DataFrame
        As `deals.top` returns the deals won, the largest first.
    """
    if causes.empty or won.empty:
        return None
    first, deal = causes.iloc[0], won.iloc[0]
    if (first["kind"], first["name"]) != ("figure", "average") or not first["favourable"]:
        return None
    return deal if deal["amount"] - first["usual"] >= first["money"] / 2 else None


def part_of(judged: pd.DataFrame, cause: str, *, favourable: bool) -> pd.Series | None:
    """Return the part of the deals (a competitor, a stage) that did most to a cause.

    Parameters
    ----------
    favourable : bool
        Which way the cause went; a part that went the other way explains nothing.
    """
    parts = judged.loc[judged["kind"].isin(PARTS) & (judged["favourable"] == favourable)]
    mine = [cause_of(*one) == cause for one in zip(parts["kind"], parts["name"], strict=True)]
    parts = parts.loc[mine].dropna(subset=["money"])
    if parts.empty:
        return None
    return parts.loc[parts["money"].abs().idxmax()]
