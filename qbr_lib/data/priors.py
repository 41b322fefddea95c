"""How far win rates differ within the organisation: what steadies the rates of small teams.

Of every column two numbers leave the whole organisation, never anybody's counts: the win rate that
its values have on average, and how many deals' worth of evidence that average is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from qbr_lib.data.endings import quarters
from qbr_lib.schema import OPEN, WON

COLUMNS = ("competitor", "product", "segment", "lead_source", "territory")
FEWEST_UNITS = 8
MOST = 1000.0
WEAK = 15.0
_FEWEST_TEAMS = 3  # of two, one could tell the other's
_YEAR = pd.Timedelta(days=365)
_LEAST = 2.0


@dataclass(frozen=True)
class Prior:
    """What is known of a win rate before its own deals are seen: a beta distribution.

    Parameters
    ----------
    mean : float
        The win rate of the units on average [fraction].
    strength : float
        How many decided deals that average counts for; `MOST` where no difference between the
        units can be detected.
    units : int
        Units it was read from; 0 for the weak one that was read from none.
    """

    mean: float
    strength: float
    units: int


def fit(won: Iterable[int], decided: Iterable[int]) -> Prior:
    """Return the beta distribution that makes the units' counts most likely.

    Maximum marginal likelihood of the beta-binomial. With fewer than `FEWEST_UNITS` units their
    spread is hardly known: then it is a weak one around their common rate.

    Raises
    ------
    ValueError
        If nothing was decided.

    References
    ----------
    Efron and Morris (1975), Journal of the American Statistical Association 70, 311-319.
    """
    n = np.asarray([*decided], dtype="float64")
    k = np.asarray([*won], dtype="float64")[n > 0]
    n = n[n > 0]
    if not len(n):
        raise ValueError("a prior needs decided deals")
    if len(n) < FEWEST_UNITS or k.sum() in (0, n.sum()):
        return Prior((float(k.sum()) + 0.5) / (float(n.sum()) + 1), WEAK, 0)
    from scipy.optimize import minimize_scalar  # where stores are prepared: it is slow
    from scipy.special import betaln

    def unlikely(mean: float, strength: float) -> float:
        a, b = mean * strength, (1 - mean) * strength
        return -float((betaln(k + a, n - k + b) - betaln(a, b)).sum())

    def best_mean(strength: float) -> tuple[float, float]:
        found = minimize_scalar(
            unlikely, bounds=(1e-4, 1 - 1e-4), args=(strength,), method="bounded"
        )
        return float(found.fun), float(found.x)

    inner = minimize_scalar(
        lambda log: best_mean(float(np.exp(log)))[0],
        bounds=(np.log(_LEAST), np.log(MOST)),
        method="bounded",
        options={"xatol": 1e-4},
    )
    at_most, mean = best_mean(MOST)
    if at_most <= inner.fun + 1e-6:
        return Prior(round(mean, 6), MOST, len(n))
    strength = float(np.exp(inner.x))
    return Prior(round(best_mean(strength)[1], 6), round(strength, 3), len(n))


def of_quarters(
    deals: pd.DataFrame, *, since: dt.date | None, as_of: dt.date, starts: int
) -> pd.DataFrame:
    """Return the priors for the review of each quarter, from what was decided before it began.

    What happens in a quarter moves no other team's page of it.

    Parameters
    ----------
    deals : DataFrame
        The organisation's, as of the day. A unit is a value within a team.
    since : date or None
        The data's first closing day.
    as_of : date
        The day of the data.
    starts : int
        Month in which the fiscal year starts.

    Returns
    -------
    DataFrame
        quarter, column, mean, strength, units; only columns with enough units of enough teams.
    """
    closed = deals.loc[deals["status"] != OPEN]
    closed = closed.assign(won=closed["status"] == WON)
    found = [
        {"quarter": str(quarter)} | prior
        for quarter in quarters(since or as_of, as_of, starts)
        for prior in _of_columns(closed, quarter.first_day)
    ]
    kinds = {"quarter": "str", "column": "str", "mean": "float64", "strength": "float64"}
    kinds |= {"units": "int64"}
    return pd.DataFrame(found, columns=[*kinds]).astype(kinds)


def _of_columns(closed: pd.DataFrame, before: dt.date) -> Iterator[dict[str, object]]:
    """Yield a prior per column from the deals decided within the year before a day."""
    end = pd.Timestamp(before)
    rows = closed.loc[closed["closed_on"].between(end - _YEAR, end, inclusive="left")]
    for column in COLUMNS:
        counts = rows.groupby([column, "team_id"])["won"].agg(["sum", "size"])
        teams = counts.index.get_level_values("team_id").nunique()
        if len(counts) >= FEWEST_UNITS and teams >= _FEWEST_TEAMS:
            prior = fit(counts["sum"], counts["size"])
            if prior.units:
                yield {"column": column} | asdict(prior)
