"""How long the decided deals took from creation to closing. Open deals are in none of these."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import (
    NO_CLOSINGS,
    NO_CREATED,
    NO_LOST,
    NO_WON,
    Measure,
    Outcome,
    Unavailable,
)
from qbr_lib.metrics.bookings import closed
from qbr_lib.schema import LOST, WON

_STATUSES = {"won": (WON,), "lost": (LOST,), "closed": (WON, LOST)}
_NONE = {"won": NO_WON, "lost": NO_LOST, "closed": NO_CLOSINGS}


def days(data: Slice, *statuses: str) -> pd.Series:
    """Return the days from creation to closing of the deals closed in the quarter [days].

    Deals without a creation day are left out.
    """
    parts = [closed(data, data.quarter, one)[["closed_on", "created_on"]] for one in statuses]
    deals = pd.concat(parts)
    return (deals["closed_on"] - deals["created_on"]).dt.days.dropna()


def measures(data: Slice) -> list[Outcome]:
    """Return medians and means of the days to win, to lose and to either."""
    wanted = [*(("median", kind) for kind in _STATUSES), ("mean", "won"), ("mean", "closed")]
    return [_one(data, how, kind) for how, kind in wanted]


def _one(data: Slice, how: str, kind: str) -> Outcome:
    measure_id = f"cycle.{how}_days_{kind}"
    if not data.has("opportunities", "created_on"):
        return Unavailable(measure_id, NO_CREATED)
    values = days(data, *_STATUSES[kind])
    if values.empty:
        some = any(len(closed(data, data.quarter, status)) for status in _STATUSES[kind])
        reason = NO_CREATED if some else _NONE[kind]
        return Unavailable(measure_id, reason, {"quarter": str(data.quarter)})
    value = values.median() if how == "median" else values.mean()
    return Measure(measure_id, float(value), len(values))
