"""Rates of few deals: what they may be, and how far apart two of them are."""

from __future__ import annotations

import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from qbr_lib.data.priors import FEWEST_UNITS, Prior, fit
from qbr_lib.data.slices import Slice
from qbr_lib.metrics.conversion import ALPHA


def prior_for(data: Slice, column: str, won: pd.Series, decided: pd.Series) -> Prior:
    """Return what steadies the rates of a column's values.

    The team's own values where there are enough of them, else the organisation's, else a weak one
    around the team's own rate.

    Parameters
    ----------
    won, decided : Series of int
        By value.
    """
    known = data.tables.get("priors")
    if (decided > 0).sum() < FEWEST_UNITS and known is not None:
        rows = known.loc[known["column"] == column]
        if len(rows):
            row = rows.iloc[0]
            return Prior(float(row["mean"]), float(row["strength"]), int(row["units"]))
    return fit(won, decided)


def posterior(won: pd.Series, decided: pd.Series, prior: Prior) -> dict[str, pd.Series]:
    """Return rates drawn towards what is known of their kind, the more the fewer deals they have.

    Returns
    -------
    dict of Series
        steady, steady_low, steady_high (95 % of the beta distribution); indexed as given.
    """
    a = won + prior.mean * prior.strength
    b = decided - won + (1 - prior.mean) * prior.strength
    low, high = (
        pd.Series(stats.beta.ppf(share, a, b), won.index) for share in (ALPHA / 2, 1 - ALPHA / 2)
    )
    return {"steady": a / (a + b), "steady_low": low, "steady_high": high}


def difference(
    won: pd.Series, decided: pd.Series, won_then: pd.Series, decided_then: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """Return the 95 % interval of a difference of two independent rates, now less then.

    Returns
    -------
    tuple of Series
        Its bounds; NaN where one side has no decided deal.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890: the hybrid of two score intervals.
    """
    both = (decided > 0) & (decided_then > 0)
    counts = [one.astype("float64").where(both) for one in (won, decided, won_then, decided_then)]
    low, high = confint_proportions_2indep(*counts, method="newcomb", compare="diff", alpha=ALPHA)
    return low, high
