"""How a running quarter will end, by how far earlier ones had come by the same week."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ladder:
    """What a triangle of cumulative amounts comes to.

    Parameters
    ----------
    factors : array
        From each column to the next; NaN where either column's sum is not positive.
    ultimate, error : array
        [money] By row: the last column as expected, and its standard error. NaN where a factor or
        its spread is unknown, and for rows that have come to nothing so far.
    total, total_error : float
        [money] Of all rows together.
    """

    factors: Array
    ultimate: Array
    error: Array
    total: float
    total_error: float


@dataclass(frozen=True)
class Pace:
    """How a running quarter will end.

    Parameters
    ----------
    ultimate : float
        [money] As expected.
    log_error : float
        Standard error of its logarithm; about the relative one.
    """

    ultimate: float
    log_error: float


def chain_ladder(triangle: npt.ArrayLike) -> Ladder:
    """Return how rows that have come to a column will end, if they grow as the others did.

    A factor is what all rows known in both columns grew by together, so larger rows weigh more.

    Parameters
    ----------
    triangle : array
        [money] Cumulative; one row per quarter, one column per week, NaN from a row's first
        unknown column on; each row has at least its first.

    References
    ----------
    Mack (1993), ASTIN Bulletin 23, 213-225. A last spread that one row cannot tell is extrapolated
    as there. Rows that are not positive in a column tell nothing of the spread from it.
    """
    rows = np.asarray(triangle, dtype=float)
    both = ~np.isnan(rows[:, 1:])
    now, then = np.where(both, rows[:, :-1], 0.0), np.where(both, rows[:, 1:], 0.0)
    base, grown = now.sum(axis=0), then.sum(axis=0)
    known = (base > 0) & (grown > 0)
    factors = np.divide(grown, base, out=np.full(len(base), nan), where=known)
    spread = _spread(now, then, factors) / factors**2
    growth = np.where(both, 1.0, factors)  # of each row, where it is still to come
    onward = np.column_stack([np.cumprod(growth[:, ::-1], axis=1)[:, ::-1], np.ones(len(rows))])
    last = rows[np.arange(len(rows)), both.sum(axis=1)]
    ultimate = last * onward[:, 0]
    ultimate = np.where((last > 0) | both.all(axis=1), ultimate, nan)
    process = np.where(both, 0.0, spread * onward[:, :-1]).sum(axis=1) * ultimate
    slope = np.divide(spread, base, out=np.full(len(base), nan), where=known)
    doubt = np.where(both, 0.0, slope)
    error = np.sqrt(process + doubt.sum(axis=1) * ultimate**2)
    shared = np.where(both, 0.0, ultimate[:, None]).sum(axis=0)
    together = process.sum() + np.where(both.all(axis=0), 0.0, slope * shared**2).sum()
    return Ladder(factors, ultimate, error, float(ultimate.sum()), float(np.sqrt(together)))


def _spread(now: Array, then: Array, factors: Array) -> Array:
    """Return Mack's sigma squared by column; NaN where fewer than two rows tell it."""
    positive = now > 0
    off = np.where(positive, then - factors * now, 0.0)
    squares = np.divide(off**2, now, out=np.zeros_like(now), where=positive).sum(axis=0)
    told = positive.sum(axis=0)
    spread: Array = np.divide(squares, told - 1, out=np.full(len(told), nan), where=told > 1)
    if len(spread) > 2 and told[-1] == 1:
        before, last = spread[-3:-1]
        spread[-1] = min(last**2 / before, before, last) if before > 0 else before
    return spread


def completion(past: npt.ArrayLike) -> Array:
    """Return the share of a quarter's whole that is usually booked by the end of each week.

    All earlier quarters together, so larger ones weigh more; above 1 where credit notes follow.
    NaN throughout where they did not come to anything.

    Parameters
    ----------
    past : array
        [money] Cumulative; one row per whole quarter, one column per week.
    """
    booked = np.asarray(past, dtype=float).sum(axis=0)
    whole = booked[-1]
    return np.asarray(booked / whole) if whole > 0 else np.full(len(booked), nan)


def forecast(past: npt.ArrayLike, booked: npt.ArrayLike) -> Pace:
    """Return how the running quarter will end, if it goes on as earlier ones did from this week.

    Parameters
    ----------
    past : array
        [money] Cumulative; one row per whole quarter, one column per week.
    booked : array
        [money] Cumulative; the running quarter's weeks that are over.

    Returns
    -------
    Pace
        NaN without a whole quarter, where the quarter has nothing booked, or where earlier ones
        had nothing by some week from this one on; log_error also with a single whole quarter.
    """
    whole, weeks = np.atleast_2d(np.asarray(past, dtype=float)), np.asarray(booked, dtype=float)
    if not whole.size or not weeks.size:
        return Pace(nan, nan)
    running = np.full(whole.shape[1], nan)
    running[: len(weeks)] = weeks
    told = chain_ladder(np.vstack([whole, running]))
    ultimate, error = float(told.ultimate[-1]), float(told.error[-1])
    if not ultimate > 0:
        return Pace(ultimate, nan)
    return Pace(ultimate, float(np.sqrt(np.log1p((error / ultimate) ** 2))))


def bornhuetter_ferguson(booked: float, share: float, prior: float) -> float:
    """Return what is booked, plus what a prior forecast expects of the rest of the quarter [money].

    It is the mix of both forecasts in which the chain ladder, booked ÷ share, weighs the share and
    the prior the rest: it leans on the prior early on and on the chain ladder late.

    Parameters
    ----------
    booked : float
        [money] So far.
    share : float
        Usually booked by now, as `completion` returns it.
    prior : float
        [money] Forecast of the whole quarter made before it.

    References
    ----------
    Bornhuetter and Ferguson (1972), Proceedings of the CAS 59, 181-195.
    """
    return booked + (1 - share) * prior
