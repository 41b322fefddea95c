"""Who a target can be split to, as far as privacy allows, and what the data proposes to each."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from qbr_lib.data.holders import TOO_FEW, too_few
from qbr_lib.data.slices import Slice
from qbr_lib.errors import ParameterError
from qbr_lib.goals import allocation
from qbr_lib.goals.case import earlier
from qbr_lib.measures import NO_PARTS, NOBODY, Unavailable
from qbr_lib.metrics import bookings
from qbr_lib.metrics.pipeline import still_open
from qbr_lib.periods import Quarter
from qbr_lib.schema import WON

By = Literal["rep", "territory", "team"]
FEWEST_WON = 20  # deals of one unit that tell how far its quarters swing
_COLUMN = {"rep": "owner_id", "territory": "territory", "team": "team_id"}
_YEAR, _LOOKED = 4, 8
_PATHS = 2_000
_EACH = 0.6
_SEED = 7


def units(data: Slice, by: By) -> pd.DataFrame | Unavailable:
    """Return the units of a scope that a target can be split to, or why none may be told.

    Parameters
    ----------
    data : Slice
        Of one team, a group or the company.
    by : {"rep", "territory", "team"}
        People only where the organisation names them; territories only where enough people hold
        each of them.

    Returns
    -------
    DataFrame or Unavailable
        By unit: name, history [money, mean of the last four whole quarters], pipeline [money, open
        amount], won [count of deals in eight quarters], present [ratio of a full target: ramp or
        part-time as recorded; 0 for who has left].
    """
    privacy, column = data.organisation.privacy, _COLUMN[by]
    if by == "rep" and privacy.people != "named":
        return Unavailable(bookings.METRIC, NOBODY)
    if by == "territory" and any(_of_few(data.at(one)) for one in _quarters(data)):
        return Unavailable(bookings.METRIC, TOO_FEW, {"n": privacy.minimum_group})
    named = _named(data, by)
    if len(named) < 2:
        return Unavailable(bookings.METRIC, NO_PARTS)
    won = _won(data)
    year = won.loc[won["back"] < _YEAR]
    running = still_open(data.opportunities)
    running = running.loc[running["team_id"].isin(data.team_ids)]
    many = min(_YEAR, len(_quarters(data)))
    frame = named.assign(
        history=year.groupby(column)["amount"].sum() / many,
        pipeline=running.groupby(column)["amount"].sum(),
        won=won.groupby(column).size(),
    )
    return frame.fillna({"history": 0.0, "pipeline": 0.0, "won": 0})


def _of_few(data: Slice) -> bool:
    return bool(too_few(data.holders("territory"), data.organisation.privacy).any())


def _named(data: Slice, by: By) -> pd.DataFrame:
    if by == "rep":
        reps = data.tables.get("reps", pd.DataFrame(columns=["rep_id", "name", "ramp"]))
        latest = reps.drop_duplicates("rep_id", keep="last").set_index("rep_id").sort_index()
        starts = pd.Timestamp(data.quarter.next.first_day)
        gone = pd.to_datetime(latest.get("left_on", pd.Series(dtype="object"))) <= starts
        present = latest["ramp"].astype("float64").fillna(1.0).where(~gone, 0.0)
        return pd.DataFrame({"name": latest["name"].fillna(""), "present": present})
    if by == "team":
        rows = data.teams.set_index("team_id")
        return pd.DataFrame({"name": rows["name"].fillna(""), "present": 1.0})
    deals = data.opportunities
    known = deals.loc[deals["team_id"].isin(data.team_ids), "territory"].dropna().unique()
    return pd.DataFrame({"name": sorted(known), "present": 1.0}, index=sorted(known))


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


class Proposal(NamedTuple):
    """How a target could be split.

    Parameters
    ----------
    by : {"rep", "territory"}
        What the units are.
    frame : DataFrame
        By unit: name, history [money, mean of a quarter], proportional [money], chance [ratio, to
        reach that, NaN where too few deals tell], equal [money, the same chance for all, else NaN],
        balanced [money, where what is asked and what the past adds up to meet].
    each, together : float
        [ratio] If each unit reaches its part with the one, all reach the sum with the other; NaN
        where too few deals tell.
    follows, evenness : float
        As `allocation.fairness` tells of the proportional split.
    """

    by: By
    frame: pd.DataFrame
    each: float
    together: float
    follows: float
    evenness: float


def proposal(data: Slice, target: float) -> Proposal | Unavailable:
    """Return how a team's target could be split to its people, without their names to territories.

    Units without revenue in a year and without open deals are left out.
    """
    by: By = "rep" if data.organisation.privacy.people == "named" else "territory"
    found = units(data, by)
    if isinstance(found, Unavailable):
        return found
    kept = found.loc[(found["history"] > 0) & (found["present"] > 0)]
    if len(kept) < 2 or target <= 0:
        return Unavailable(bookings.METRIC, NO_PARTS)
    drawn = samples(data, by, kept.index)
    shares = allocation.weights(kept, present=kept["present"])
    proportional = allocation.split(target, shares)
    chance = allocation.chances(drawn, proportional).reindex(kept.index)
    own = np.eye(len(kept))
    spread = [float(len(kept)), *np.ones(len(kept))]
    both = allocation.reconcile([target, *kept["history"]], [np.ones(len(kept)), *own], spread)
    frame = kept[["name", "history"]].assign(
        proportional=proportional,
        chance=chance,
        equal=_equal(drawn, kept.index, target),
        balanced=both[1:].round(2),
    )
    whole = len(drawn.columns) == len(kept)
    safe = drawn.quantile(1 - _EACH)
    together = allocation.team_chance(drawn, safe) if whole else float("nan")
    return Proposal(by, frame, _EACH, together, *allocation.fairness(chance, proportional))


def _equal(drawn: pd.DataFrame, names: pd.Index, target: float) -> pd.Series:
    """Return the split of equal chances; missing where a unit's deals do not tell, or none fits."""
    if len(drawn.columns) == len(names):
        try:
            return allocation.equal_chance(drawn, target)
        except ParameterError:
            pass  # beyond the best quarters of all together: no chance is the same for all
    return pd.Series(float("nan"), index=names)
