"""How long the decided deals took from creation to closing. Open deals are in none of these."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import NO_CLOSINGS, NO_CREATED, Measure, Outcome, Unavailable
from qbr_lib.metrics.bookings import closed
from qbr_lib.schema import LOST, WON


def days(data: Slice, *statuses: str) -> pd.Series:
    """Return the days from creation to closing of the deals closed in the quarter [days].

    Deals without a creation day are left out.
    """
    deals = pd.concat([closed(data, data.quarter, status) for status in statuses])
    return (deals["closed_on"] - deals["created_on"]).dt.days.dropna()


def measures(data: Slice) -> list[Outcome]:
    """Return medians and means of the days to win, to lose and to either."""
    taken = {"won": days(data, WON), "lost": days(data, LOST), "closed": days(data, WON, LOST)}
    wanted = [("median", kind) for kind in taken] + [("mean", "won"), ("mean", "closed")]
    return [_one(data, f"cycle.{how}_days_{kind}", taken[kind], how) for how, kind in wanted]


def _one(data: Slice, measure_id: str, values: pd.Series, how: str) -> Outcome:
    if not data.has("opportunities", "created_on"):
        return Unavailable(measure_id, NO_CREATED)
    if values.empty:
        return Unavailable(measure_id, NO_CLOSINGS, {"quarter": str(data.quarter)})
    value = values.median() if how == "median" else values.mean()
    return Measure(measure_id, float(value), len(values))
