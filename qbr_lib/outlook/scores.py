"""How good forecasts were: the distance of what they expected from what came.

Each function takes arrays; what is unknown (NaN) makes the score of its forecast NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
import numpy.typing as npt
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

Array = npt.NDArray[np.float64]
_ALPHA = 0.05


@dataclass(frozen=True)
class Murphy:
    """A Brier score in parts: reliability - resolution + uncertainty.

    Parameters
    ----------
    reliability : float
        How far the shares that came true lay from the chances given; 0 is best.
    resolution : float
        How far chances told cases apart; more is better.
    uncertainty : float
        The score of always giving the overall share.
    """

    reliability: float
    resolution: float
    uncertainty: float


@dataclass(frozen=True)
class Coverage:
    """How often what came lay within the range given.

    Parameters
    ----------
    share, low, high : float
        [ratio] With its 95 % interval; the interval is NaN with fewer than two clusters.
    n, clusters : int
        Ranges behind it, and how many clusters they fall into.
    """

    share: float
    low: float
    high: float
    n: int
    clusters: int


def crps(samples: npt.ArrayLike, actual: npt.ArrayLike) -> Array:
    """Return the mean distance of drawn values from what came, less half that among themselves.

    Of a single value it is the absolute error, and like it in the unit of the values.

    Parameters
    ----------
    samples : array
        Draws along the last axis, at least one, or as many quantiles at the middles of equal
        steps: one forecast (draws) or many (forecasts x draws).
    actual : array
        One value per forecast.

    References
    ----------
    Gneiting and Raftery (2007), JASA 102, 359-378; by sorting, in n log n steps.
    """
    drawn = np.sort(np.asarray(samples, dtype=float), axis=-1)
    n = drawn.shape[-1]
    distance = np.abs(drawn - np.asarray(actual, dtype=float)[..., None]).mean(axis=-1)
    among = drawn @ np.arange(1 - n, n, 2, dtype=float) / n**2
    return np.asarray(distance - among)


def pit(samples: npt.ArrayLike, actual: npt.ArrayLike) -> Array:
    """Return the place of what came among the drawn values [share of them below].

    Even over 0 to 1 where the draws are such as what came; the middle place among equal values, so
    that forecasts of a few large deals are judged fairly. Shapes as in `crps`.

    References
    ----------
    Dawid (1984), JRSS A 147, 278-292; places among n + 1 values, so that few draws do as well.
    """
    drawn, came = np.asarray(samples, dtype=float), np.asarray(actual, dtype=float)
    below = (drawn < came[..., None]).sum(axis=-1) + 0.5
    place = (below + 0.5 * (drawn == came[..., None]).sum(axis=-1)) / (drawn.shape[-1] + 1)
    return np.where(np.isnan(came) | np.isnan(drawn).any(axis=-1), nan, place)


def brier(chances: npt.ArrayLike, outcomes: npt.ArrayLike) -> float:
    """Return the mean squared distance of chances from what came true (1) or not (0); 0 is best.

    References
    ----------
    Brier (1950), Monthly Weather Review 78, 1-3.
    """
    given, came = np.asarray(chances, dtype=float), np.asarray(outcomes, dtype=float)
    return float(((given - came) ** 2).mean()) if given.size else nan


def binned(chances: npt.ArrayLike, edges: npt.ArrayLike) -> tuple[npt.NDArray[np.intp], Array]:
    """Return the bin of each chance, and in its place the mean chance of that bin.

    Parameters
    ----------
    edges : array
        Inner and outer edges, rising; a chance on an edge is in the bin above.
    """
    given = np.asarray(chances, dtype=float)
    _, place = np.unique(np.digitize(given, np.asarray(edges)[1:-1]), return_inverse=True)
    return place, (np.bincount(place, given) / np.bincount(place))[place]


def murphy(chances: npt.ArrayLike, outcomes: npt.ArrayLike, edges: npt.ArrayLike) -> Murphy:
    """Return in parts the Brier score of chances that are rounded to the means of their bins.

    References
    ----------
    Murphy (1973), Journal of Applied Meteorology 12, 595-600.
    """
    came = np.asarray(outcomes, dtype=float)
    if not came.size:
        return Murphy(nan, nan, nan)
    place, given = binned(chances, edges)
    true = (np.bincount(place, came) / np.bincount(place))[place]
    overall = float(came.mean())
    return Murphy(
        float(((given - true) ** 2).mean()),
        float(((true - overall) ** 2).mean()),
        overall * (1 - overall),
    )


def coverage(
    low: npt.ArrayLike, high: npt.ArrayLike, actual: npt.ArrayLike, cluster: npt.ArrayLike
) -> Coverage:
    """Return how often what came lay within its range, bounds included, with its 95 % interval.

    Weekly forecasts of one team and quarter hit or miss together, so they count as about one. The
    interval is the exact one of as many independent forecasts as have the same cluster-robust
    variance, with the t quantile of clusters - 1: it never leaves 0 to 1. Where all hit or all
    miss, each cluster counts once. Below twenty clusters, or near 1 where few clusters hold all
    the misses, it is somewhat too narrow.

    Parameters
    ----------
    cluster : array
        One label per range, such as team and quarter; those with an unknown value are left out.

    References
    ----------
    Korn and Graubard (1998), Survey Methodology 24, 193-201.
    """
    values = [np.asarray(one, dtype=float) for one in (low, high, actual)]
    known = ~np.isnan(values).any(axis=0)
    below, above, came = (one[known] for one in values)
    hit = ((below <= came) & (came <= above)).astype(float)
    groups, place = np.unique(np.asarray(cluster)[known], return_inverse=True)
    n, clusters = len(hit), len(groups)
    share = float(hit.mean()) if n else nan
    if clusters < 2:
        return Coverage(share, nan, nan, n, clusters)
    together = float((np.bincount(place, hit - share) ** 2).sum())
    variance = clusters / (clusters - 1) * together / n**2
    even = clusters if share in (0.0, 1.0) else n  # no variance seen
    worth = min(n, share * (1 - share) / variance) if variance > 0 else even
    worth *= (stats.norm.ppf(1 - _ALPHA / 2) / stats.t.ppf(1 - _ALPHA / 2, clusters - 1)) ** 2
    lower, upper = proportion_confint(share * worth, worth, alpha=_ALPHA, method="beta")
    return Coverage(share, float(lower), float(upper), n, clusters)


def skill(score: float, naive: float) -> float:
    """Return by what share a score is better than that of a naive forecast; NaN where that is 0.

    1 is perfect, 0 no better, below 0 worse.
    """
    return 1 - score / naive if naive else nan
