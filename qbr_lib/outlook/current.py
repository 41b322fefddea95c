"""The outlook of a quarter that is not over: its range, the chance of a target, how sure that is.

One that was no better in the past than the seasonal naive gives way to it, and says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qbr_lib.data.endings import day_of
from qbr_lib.data.slices import Slice
from qbr_lib.measures import (
    FEW_LOOKED_BACK,
    NO_AMOUNT,
    NO_OPEN_DEAL,
    NO_TARGET,
    NO_WHOLE_QUARTER,
    NO_WIN_YET,
    OVER,
    ZERO_TARGET,
    Measure,
    Outcome,
    Unavailable,
)
from qbr_lib.metrics.bookings import target
from qbr_lib.outlook import backtest, blend, origins
from qbr_lib.outlook.origins import Book, Origin
from qbr_lib.outlook.timeline import Floats, Grade
from qbr_lib.periods import Quarter

COMMIT, TARGET, STRETCH = 0.9, 0.6, 0.2  # chances to be reached
IDS = ("outlook.p10", "outlook.p50", "outlook.p90", "outlook.probability_of_target")
_PATHS = 10_000


@dataclass(frozen=True)
class Outlook:
    """Where a quarter will end, as of a day.

    Parameters
    ----------
    quarter : Quarter
        The one forecast.
    booked : float
        [money] Won in it so far.
    whole : array
        [money] What it may come to, ascending, at the middles of equal steps.
    grade : {"events", "plans", "ages"}
        What of the deals it rests on (see `timeline.Timeline`).
    naive : float
        [money] The same quarter a year ago, else the last one.
    gives_way : bool
        Whether it is the seasonal naive, since nothing better was found.
    learnt : int
        Whole quarters it has learnt from.
    rows : DataFrame
        Every week of the quarters before, as `backtest.judged` returns them.
    """

    quarter: Quarter
    booked: float
    whole: Floats
    grade: Grade
    naive: float
    gives_way: bool
    learnt: int
    rows: pd.DataFrame

    def at(self, share: float) -> float:
        """Return what it comes to with a chance of 1 - share not to come to more [money]."""
        return float(np.quantile(self.whole, share))

    def level(self, chance: float) -> float:
        """Return what is reached with a chance [money]."""
        return self.at(1 - chance)

    def chance(self, amount: float) -> float:
        """Return the chance to reach an amount: between 2 % and 98 %, 1 for what is booked."""
        return 1.0 if 0 < amount <= self.booked else blend.chance(self.whole, amount)

    @property
    def held(self) -> tuple[int, int]:
        """How many ranges of eight in ten held, of how many weeks that could be judged."""
        rows = _judged(self.rows)
        inside = (rows["actual"] >= rows["low_80"]) & (rows["actual"] <= rows["high_80"])
        return int(inside.sum()), len(rows)

    @property
    def quarters(self) -> int:
        """Whole quarters behind `held`."""
        return int(_judged(self.rows)["quarter"].nunique())


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.loc[(rows["week"] >= 0) & (rows["learnt"] >= 1) & rows["place"].notna()]


def outlook(data: Slice, quarter: Quarter) -> Outlook | Unavailable:
    """Return the outlook of a quarter as of the slice's day, or why there is none."""
    told = origins.book(data)
    why = _missing(told, quarter, data.as_of)
    if why is not None:
        return why
    found = origins.past(told)
    now = origins.at(told, quarter, told.line.until, _PATHS)
    targets = {one: target(data, one) for one in told.quarters}
    return _outlook(told, now, found, backtest.judged(found, targets))


def _outlook(told: Book, now: Origin, found: Sequence[Origin], rows: pd.DataFrame) -> Outlook:
    known = blend.learnt(now, blend.many(found))
    whole = now.booked + blend.rest(now, known)
    seen = _judged(rows)
    worse = seen["crps"].sum() >= seen["crps_naive"].sum()
    gives_way = bool(np.isnan(whole).any() or (_enough(seen) and worse))
    return Outlook(
        now.key.quarter,
        now.booked,
        backtest.naive(now) if gives_way else whole,
        told.line.grade,
        now.naive,
        gives_way,
        known.quarters,
        rows,
    )


def _enough(rows: pd.DataFrame) -> bool:
    return rows["quarter"].nunique() >= backtest.FEWEST


def _missing(told: Book, quarter: Quarter, day: dt.date) -> Unavailable | None:
    line, until = told.line, day_of(day)
    if day >= quarter.last_day:
        return Unavailable(IDS[0], OVER, {"quarter": str(quarter)})
    won = line.closings[1] <= until
    if not won.any():
        return Unavailable(IDS[0], NO_WIN_YET)
    if not (line.won_values[won] > 0).any():
        return Unavailable(IDS[0], NO_AMOUNT)
    if line.since > until or not told.known(until):
        return Unavailable(IDS[0], NO_WHOLE_QUARTER, {"quarter": str(quarter)})
    if not ((line.end > until).any()):
        return Unavailable(IDS[0], NO_OPEN_DEAL)
    return None


def measures(found: Outlook | Unavailable, aim: float | None) -> list[Outcome]:
    """Return the outlook's measures.

    Parameters
    ----------
    aim : float or None
        [money] The target whose chance is asked for.
    """
    if isinstance(found, Unavailable):
        every = (*IDS, "outlook.skill")
        return [Unavailable(one, found.reason, found.details) for one in every]
    shares = (0.1, 0.5, 0.9)
    told: list[Outcome] = [
        Measure(one, round(found.at(share), 2), found.learnt)
        for one, share in zip(IDS[:3], shares, strict=True)
    ]
    quarter = {"quarter": str(found.quarter)}
    if aim:
        told.append(Measure(IDS[3], found.chance(aim), found.learnt))
    else:
        told.append(Unavailable(IDS[3], NO_TARGET if aim is None else ZERO_TARGET, quarter))
    return [*told, _skill(found)]


def _skill(found: Outlook) -> Outcome:
    rows = _judged(found.rows)
    if not _enough(rows):
        few = {"n": int(rows["quarter"].nunique()), "least": backtest.FEWEST}
        return Unavailable("outlook.skill", FEW_LOOKED_BACK, few)
    value = 1 - float(rows["crps"].sum()) / float(rows["crps_naive"].sum())
    return Measure("outlook.skill", value, len(rows))


def given(data: Slice, quarter: Quarter) -> Outlook | Unavailable:
    """Return the outlook as it would have been given on the day before a quarter began.

    From the deals, and the quarters that were over, as they were known on that day.
    """
    told = origins.book(data)
    day = quarter.first_day - dt.timedelta(days=1)
    why = _missing(told, quarter, day)
    if why is not None:
        return why
    found = [one for one in origins.past(told) if one.key.quarter.last_day <= day]
    now = origins.at(told, quarter, day_of(day), _PATHS)
    return _outlook(told, now, found, backtest.judged(found, {}))
