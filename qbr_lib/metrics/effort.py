"""How early work on deals goes with winning them, and whether the teams did more than usual.

A deal that is open longer collects more activities, and a deal being won collects the paperwork.
So only activities of the first days count, among deals still open then and decided afterwards,
and deals are compared with deals of their segment, size and quarter. Nothing here says that one
brings the other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.metrics import patterns
from qbr_lib.metrics.activity import kind_of
from qbr_lib.metrics.bookings import quarters_since
from qbr_lib.metrics.patterns import TOO_EARLY, Claim
from qbr_lib.metrics.rates import quarters_back
from qbr_lib.schema import WON

EARLY = 14  # days after creation
FEWEST = 40  # deals with, and without
_QUARTERS, _CLASSES, _FEWEST_A_QUARTER = 4, 3, 10
_Z = 1.959964


class Pace(NamedTuple):
    """How many in the quarter, and in each earlier whole quarter, the newest first."""

    now: int
    earlier: list[int]


@dataclass(frozen=True)
class Association:
    """How winning differs between deals with and without early work.

    Parameters
    ----------
    with_n, with_won, without_n, without_won : int
        Deals compared, and how many of them were won.
    difference, low, high : float
        Of the win rates within like deals [ratio], and its 95 % interval.
    ratio, ratio_low, ratio_high : float
        The same as a ratio of win rates; NaN where one of them is 0.
    """

    with_n: int
    with_won: int
    without_n: int
    without_won: int
    difference: float
    low: float
    high: float
    ratio: float
    ratio_low: float
    ratio_high: float

    @property
    def by_luck(self) -> bool:
        """Whether chance alone can explain the difference."""
        return self.low <= 0 <= self.high

    @property
    def unseen(self) -> float:
        """How often something unseen would have to go with both to explain the difference.

        The E-value of the bound nearest to no difference, 1 where chance alone explains it.
        """
        nearest = self.ratio_low if self.ratio > 1 else self.ratio_high
        return 1.0 if self.by_luck or not math.isfinite(nearest) else e_value(nearest)


def e_value(ratio: float) -> float:
    """Return the E-value of a risk ratio.

    References
    ----------
    VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268-274.

    >>> round(e_value(3.9), 3), round(e_value(1 / 3.9), 3)
    (7.263, 7.263)
    """
    above = max(ratio, 1 / ratio)
    return above + math.sqrt(above * (above - 1))


def cohort(data: Slice) -> pd.DataFrame:
    """Return the deals created in the last four quarters and decided since.

    Returns
    -------
    DataFrame
        opportunity_id, created_on, closed_on, won (bool), stratum (deals alike in segment, third
        by size and quarter of creation).
    """
    deals, first = data.decided, data.quarter.shift(1 - _QUARTERS).span[0]
    within = deals["created_on"].between(first, data.quarter.span[1])
    rows = deals.loc[within & deals["removed_on"].isna()]
    # the amount known at creation: the last one is a part of how the deal went
    amount = rows["list_amount"].fillna(rows["amount"])
    third = np.ceil(amount.rank(pct=True) * _CLASSES).fillna(0).astype("int64").astype("str")
    back = quarters_back(rows["created_on"], data.quarter).astype("str")
    return pd.DataFrame(
        {
            "opportunity_id": rows["opportunity_id"],
            "created_on": rows["created_on"],
            "closed_on": rows["closed_on"],
            "won": rows["status"] == WON,
            "stratum": rows["segment"].fillna("") + "|" + third + "|" + back,
        }
    )


def worked_on(
    deals: pd.DataFrame, activities: pd.DataFrame, since: str, first: int, last: int
) -> pd.Series:
    """Tell which deals have an activity so many days after a day of theirs.

    Parameters
    ----------
    deals : DataFrame
        With opportunity_id and the day.
    activities : DataFrame
        With opportunity_id and done_on.
    since : {"created_on", "closed_on"}
        The day counted from.
    first, last : int
        Bounds, both included [days].
    """
    days = ["opportunity_id", since]
    done = activities[["opportunity_id", "done_on"]].merge(deals[days], on="opportunity_id")
    near = (done["done_on"] - done[since]).dt.days.between(first, last)
    return deals["opportunity_id"].isin(done.loc[near, "opportunity_id"])


def early(data: Slice) -> Association | None:
    """Compare deals with and without an activity in their first 14 days.

    Only deals still open after these days; None where fewer than 40 with or without remain.
    """
    deals = cohort(data)
    deals = deals.loc[(deals["closed_on"] - deals["created_on"]).dt.days > EARLY]
    done = worked_on(deals, data.tables["activities"], "created_on", 0, EARLY)
    return associated(deals.assign(exposed=done))


def after_closing(data: Slice) -> Association | None:
    """Compare deals with and without an activity in the 14 days after their closing.

    What is done then cannot have decided anything: a difference here shows that won deals are
    logged otherwise than lost ones, and so warns of any other difference.
    """
    deals = cohort(data)
    done = worked_on(deals, data.tables["activities"], "closed_on", 1, EARLY)
    return associated(deals.assign(exposed=done))


def associated(deals: pd.DataFrame) -> Association | None:
    """Return how winning differs between exposed and other deals of the same strata.

    Parameters
    ----------
    deals : DataFrame
        exposed, won (bool), stratum.

    Returns
    -------
    Association or None
        None where fewer than 40 deals of either sort have others to compare with.

    References
    ----------
    Difference: Mantel and Haenszel (1959), variance of Sato (1989), Biometrics 45, 1323-1324.
    Ratio: variance of Greenland and Robins (1985), Biometrics 41, 55-68.
    """
    on, won = deals["exposed"], deals["won"]
    sorts = {"n1": on, "x1": on & won, "n0": ~on, "x0": ~on & won}
    cells = pd.DataFrame(sorts).astype("float64").groupby(deals["stratum"]).sum()
    cells = cells.loc[(cells["n1"] > 0) & (cells["n0"] > 0)]
    counts = cells.sum().astype("int64")
    if min(counts["n1"], counts["n0"]) < FEWEST:
        return None
    n1, x1, n0, x0 = (cells[name].to_numpy() for name in sorts)
    n = n1 + n0
    weight = float((n1 * n0 / n).sum())
    difference = float(((x1 * n0 - x0 * n1) / n).sum()) / weight
    p = (n1**2 * x0 - n0**2 * x1 + n1 * n0 * (n0 - n1) / 2) / n**2
    q = (x1 * (n0 - x0) + x0 * (n1 - x1)) / (2 * n)
    error = math.sqrt(max(difference * float(p.sum()) + float(q.sum()), 0.0)) / weight
    with_n, with_won, without_n, without_won = (int(counts[name]) for name in sorts)
    bounds = (difference - _Z * error, difference + _Z * error)
    ratios = _ratio(n1, x1, n0, x0)
    return Association(with_n, with_won, without_n, without_won, difference, *bounds, *ratios)


def _ratio(
    n1: np.ndarray, x1: np.ndarray, n0: np.ndarray, x0: np.ndarray
) -> tuple[float, float, float]:
    """Return the ratio of the win rates within strata, and its bounds."""
    n = n1 + n0
    a, c = float((x1 * n0 / n).sum()), float((x0 * n1 / n).sum())
    if a == 0 or c == 0:
        return math.nan, math.nan, math.nan
    spread = float(((n1 * n0 * (x1 + x0) - x1 * x0 * n) / n**2).sum()) / (a * c)
    reach = math.exp(_Z * math.sqrt(spread))
    return a / c, a / c / reach, a / c * reach


def pace(data: Slice, days: pd.Series) -> Pace:
    """Count what happened in the quarter and in each earlier whole one, by day.

    The quarter in which logging them began is no whole one.
    """
    began = days.min()
    spans = [one.span for one in quarters_since(data, began)]
    counts = [int(days.between(*span).sum()) for span in spans if span[0] >= began]
    return Pace(counts[0], counts[1:]) if counts else Pace(int(days.between(*spans[0]).sum()), [])


def claims(data: Slice) -> list[Claim]:
    """Return whether the quarter's meetings and new leads are a change, of what is in the data.

    Of a source that names no meetings all activities count.
    """
    found = []
    if "activities" in data.tables:
        rows = data.tables["activities"]
        rows = rows.loc[rows["team_id"].isin(data.team_ids)]
        met = rows.loc[kind_of(rows["kind"]) == "meetings"]
        name, mine = ("activity.meetings", met) if len(met) else ("activity.done", rows)
        found.append(_claim(data, name, mine["done_on"]))
    if "leads" in data.tables:
        rows = data.tables["leads"]
        came = rows.loc[rows["team_id"].isin(data.team_ids), "created_on"]
        found.append(_claim(data, "leads.created", came))
    return [claim for claim in found if claim is not None]


def _claim(data: Slice, name: str, days: pd.Series) -> Claim | None:
    if days.empty:
        return None
    now, earlier = pace(data, days)
    usual = float(np.median(earlier)) if earlier else math.nan
    chance = TOO_EARLY
    if data.over and usual >= _FEWEST_A_QUARTER:
        chance = patterns.of_count(now, earlier)
    return Claim("figure", name, "", now, usual, math.nan, chance, now, favourable=now > usual)
