"""The rhythm of a quarter in one piece: time to win, coverage, months, forecasts, velocity."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import Outcome
from qbr_lib.metrics import accuracy, ageing, coverage, deals, linearity, velocity
from qbr_lib.metrics.bookings import is_cut


@dataclass(frozen=True)
class Rhythm:
    """What the measures of time, coverage and forecasts were made from.

    Parameters
    ----------
    outcomes : list of Outcome
        cycle.won_within_60_days, pipeline.stale_amount, pipeline.required_coverage,
        accuracy.signed_error.
    within : DataFrame
        As `ageing.within` returns it.
    median, mean : float
        [days] To win, of the deals that are ever won; see `survival.Curve`.
    stale : DataFrame
        As `deals.top` returns it.
    coverage, months, weeks, forecasts, methods : DataFrame
        As `coverage.earlier`, `linearity.by_month`, `accuracy.by_week`, `accuracy.history` and
        `accuracy.compared` return them.
    levers, before : Levers or None
        Of the quarter under review and of the one before.
    """

    outcomes: list[Outcome]
    within: pd.DataFrame
    median: float
    mean: float
    stale: pd.DataFrame
    coverage: pd.DataFrame
    months: pd.DataFrame
    weeks: pd.DataFrame
    forecasts: pd.DataFrame
    methods: pd.DataFrame
    levers: velocity.Levers | None
    before: velocity.Levers | None


def gather(data: Slice) -> Rhythm:
    """Return the rhythm of the quarter under review."""
    curve, past = ageing.of(data), coverage.earlier(data)
    then = data.at(data.quarter.previous)
    outcomes = [*ageing.measures(data), *coverage.measures(data, past)]
    return Rhythm(
        outcomes=[*outcomes, *accuracy.measures(data)],
        within=ageing.within(curve),
        median=curve.median(),
        mean=curve.mean(),
        stale=deals.top(data, "stale", None),
        coverage=past,
        months=linearity.by_month(data),
        weeks=accuracy.by_week(data),
        forecasts=accuracy.history(data),
        methods=accuracy.compared(data),
        levers=velocity.levers(data),
        before=None if is_cut(data, then.quarter) else velocity.levers(then),
    )
