"""A target split to those who reach it together: in full cents, within bounds, and how fair it is.

What is proposed here is never recorded by itself. Amounts may be any unit that adds up.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from qbr_lib.errors import ParameterError

Floats = npt.NDArray[np.float64]
Caps = Mapping[Hashable, float]
_CENTS = 100
_ALL = 1e-9


def weights(
    parts: pd.DataFrame,
    *,
    history: float = 1.0,
    pipeline: float = 0.0,
    potential: float = 0.0,
    present: pd.Series | None = None,
) -> pd.Series:
    """Return what each unit's share is proportional to.

    Parameters
    ----------
    parts : DataFrame
        One row per unit: history, pipeline, potential [money]; a column without weight may miss.
    history, pipeline, potential : float
        Weights; each column counts as shares of its sum, so that their units do not matter.
    present : Series, optional
        [ratio] By unit: ramp × part-time of a full target; 0 for a vacancy, 1 where it is missing.

    Returns
    -------
    Series
        By unit; the sum is 1 if everyone is wholly there.
    """
    chosen = {"history": history, "pipeline": pipeline, "potential": potential}
    found = pd.Series(0.0, index=parts.index)
    for name, weight in chosen.items():
        total = float(parts[name].clip(lower=0.0).sum()) if weight else 0.0
        if total > 0:
            found += weight / sum(chosen.values()) * parts[name].clip(lower=0.0) / total
    there = pd.Series(1.0, index=parts.index) if present is None else present
    return found * there.reindex(parts.index).fillna(1.0)


def split(
    target: float, shares: pd.Series, *, low: Caps | None = None, high: Caps | None = None
) -> pd.Series:
    """Return a target split in proportion, each part within its bounds, in full cents.

    Water-filling: what bounds take from or give to a unit is shared out among the others in
    proportion, until all of it is placed. Cents are given to the units whose next one is nearest,
    ties by name, so that no unit gets less of a higher target.

    Parameters
    ----------
    target : float
        What the parts add up to.
    shares : Series
        By unit, as `weights` returns them; not negative.
    low, high : mapping, optional
        Bounds by unit; 0 and none where they are missing.

    Raises
    ------
    ParameterError
        If no split fits the bounds.

    >>> split(100.0, pd.Series({"a": 3.0, "b": 1.0, "c": 1.0}), high={"a": 40.0}).to_dict()
    {'a': 40.0, 'b': 30.0, 'c': 30.0}
    """
    whole = round(target * _CENTS) if np.isfinite(target) else -1
    ordered = shares.sort_index()
    weight = ordered.to_numpy(dtype="float64")
    least, most = _bounds(ordered.index, low, high)
    _refuse(target, whole, weight, least, most)
    cents = _filled(whole, weight, least, most)
    return pd.Series(cents / _CENTS, index=ordered.index).reindex(shares.index)


def _filled(whole: int, weight: Floats, least: Floats, most: Floats) -> Floats:
    """Return cents: each unit's weight × one level, rounded and clipped, so that all are placed."""

    def at(level: float) -> Floats:
        with np.errstate(over="ignore", invalid="ignore"):
            filled = np.nan_to_num(level * weight, posinf=np.inf)
            return np.clip(np.floor(filled + 0.5), least, most)

    below, above = 0.0, 1.0
    while at(above).sum() < whole and np.isfinite(above):
        above *= 2
    while below < (middle := (below + above) / 2) < above:
        below, above = (middle, above) if at(middle).sum() <= whole else (below, middle)
    cents, jump = at(below), at(above)
    for place in np.flatnonzero(jump > cents):  # ties, in the order of the names
        cents[place] += min(jump[place] - cents[place], whole - cents.sum())
    return cents


def _bounds(names: pd.Index, low: Caps | None, high: Caps | None) -> tuple[Floats, Floats]:
    least = np.array([dict(low or {}).get(one, 0.0) for one in names], dtype="float64")
    most = np.array([dict(high or {}).get(one, np.inf) for one in names], dtype="float64")
    return np.ceil(least * _CENTS - 1e-6), np.floor(most * _CENTS + 1e-6)


def _refuse(target: float, whole: int, weight: Floats, least: Floats, most: Floats) -> None:
    where = "allocation of a target"
    if not np.isfinite(target) or target < 0:
        raise ParameterError(
            "A target to split is an amount from 0 on",
            where=where,
            got=f"{target:,.2f}",
            wanted="0 or more",
            edit="give the amount that the units reach together",
        )
    if not (np.isfinite(weight) & (weight >= 0)).all() or (whole and not (weight > 0).any()):
        raise ParameterError(
            "A target is split in proportion to amounts that are not negative, one above 0",
            where=where,
            got=", ".join(f"{one:g}" for one in weight) or "no unit",
            wanted="at least one weight above 0, none below it or missing",
            edit="weigh by history, pipeline or potential that at least one unit has",
        )
    reachable = float(np.where(weight > 0, most, least).sum())
    if (least > most).any() or not least.sum() <= whole <= reachable:
        raise ParameterError(
            "No split of the target keeps within the bounds",
            where=where,
            got=f"{target:,.2f}",
            wanted=f"{least.sum() / _CENTS:,.2f} to {reachable / _CENTS:,.2f}, lower bounds first",
            edit="move the bounds, or the target into what they allow",
        )


def equal_chance(samples: pd.DataFrame, target: float, over: float = 0.0) -> pd.Series:
    """Return a split that everyone reaches with the same chance.

    Parameters
    ----------
    samples : DataFrame
        One column per unit, one row per simulated quarter [money].
    over : float
        [ratio] By which the parts together exceed the target.

    Returns
    -------
    Series
        By unit, in full cents.

    Raises
    ------
    ParameterError
        If even the best simulated quarter of every unit together is less.
    """
    values = np.sort(samples.to_numpy(dtype="float64"), axis=0)
    wanted, best = target * (1 + over), float(values[-1].sum()) if len(values) else 0.0
    if not 0 <= wanted <= best:
        raise ParameterError(
            "No chance is the same for all and reaches the target",
            where="allocation of a target",
            got=f"{wanted:,.2f}",
            wanted=f"0 to {best:,.2f}, the best quarters of all units together",
            edit="lower the target, or split it in proportion",
        )
    low, high = 0.0, 1.0
    while low < (share := (low + high) / 2) < high:
        reached = float(np.quantile(values, share, axis=0).sum())
        low, high = (share, high) if reached < wanted else (low, share)
    found = pd.Series(np.quantile(values, high, axis=0), index=samples.columns)
    return split(wanted, found) if wanted else found * 0.0


def chances(samples: pd.DataFrame, targets: pd.Series) -> pd.Series:
    """Return the share of simulated quarters in which each unit reaches its target [ratio]."""
    return (samples >= targets.reindex(samples.columns)).mean()


def team_chance(samples: pd.DataFrame, targets: pd.Series) -> float:
    """Return the share of simulated quarters in which the units together reach all their targets.

    Units that each reach theirs with 60 % reach the sum more often: the good quarters of some make
    up for the bad ones of others, the less so the more they go together.
    """
    return float((samples.sum(axis=1) >= targets.sum() * (1 - _ALL)).mean())


def reconcile(forecasts: npt.ArrayLike, summing: npt.ArrayLike, spread: npt.ArrayLike) -> Floats:
    """Return forecasts of wholes and parts so that the parts add up to the wholes.

    Parameters
    ----------
    forecasts : array
        One per row of `summing`, from above and from below.
    summing : array
        Which parts (columns) each row is the sum of; the last rows are the parts themselves.
    spread : array
        How unsure each forecast is: variances, or a whole covariance matrix. The surer one yields
        less.

    Returns
    -------
    array
        As `forecasts`; no part below 0.

    References
    ----------
    MinT: Wickramasuriya, Athanasopoulos and Hyndman (2019), JASA 114, 804-819.

    >>> reconcile([120, 30, 40, 40], [[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]], [1] * 4)
    array([117.5,  32.5,  42.5,  42.5])
    """
    sums = np.asarray(summing, dtype="float64")
    given = np.asarray(spread, dtype="float64")
    weight = np.linalg.inv(np.diag(given) if given.ndim == 1 else given)
    told = sums.T @ weight
    parts = np.linalg.solve(told @ sums, told @ np.asarray(forecasts, dtype="float64"))
    found: Floats = sums @ np.maximum(parts, 0.0)
    return found


def fairness(chance: pd.Series, size: pd.Series) -> tuple[float, float]:
    """Return how far chances follow size, and the smallest ÷ the largest chance.

    Returns
    -------
    (float, float)
        Rank correlation from -1 to 1, near 0 where nobody is better off for being large or small,
        NaN for fewer than three units or where one of both is the same for all; and a ratio, 1
        where all have the same chance, NaN where nobody has any.
    """
    both = pd.concat([chance, size], axis=1).dropna()
    least, most = float(both.iloc[:, 0].min()), float(both.iloc[:, 0].max())
    varied = len(both) > 2 and bool((np.ptp(both.to_numpy(), axis=0) > 0).all())
    follows = float(stats.spearmanr(both).statistic) if varied else float("nan")
    return follows, least / most if most > 0 else float("nan")
