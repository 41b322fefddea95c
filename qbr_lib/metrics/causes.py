"""What made the quarter: every claim under one of five causes, the one that weighs most first."""

from __future__ import annotations

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
COLUMNS = ["cause", *CLAIM]


def cause_of(kind: str, name: str) -> str:
    """Return the cause that a claim belongs to, empty for revenue itself."""
    return CAUSES.get((kind, name), CAUSES.get((kind, None), ""))


def ranked(judged: pd.DataFrame) -> pd.DataFrame:
    """Return one row per cause, the heaviest first: patterns before facts, then by money.

    A cause is told by its pattern of most money. Without one it is told by its figure for the whole
    team against the team's own earlier quarters, since a part of the deals deviates more easily.

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
    told = rows["value"].notna() & rows["usual"].notna() & (rows["value"] != rows["usual"])
    rows = rows.loc[(rows["cause"] != "") & (told | rows["pattern"].astype(bool))]
    order = rows.assign(
        _not=~rows["pattern"].astype(bool),
        _size=-rows["money"].abs().fillna(0.0),
        _part=rows["subject"] != "",
        _pair=rows["kind"] == "driver",
    )
    patterns = order.loc[~order["_not"]].sort_values("_size", kind="stable")
    facts = order.loc[order["_not"]].sort_values(["_part", "_pair", "_size"], kind="stable")
    first = pd.concat([patterns, facts]).drop_duplicates("cause")
    return first.sort_values(["_not", "_size"], kind="stable")[COLUMNS].reset_index(drop=True)


def part_of(judged: pd.DataFrame, cause: str, *, favourable: bool) -> pd.Series | None:
    """Return the part of the deals (a competitor, a stage) that did most to a cause.

    Parameters
    ----------
    favourable : bool
        Which way the cause went; a part that went the other way explains nothing.
    """
    parts = judged.loc[(judged["subject"] != "") & (judged["favourable"] == favourable)]
    mine = [cause_of(*one) == cause for one in zip(parts["kind"], parts["name"], strict=True)]
    parts = parts.loc[mine].dropna(subset=["money"])
    if parts.empty:
        return None
    return parts.loc[parts["money"].abs().idxmax()]
