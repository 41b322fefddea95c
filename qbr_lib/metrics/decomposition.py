"""By how much each factor of a product moved the sum of such products, exact to the last digit.

A sum over cells, each the product of its factors, went from one value to another. The effects of
the factors add up to that change; none is left over, and no order of the factors is preferred.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DECIDED, WON, VALUE = range(3)
EFFECTS = ("volume", "win_rate", "mix", "new", "vanished", "deal_size")


def lmdi(before: Array, after: Array) -> Array:
    """Return what each factor added to the change of each cell, by logarithmic means.

    Parameters
    ----------
    before, after : array of shape (..., cells, factors)
        The factors of each cell, known and finite. A cell that has a negative factor is divided by
        `shapley`, since it has no logarithm.

    Returns
    -------
    array of shape (..., cells, factors)
        Sums over factors equal the change of each cell's product.

    Notes
    -----
    A product that was or became 0 is taken at its limit: the factors that are 0 share the whole
    change among them. Putting a small number in place of 0 would let the result depend on it.

    References
    ----------
    LMDI-I: Ang (2005), Energy Policy 33, 867-871; limits: Ang and Liu (2007), Energy Policy 35.
    """
    before, after = np.broadcast_arrays(before, after)
    old, new = before.prod(axis=-1, keepdims=True), after.prod(axis=-1, keepdims=True)
    both = (old > 0) & (new > 0)
    ratio = np.divide(after, before, out=np.ones_like(after), where=both & (before > 0))
    effects = _logarithmic_mean(old, new, both) * np.log(np.where(ratio > 0, ratio, 1.0))
    emptied = ((old == 0) & (before == 0)) | ((new == 0) & (after == 0) & (old != 0))
    share = emptied / np.maximum(emptied.sum(axis=-1, keepdims=True), 1)
    effects = np.where(both, effects, (new - old) * share)
    negative = ((before < 0) | (after < 0)).any(axis=-1)
    if negative.any():
        effects[negative] = shapley(before[negative], after[negative])
    return effects


def _logarithmic_mean(one: Array, other: Array, known: NDArray[np.bool_]) -> Array:
    """Return (a - b) ÷ (ln a - ln b), and a where both are equal; 0 where it is not `known`."""
    one, other = np.where(known, one, 1.0), np.where(known, other, 1.0)
    gap = np.log(other / one)
    near = np.abs(gap) < 1e-3  # here the quotient loses its digits, and its series has them all
    series = np.sqrt(one * other) * (1 + gap**2 / 24)
    return np.where(known, np.divide(other - one, gap, out=series, where=~near), 0.0)


def shapley(before: Array, after: Array) -> Array:
    """Return what each factor added to the change of a product, averaged over all their orders.

    Parameters
    ----------
    before, after : array of shape (..., factors)
        Any finite numbers, negative ones and 0 among them.

    Returns
    -------
    array of shape (..., factors)
        Sums over factors equal the change of the product.

    References
    ----------
    Shapley (1953); for decompositions: Ang, Huang and Mu (2009), Energy Policy 37, 4627-4632.
    """
    count = before.shape[-1]
    effects = np.zeros(np.broadcast_shapes(before.shape, after.shape))
    for one in range(count):
        others = [n for n in range(count) if n != one]
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for moved in combinations(others, size):
                stayed = [n for n in others if n not in moved]
                rest = after[..., list(moved)].prod(axis=-1) * before[..., stayed].prod(axis=-1)
                effects[..., one] += weight * rest * (after[..., one] - before[..., one])
    return effects


def revenue(before: Array, after: Array) -> Array:
    """Return why revenue changed, cell by cell: revenue = decided × share × win rate × deal size.

    Parameters
    ----------
    before, after : array of shape (..., cells, 3)
        Deals decided, deals won and their value in each cell, such as a product.

    Returns
    -------
    array of shape (..., cells, 6)
        In the order of `EFFECTS` [money]; all sums over both equal the change of the value. A cell
        in which nothing was decided before (or after) has no rates to compare: its whole change is
        "new" (or "vanished").
    """
    before, after = np.broadcast_arrays(np.asarray(before, float), np.asarray(after, float))
    new, gone = before[..., DECIDED] == 0, after[..., DECIDED] == 0
    old, now = _factors(before), _factors(after)
    _borrow(old, now, before[..., WON] == 0)
    _borrow(now, old, after[..., WON] == 0)
    known = ~(new | gone)[..., None]
    volume, mix, win_rate, deal_size = np.moveaxis(np.where(known, lmdi(old, now), 0.0), -1, 0)
    added = np.where(new, after[..., VALUE], 0.0)
    lost = np.where(gone, -before[..., VALUE], 0.0)
    return np.stack([volume, win_rate, mix, added, lost, deal_size], axis=-1)


def _factors(cells: Array) -> Array:
    """Return deals decided in all, share of the cell, win rate, deal size; 0 without a base."""
    total = np.broadcast_to(cells[..., DECIDED].sum(axis=-1, keepdims=True), cells.shape[:-1])
    parts = [total]
    for above, below in ((cells[..., DECIDED], total), (cells[..., WON], cells[..., DECIDED])):
        parts.append(np.divide(above, below, out=np.zeros(total.shape), where=below > 0))
    won, value = cells[..., WON], cells[..., VALUE]
    return np.stack([*parts, np.divide(value, won, out=np.zeros(total.shape), where=won > 0)], -1)


def _borrow(factors: Array, other: Array, none_won: NDArray[np.bool_]) -> None:
    """Take the deal size of the other side where none was won: only the win rate was 0."""
    factors[..., -1] = np.where(none_won, other[..., -1], factors[..., -1])


def cents(effects: Array, total: float) -> Array:
    """Return amounts rounded to cents that add up to a total, the least changed of all such.

    The cents that rounding each alone would leave over go to those it would move furthest.

    >>> cents(np.array([0.004, 0.004, 0.004]), 0.01).tolist()
    [0.01, 0.0, 0.0]
    """
    exact = np.asarray(effects, dtype="float64") * 100
    rounded = np.round(exact)
    left = round(total * 100 - rounded.sum())
    order = np.argsort((rounded - exact) * np.sign(left), kind="stable")
    for place in range(abs(left)):
        rounded[order[place % len(order)]] += np.sign(left)
    return rounded / 100 + 0.0
