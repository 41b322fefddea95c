"""What is usual for a team: the range of its own earlier quarters.

The range makes no assumption on the shape of the figures. If a quarter is like the ones before it,
its value lies between the 10th and 90th percentile positions of n earlier values with probability
8 in 10 or more; that needs at least nine of them, since between the smallest and the largest of n
values the next one lies with probability (n - 1) ÷ (n + 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import Better, Measure, Outcome
from qbr_lib.metrics import bookings, conversion, cycle, pipeline
from qbr_lib.periods import Quarter

ENOUGH_QUARTERS = 9
ENOUGH_DEALS = 20
_TAIL = 0.1
Place = Literal["usual", "above", "below", "too_early"]


@dataclass(frozen=True)
class Range:
    """The range that eight of ten comparable quarters fall in."""

    low: float
    high: float


@dataclass(frozen=True)
class Figure:
    """One headline figure: where it comes from and which direction is favourable."""

    key: str
    better: Better
    value: Callable[[Slice], Outcome | None]


def range_of(values: Sequence[float]) -> Range | None:
    """Return the usual range of earlier values; None when there are fewer than nine.

    References
    ----------
    Order statistics: Wilks (1941), Annals of Mathematical Statistics 12, 91-96.

    >>> range_of([5, 1, 2, 3, 4, 6, 7, 8, 9])
    Range(low=1.0, high=9.0)
    >>> range_of([1, 2, 3]) is None
    True
    """
    known = [value for value in values if math.isfinite(value)]
    if len(known) < ENOUGH_QUARTERS:
        return None
    low, high = np.quantile(known, [_TAIL, 1 - _TAIL], method="weibull")
    return Range(float(low), float(high))


def place(value: float, usual: Range | None) -> Place:
    """Say where a value stands against the usual range."""
    if usual is None or not math.isfinite(value):
        return "too_early"
    if value < usual.low:
        return "below"
    return "above" if value > usual.high else "usual"


def klass(value: float, usual: Range | None, better: Better) -> float:
    """Return the class of a heat map's cell: -2 to 2, negative unfavourable, NaN too early.

    Outside the range is class 1; outside by more than half the range's width is class 2.
    """
    where = place(value, usual)
    if usual is None or where == "too_early":
        return float("nan")
    if where == "usual" or better == "neither":
        return 0.0
    beyond = usual.low - value if where == "below" else value - usual.high
    size = 2.0 if beyond > (usual.high - usual.low) / 2 else 1.0
    return size if (where == "above") == (better == "high") else -size


def _one(outcomes: list[Outcome], measure_id: str) -> Outcome | None:
    return next((outcome for outcome in outcomes if outcome.id == measure_id), None)


def _win_rate(data: Slice) -> Outcome | None:
    chosen = {
        "count": "conversion.win_rate",
        "amount": "conversion.win_rate_by_amount",
        "created_cohort": "conversion.win_rate_created_cohort",
    }[data.organisation.definitions.win_rate]
    return _one(conversion.measures(data), chosen)


def _created(data: Slice) -> Outcome | None:
    if not data.has("opportunities", "created_on"):
        return None
    rows = conversion.created(data)
    return Measure("bookings.created_count", float(len(rows)), len(rows))


def _slipped(data: Slice) -> Outcome | None:
    if pipeline.missing(data) is not None:
        return None
    flows = pipeline.movements(data)
    rows = flows.loc[flows["flow"] == "slipped"]
    amount = round(float(-rows["amount"].sum()), 2) + 0.0
    return Measure("pipeline.slipped", amount, rows["opportunity_id"].nunique())


FIGURES = (
    Figure("won", "high", lambda data: bookings.measures(data)[0]),
    Figure(
        "average",
        "high",
        lambda data: _one(bookings.measures(data), "bookings.average_won_amount"),
    ),
    Figure("win_rate", "high", _win_rate),
    Figure("created", "high", _created),
    Figure("days", "low", lambda data: _one(cycle.measures(data), "cycle.median_days_won")),
    Figure("slipped", "low", _slipped),
)
_RATES = ("average", "win_rate", "days")
COLUMNS = ["key", "value", "n", "previous", "year_ago", "series", "low", "high", "place", "klass"]


def table(data: Slice, quarters: int = 8) -> pd.DataFrame:
    """Return the headline figures against before and against the team's own usual range.

    Parameters
    ----------
    quarters : int
        How many quarters the small trend shows.

    Returns
    -------
    DataFrame
        key (won, average, win_rate, created, days, slipped), value, n (deals behind it), previous,
        year_ago, series (tuple, the quarter under review last), low, high (usual range or NaN),
        place, klass. A figure that the data cannot give is absent.
    """
    rows = []
    for figure in FIGURES:
        now = figure.value(data)
        if not isinstance(now, Measure):
            continue
        earlier = _earlier(data, figure)
        usual = range_of(list(earlier.values()))
        if figure.key in _RATES and now.n < (ENOUGH_DEALS if figure.key == "win_rate" else 2):
            usual = None
        past = [earlier.get(data.quarter.shift(-n), math.nan) for n in range(quarters - 1, 0, -1)]
        rows.append(
            {
                "key": figure.key,
                "value": now.value,
                "n": now.n,
                "previous": earlier.get(data.quarter.previous, math.nan),
                "year_ago": earlier.get(data.quarter.year_ago, math.nan),
                "series": (*past, now.value),
                "low": usual.low if usual else math.nan,
                "high": usual.high if usual else math.nan,
                "place": place(now.value, usual),
                "klass": klass(now.value, usual, figure.better),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _earlier(data: Slice, figure: Figure) -> dict[Quarter, float]:
    """Return a figure's value in every earlier quarter that the data holds whole."""
    values: dict[Quarter, float] = {}
    quarter = data.quarter.previous
    while not bookings.is_cut(data, quarter):
        then = data.at(quarter)
        known = bookings.closed(then, quarter, "won"), bookings.closed(then, quarter, "lost")
        found = figure.value(then) if sum(map(len, known)) else None
        if isinstance(found, Measure):
            values[quarter] = found.value
        quarter = quarter.previous
    return values
