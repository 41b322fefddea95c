"""How far the decided deals came, where they stay, and what the gap to the best quarters is worth.

How far they came is told by the deals decided in the quarter, so that the last step ends in the
deals won; `stage_times` tells how long they stay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.metrics import rates, stage_times
from qbr_lib.metrics.conversion import wilson
from qbr_lib.metrics.passages import Grade, furthest, grade, passages, visits
from qbr_lib.metrics.patterns import FEWEST_QUARTERS, Claim, of_rate, of_size
from qbr_lib.metrics.rates import FEWEST_BEFORE, FEWEST_NOW
from qbr_lib.metrics.usual import range_of

QUARTERS = 12
_BEST = 0.75


@dataclass(frozen=True)
class Funnel:
    """The stages of a quarter.

    Parameters
    ----------
    grade : {"A", "B", "C"} or None
        What the data tells of stages (`passages`); None where it tells nothing.
    decided, won, unknown : int
        Deals decided in the quarter, those won, and those lost nobody knows where.
    frame : DataFrame
        One row per stage in order: stage (its name); reached, went_on, rate, low, high of the
        decided deals (where some are unknown, the least that reached it, no rate, and the bounds);
        before (own earlier rate), usual_low, usual_high, best; money, money_low, money_high (what
        the gap to the best was worth); entered, kept (`stage_times.entries`);
        days (median, the least it can be where `least`; expected where snapshots tell it),
        days_before, exits, back_steps, skipped;
        long, waiting, waiting_amount, waiting_before (`stage_times.waiting`, the last one the mean
        of the earlier quarters). What the data cannot give is NaN.
    earlier : DataFrame
        stage (its place), back, reached, went_on, unknown, days, exits, least of the quarters
        before.
    late : DataFrame
        The deals that wait at the end of the quarter, largest first: opportunity_id, stage (its
        name), days, amount.
    """

    grade: Grade | None
    decided: int
    won: int
    unknown: int
    frame: pd.DataFrame
    earlier: pd.DataFrame
    late: pd.DataFrame


def funnel(data: Slice) -> Funnel:
    """Return the stages of the quarter under review beside the team's own earlier quarters."""
    rows, known, names = rates.window(data, QUARTERS), grade(data), data.organisation.stages
    now = rows.loc[rows["back"] == 0]
    decided, won = len(now), int(now["is_won"].sum())
    late = pd.DataFrame(columns=["opportunity_id", "stage", "days", "amount"])
    if known is None:
        return Funnel(None, decided, won, decided - won, pd.DataFrame(), pd.DataFrame(), late)
    seen = None if known == "C" else visits(data)
    reach = furthest(data, seen).reindex(rows.index)
    counted = _counted(reach.where(~rows["is_won"], len(names)), rows["back"], len(names))
    extra = pd.DataFrame(index=range(len(names)))
    if seen is None:
        counted = counted.assign(days=np.nan, exits=0, least=False)
    else:
        counted, extra, late = _watched(seen, counted, data, known)
    past = counted.loc[counted["back"] > 0].reset_index(drop=True)
    current = counted.loc[counted["back"] == 0].set_index("stage")
    steps = _steps(current, past, _worth(counted, rows))
    frame = pd.concat([pd.Series(names, name="stage"), steps, extra], axis=1)
    return Funnel(known, decided, won, int(current["unknown"].max()), frame, past, late)


def _counted(reach: pd.Series, back: pd.Series, stages: int) -> pd.DataFrame:
    """Count by stage and quarter the decided deals that reached it, and that went on."""
    found = []
    for quarter in sorted({0, *back}):
        mine = reach.to_numpy()[back.to_numpy() == quarter]
        unknown = int(np.isnan(mine).sum())
        for stage in range(stages):
            reached, went = int((mine >= stage).sum()), int((mine > stage).sum())
            found.append((stage, int(quarter), reached, went, unknown, len(mine)))
    return pd.DataFrame(found, columns=["stage", "back", "reached", "went_on", "unknown", "n"])


def _worth(counted: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return by stage how many that reached it were won, and the money of one more going on."""
    known = counted.loc[counted["unknown"] == 0].groupby("stage")[["reached", "went_on"]].sum()
    won = known["went_on"].iloc[-1] if len(known) else 0
    average = rows.loc[rows["is_won"], "amount"].mean()
    share, after = won / known["reached"], won / known["went_on"]
    return pd.DataFrame({"win_share": share, "worth": after * average})


def _steps(current: pd.DataFrame, past: pd.DataFrame, worth: pd.DataFrame) -> pd.DataFrame:
    found = []
    for row in current.itertuples():
        rate, low, high = _rate(row, last=row.Index == current.index.max())
        mine = past.loc[(past["stage"] == row.Index) & (past["unknown"] == 0)]
        whole = mine[["went_on", "reached"]].sum()
        enough = mine.loc[mine["reached"] >= FEWEST_NOW]
        each = (enough["went_on"] / enough["reached"]).tolist()
        usual = range_of(each)
        best = float(np.quantile(each, _BEST)) if len(each) >= FEWEST_QUARTERS else np.nan
        gaps = np.clip([best - rate, best - high, best - low], 0.0, None)  # NaN stays NaN
        money = gaps * row.reached * worth["worth"].get(row.Index, np.nan)
        found.append(
            {
                "reached": row.reached,
                "went_on": row.went_on,
                "rate": rate,
                "low": low,
                "high": high,
                "before": whole["went_on"] / whole["reached"] if whole["reached"] else np.nan,
                "usual_low": usual.low if usual else np.nan,
                "usual_high": usual.high if usual else np.nan,
                "best": best,
                "money": money[0],
                "money_low": money[1],
                "money_high": money[2],
                "win_share": worth["win_share"].get(row.Index, np.nan),
                "worth": worth["worth"].get(row.Index, np.nan),
                "days": row.days,
                "exits": row.exits,
                "least": row.least,
                "days_before": _usual_days(past, row.Index),
            }
        )
    return pd.DataFrame(found)


def _rate(row: pd.Series, *, last: bool) -> tuple[float, float, float]:
    """Return the share that went on and its interval; its bounds where the last stage is unknown.

    At worst all of the unknown were lost in this stage; at best all of them later, or before the
    last one.
    """
    unknown, reached, on = row.unknown, row.reached, row.went_on
    if unknown == 0:
        return (on / reached, *wilson(on, reached)) if reached else (np.nan, np.nan, np.nan)
    least = on / (reached + unknown)
    if last:
        return np.nan, least, on / reached if reached else np.nan
    return np.nan, least, (on + unknown) / (reached + unknown)


def _usual_days(past: pd.DataFrame, stage: int) -> float:
    mine = _known_days(past.loc[past["stage"] == stage])
    return float(mine.median()) if len(mine) else np.nan


def _known_days(past: pd.DataFrame) -> pd.Series:
    """Return the days of the quarters that tell them, not only the least they can have been."""
    return past.loc[(past["exits"] >= FEWEST_NOW) & ~past["least"], "days"].dropna()


def _watched(
    seen: pd.DataFrame, counted: pd.DataFrame, data: Slice, known: Grade
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Add the times by quarter; return what deals did in the stages, and who waits."""
    passed, begin = passages(seen, data), seen["since"].min()
    earlier = [int(back) for back in sorted(counted["back"].unique()) if back > 0]
    earlier = [
        back for back in earlier if pd.Timestamp(data.quarter.shift(-back).first_day) >= begin
    ]
    if known == "A":
        times = stage_times.by_quarter(passed, data, [0, *earlier])
        extra = stage_times.entries(passed, data)
    else:
        times = stage_times.by_snapshots(seen, data, [0, *earlier])
        extra = times.loc[times["back"] == 0, ["stage", "kept"]]
    counted = counted.merge(times[["stage", "back", "days", "exits", "least"]], how="left")
    counted["exits"] = counted["exits"].fillna(0).astype("int64")
    counted["least"] = counted["least"].eq(True)
    extra = extra.merge(stage_times.steps(seen, data), how="right").drop(columns="stage")
    who, late = stage_times.waiting(passed, data, earlier)
    names = dict(enumerate(data.organisation.stages))
    ids = late["deal"].map(data.opportunities["opportunity_id"])
    late = late.assign(opportunity_id=ids, stage=late["stage"].map(names))
    columns = ["opportunity_id", "stage", "days", "amount"]
    return counted, pd.concat([extra, who], axis=1), late[columns]


def claims(found: Funnel) -> list[Claim]:
    """Return what may be patterns: how many went on from a stage, and how long they stayed in it.

    The money of a conversion is what the difference was worth; that of the days is the share of the
    waiting amount beyond the usual that such deals are won with, missing until they move on.
    """
    told: list[Claim] = []
    if found.won == found.decided:  # as in `rates.claims`
        return told
    for place, row in enumerate(found.frame.itertuples()):
        past = found.earlier.loc[found.earlier["stage"] == place]
        told += [claim for claim in (_went_on(row, past), _stayed(row, past)) if claim]
    return told


def _went_on(row: pd.Series, past: pd.DataFrame) -> Claim | None:
    known = past.loc[past["unknown"] == 0, ["went_on", "reached"]]
    on, reached = known.sum()
    every = row.reached + reached
    steady = row.went_on + on in (0, every)  # a step that all take, or none, tells nothing
    if np.isnan(row.rate) or row.reached < FEWEST_NOW or reached < FEWEST_BEFORE or steady:
        return None
    chance = of_rate(row.went_on, row.reached, [*known.itertuples(index=False, name=None)])
    usual = float(on / reached)
    money = (row.rate - usual) * row.reached * row.worth
    better = bool(row.rate >= usual)
    return Claim(
        "stage", "conversion", row.stage, row.rate, usual, money, chance, row.reached, better
    )


def _stayed(row: pd.Series, past: pd.DataFrame) -> Claim | None:
    known = _known_days(past)
    if np.isnan(row.days) or row.exits < FEWEST_NOW or len(known) < FEWEST_QUARTERS:
        return None
    chance = of_size(float(row.days), known.tolist())
    shorter = bool(row.days <= row.days_before)
    if shorter and row.least:  # it may have been longer all the same
        return None
    money = -(row.waiting_amount - row.waiting_before) * row.win_share
    money = max(money, 0.0) if shorter else min(money, 0.0)
    n = int(row.exits)
    return Claim("stage", "days", row.stage, row.days, row.days_before, money, chance, n, shorter)
