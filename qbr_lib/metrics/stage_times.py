"""How long deals stay in a stage, who waits in one, and what steps they took in a quarter.

A quarter's times rest on all deals that were in the stage during it: one that was there before
counts from the quarter's first day on, one still there counts as not yet gone. So neither the quick
nor the stuck ones are left out, and nothing after the quarter is needed.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from statsmodels.duration.survfunc import SurvfuncRight

from qbr_lib.data.slices import Slice
from qbr_lib.metrics import chain, survival
from qbr_lib.schema import WON

LONG = 0.8
_MIDDAY = 0.5  # a deal that leaves on the day it came stayed half a day
_AT_RISK = 5  # fewer deals at one time tell nothing of how long the others stay
_DAY = pd.Timedelta(days=1)
_EPOCH = dt.date(1970, 1, 1)


def _span(data: Slice, back: int) -> tuple[int, int]:
    """Return first and last day of a quarter as days since 1970, up to `as_of`."""
    quarter = data.quarter.shift(-back)
    return (quarter.first_day - _EPOCH).days, (min(quarter.last_day, data.as_of) - _EPOCH).days


def stay(passed: pd.DataFrame, first: int, last: int, share: float) -> tuple[float, int, bool]:
    """Return the days that a share of the deals left a stage within, and how many left.

    Parameters
    ----------
    passed : DataFrame
        `passages` through one stage.
    first, last : int
        The days that are looked at, counted from 1970.
    share : float
        0.5 for the median.

    Returns
    -------
    tuple of float, int and bool
        Days; NaN where there were never more than a few deals. Deals that left from `first` to
        `last`. Whether it is at least so many days, since fewer have left by the time only a few
        are still there.

    References
    ----------
    Kaplan and Meier (1958), Journal of the American Statistical Association 53, 457-481; with late
    entry, Klein and Moeschberger (2003), Survival Analysis, section 4.6.
    """
    entered, until = passed["entered"].to_numpy(), passed["until"].to_numpy()
    inside = (entered <= last) & (until >= first)
    ended = ((passed["outcome"].to_numpy() != "open") & (until <= last))[inside]
    if not ended.any():
        return float("nan"), 0, False
    before = np.maximum(first - entered, 0)[inside]
    days = (np.minimum(until, last) - entered)[inside] + _MIDDAY
    curve = SurvfuncRight(days, ended.astype(int), entry=before)
    enough = curve.n_risk >= _AT_RISK
    if not enough.any():
        return float("nan"), int(ended.sum()), False
    stayed = np.cumprod(1 - (curve.n_events / curve.n_risk)[enough])
    gone = curve.surv_times[enough][stayed <= 1 - share + 1e-9]
    day = gone[0] if len(gone) else curve.surv_times[enough][-1]
    return float(day) - _MIDDAY, int(ended.sum()), not len(gone)


def by_quarter(passed: pd.DataFrame, data: Slice, backs: list[int]) -> pd.DataFrame:
    """Return the median days in each stage, and how many left it, in each quarter.

    Returns
    -------
    DataFrame
        stage, back (quarters before the one under review), days, exits, least (as in `stay`).
    """
    found = [
        (stage, back, *stay(rows, *_span(data, back), 0.5))
        for stage, rows in passed.groupby("stage")
        for back in backs
    ]
    return pd.DataFrame(found, columns=["stage", "back", "days", "exits", "least"])


def by_snapshots(seen: pd.DataFrame, data: Slice, backs: list[int]) -> pd.DataFrame:
    """Return the expected days in each stage in each quarter, as snapshots tell it.

    Returns
    -------
    DataFrame
        stage, back, days (until a later stage, won or lost), exits, kept (chance to go on), least
        (False).
    """
    history, stages = data.history, len(data.organisation.stages)
    closed = data.opportunities.set_index("opportunity_id")["closed_on"]
    moments = history["at"].dt.normalize()
    seen_then = moments.loc[moments != history["opportunity_id"].map(closed)]
    grid = pd.DatetimeIndex(sorted(seen_then.unique()))
    found = []
    for back in backs:
        first, last = data.quarter.shift(-back).span
        days = grid[(grid >= first) & (grid <= last)]
        if len(days) < 2:
            continue
        counts = chain.counts(seen, days, stages)
        gap = (days[-1] - days[0]) / _DAY / (len(days) - 1)
        for stage in range(stages):
            kept, steps = chain.onward(counts, stage)
            exits = int(counts[stage, stage + 1 :].sum())
            told = {"stage": stage, "back": back, "days": steps * gap, "exits": exits, "kept": kept}
            found.append(told)
    frame = pd.DataFrame(found, columns=["stage", "back", "days", "exits", "kept"])
    return frame.assign(least=False)


def entries(passed: pd.DataFrame, data: Slice) -> pd.DataFrame:
    """Return how many deals entered each stage in the quarter, and how many of them went on.

    Deals still there are counted as long as they have been watched, neither as lost nor as gone on.

    Returns
    -------
    DataFrame
        stage, entered, kept (NaN before the first one left).
    """
    first, last = _span(data, 0)
    found = []
    for stage in range(len(data.organisation.stages)):
        rows = passed.loc[(passed["stage"] == stage) & passed["entered"].between(first, last)]
        ends = rows["outcome"].replace("on", WON)  # the other way out is to be lost
        known = survival.curve(0 * rows["until"], rows["until"] - rows["entered"], ends)
        kept = float(known.won[-1]) if len(known.won) else np.nan
        found.append({"stage": stage, "entered": len(rows), "kept": kept})
    return pd.DataFrame(found)


def steps(seen: pd.DataFrame, data: Slice) -> pd.DataFrame:
    """Return how often deals went back from each stage, or passed it over, in the quarter.

    Returns
    -------
    DataFrame
        stage, back_steps, skipped.
    """
    moved = seen.loc[seen["until"].between(*data.quarter.span)]
    back = moved.loc[(moved["next"] >= 0) & (moved["next"] < moved["stage"]), "stage"]
    found = [
        {
            "stage": stage,
            "back_steps": int((back == stage).sum()),
            "skipped": int(((moved["stage"] < stage) & (moved["next"] > stage)).sum()),
        }
        for stage in range(len(data.organisation.stages))
    ]
    return pd.DataFrame(found)


def waiting(
    passed: pd.DataFrame, data: Slice, backs: list[int]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return who stands in a stage longer than 8 of 10 used to, at the end of the quarter.

    Parameters
    ----------
    backs : list of int
        The earlier quarters that say what is long; without any, nobody waits long.

    Returns
    -------
    tuple of DataFrame
        By stage: long (the limit in days), waiting, waiting_amount, and waiting_before [money, the
        mean at the ends of the earlier quarters]; amounts as known today. And the deals: deal,
        stage, days, amount, the largest first.
    """
    found, late = [], []
    oldest = _span(data, max(backs, default=0))[0]
    for stage in range(len(data.organisation.stages)):
        rows = passed.loc[passed["stage"] == stage]
        limit = stay(rows, oldest, _span(data, 1)[1], LONG)[0] if backs else float("nan")
        amounts = data.opportunities["amount"].reindex(rows["deal"]).to_numpy()
        entered, until = rows["entered"].to_numpy(), rows["until"].to_numpy()
        running, each = rows["outcome"].to_numpy() == "open", {}
        for back in (0, *backs):
            last = _span(data, back)[1]
            days = last - entered
            over = ((until > last) | (running & (until == last))) & (days > limit)
            each[back] = float(np.nansum(amounts[over]))
            if back == 0:
                told = {"deal": rows["deal"][over], "stage": stage, "days": days[over]}
                late.append(pd.DataFrame(told | {"amount": amounts[over]}))
        before = float(np.mean([each[back] for back in backs])) if backs else float("nan")
        found.append((limit, len(late[-1]), each[0], before))
    columns = ["long", "waiting", "waiting_amount", "waiting_before"]
    who = pd.concat(late).sort_values(["amount", "deal"], ascending=[False, True])
    return pd.DataFrame(found, columns=columns), who.reset_index(drop=True)
