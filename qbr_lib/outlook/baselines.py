"""Forecasts to beat: what teams reckon with without any model.

What is not known is NaN, and so is a forecast that needs it.
"""

from __future__ import annotations

from math import nan

import numpy as np
import numpy.typing as npt
import pandas as pd

_YEAR = 4  # quarters


def seasonal_naive(earlier: npt.ArrayLike) -> float:
    """Return the same quarter of the year before, else the previous quarter [money].

    Parameters
    ----------
    earlier : array
        [money] Quarters before the one forecast, the oldest first; NaN where not over yet.

    References
    ----------
    Hyndman and Athanasopoulos, Forecasting: Principles and Practice, chapter 5.2.
    """
    values = np.asarray(earlier, dtype=float)
    places = [one for one in (_YEAR, 1) if len(values) >= one and not np.isnan(values[-one])]
    return float(values[-places[0]]) if places else nan


def run_rate(booked: float, passed: int, days: int) -> float:
    """Return what the quarter comes to if it goes on as evenly as it did so far [money].

    Parameters
    ----------
    booked : float
        [money] So far.
    passed, days : int
        Days of the quarter that are over, and all of them; NaN before the first is over.
    """
    return booked * days / passed if passed > 0 else nan


def stage_weighted(booked: float, deals: pd.DataFrame, rates: pd.Series, overall: float) -> float:
    """Return what is booked, plus each open deal by the win rate of its stage [money].

    It takes every open deal to be decided within the quarter, which is why it is usually too high.

    Parameters
    ----------
    booked : float
        [money] So far.
    deals : DataFrame
        One row per open deal: stage, amount (0 where unknown).
    rates : Series of float
        Share of the decided deals won that were in a stage, by stage.
    overall : float
        The same of all deals, for stages without a rate.
    """
    rate = deals["stage"].map(rates.to_dict()).astype("float64").fillna(overall)
    return booked + float((deals["amount"].fillna(0.0) * rate).sum(skipna=False))


def historic_yield(
    booked: float, due: float, past_due: npt.ArrayLike, past_won: npt.ArrayLike
) -> float:
    """Return what is booked, plus the share of the open pipeline that usually became bookings.

    The share includes deals that were not there yet, so it also stands for those to come [money].

    Parameters
    ----------
    booked : float
        [money] So far.
    due : float
        [money] Open pipeline today.
    past_due, past_won : array
        [money] By earlier quarter: open in the same week, and booked from then on.

    References
    ----------
    Megahed, Yin and Motahari Nezhad (2016), ICSOC: yield with a growth factor. All quarters
    together, so larger ones weigh more.
    """
    base = float(np.sum(past_due))
    return booked + due * float(np.sum(past_won)) / base if base > 0 else nan


def coverage_rule(booked: float, due: float, win_rate: float, target: float) -> float:
    """Return the chance of a target by the rule "open pipeline needed = gap ÷ win rate": 1 or 0.

    The rule knows nothing between enough and not enough.

    Parameters
    ----------
    booked, due, target : float
        [money] So far, open pipeline today, and the goal for the quarter.
    win_rate : float
        Share of decided deals that are won.
    """
    reached = booked + due * win_rate
    return nan if np.isnan(reached) or np.isnan(target) else float(reached >= target)
