"""What the team has had in its past quarters of what lies behind a target: alone and together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.goals.case import earlier
from qbr_lib.goals.whatif import Name
from qbr_lib.metrics import bookings, linearity
from qbr_lib.schema import LOST, WON

BEST = 0.9  # weeks that were below the best tenth
_WEEKS = 52
_ALIKE = 0.999  # of a value that was reached, but for rounding


class Reached(NamedTuple):
    """How often a value was reached in whole quarters.

    Parameters
    ----------
    times, quarters : int
        In how many of how many quarters whose value is known.
    best : float
        The best value of all of them.
    when : str
        The quarter of it.
    """

    times: int
    quarters: int
    best: float
    when: str


def past(data: Slice) -> pd.DataFrame:
    """Return what lay behind the revenue of the team's whole quarters, at most twelve.

    Returns
    -------
    DataFrame
        By quarter, the newest first: win_rate [ratio], size [money, average won deal], new [deals
        created a week], days [median from creation to a decision], activities [a week]; NaN what is
        not known.
    """
    created = linearity.flow(data, "bookings.created_count")
    done = linearity.flow(data, "activity.done")
    rows = {}
    for quarter in earlier(data):
        won, lost = (bookings.closed(data, quarter, one) for one in (WON, LOST))
        both = pd.concat([won, lost])
        weeks = ((quarter.last_day - quarter.first_day).days + 1) / 7
        age = (both["closed_on"] - both["created_on"]).dt.days
        born, acts = (
            np.nan if flow is None else linearity.so_far(flow, quarter, quarter.last_day) / weeks
            for flow in (created, done)
        )
        rate = len(won) / len(both) if len(both) else np.nan
        rows[str(quarter)] = (rate, won["amount"].mean(), born, age.median(), acts)
    names = ["win_rate", "size", "new", "days", "activities"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).astype("float64")


def each(known: pd.DataFrame, wanted: Mapping[Name, float]) -> dict[Name, Reached]:
    """Return how often each value was reached by itself; what no quarter tells is left out."""
    found = {}
    for name, value in wanted.items():
        told = known[name].dropna()
        if len(told):
            best = told.idxmin() if name == "days" else told.idxmax()
            times = int(_as_good(told, name, value).sum())
            found[name] = Reached(times, len(told), float(told[best]), str(best))
    return found


def together(known: pd.DataFrame, wanted: Mapping[Name, float]) -> tuple[int, int]:
    """Return in how many of how many quarters all values were reached at once."""
    told = known[list(wanted)].dropna()
    good = [_as_good(told[name], name, value) for name, value in wanted.items()]
    return int(np.logical_and.reduce(good).sum()) if len(told) else 0, len(told)


def _as_good(values: pd.Series, name: Name, value: float) -> pd.Series:
    return values <= value / _ALIKE if name == "days" else values >= value * _ALIKE


def capacity(data: Slice) -> float:
    """Return the activities of the team's best tenth of weeks of the last year; NaN unknown."""
    values = linearity.flow(data, "activity.done")
    if values is None or not len(values):
        return float("nan")
    ends = pd.Timestamp(data.as_of) - pd.to_timedelta(7 * np.arange(_WEEKS), "D")
    days = np.sort(values.index.to_numpy())
    counts = np.searchsorted(days, ends + pd.Timedelta(days=1)) - np.searchsorted(
        days, ends - pd.Timedelta(days=6)
    )
    begun = ends - pd.Timedelta(days=6) >= days[0]
    return float(np.quantile(counts[begun], BEST)) if begun.any() else float("nan")
