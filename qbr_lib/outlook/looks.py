"""How clear a difference must be if it is looked at again and again before its end."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

Array = npt.NDArray[np.float64]


def boundary(looks: int, shape: float, *, alpha: float = 0.05) -> Array:
    """Return how many standard errors a difference must exceed at each equally spaced look.

    Without a true difference, the chance that any of the looks finds one is alpha.

    Parameters
    ----------
    looks : int
        How often it is looked at, the end included.
    shape : float
        0 the same at each look (Pocock), 0.5 high at first (O'Brien and Fleming).

    Returns
    -------
    array
        One critical value per look, two-sided.

    References
    ----------
    Wang and Tsiatis (1987), Biometrics 43, 193-199.
    """
    course = (looks / np.arange(1, looks + 1)) ** shape
    highest = stats.norm.isf(alpha / looks / 2)  # as if the looks had nothing in common
    end = optimize.brentq(lambda c: false_alarms(c * course) - alpha, 0.0, highest + 1e-6)
    return np.asarray(end * course)


def false_alarms(critical: npt.ArrayLike) -> float:
    """Return the chance that any of equally spaced looks exceeds its critical value by luck alone.

    Parameters
    ----------
    critical : array
        Standard errors, positive, one per look.

    References
    ----------
    Armitage, McPherson and Rowe (1969), JRSS A 132, 235-244: the sum within the bounds is carried
    from look to look, by Gauss-Legendre quadrature.
    """
    bounds = np.asarray(critical, dtype=float)
    bounds = bounds * np.sqrt(np.arange(1, len(bounds) + 1))
    nodes, share = np.polynomial.legendre.leggauss(32 + 8 * int(np.ceil(bounds.max())))
    within, weight = np.zeros(1), np.ones(1)
    for half in bounds:
        density = np.exp(-((half * nodes[:, None] - within) ** 2) / 2) @ weight / np.sqrt(2 * np.pi)
        within, weight = half * nodes, half * share * density
    return 1 - float(weight.sum())
