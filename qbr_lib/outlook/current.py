"""The outlook of a quarter that is not over: its range, the chance of a target, how sure that is.

One that was no better in the past than the seasonal naive gives way to it, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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
from qbr_lib.outlook import backtest, blend, origins
from qbr_lib.outlook.blend import Learnt
from qbr_lib.outlook.origins import Book, Origin
from qbr_lib.outlook.simulation import Standing
from qbr_lib.outlook.timeline import Floats, Grade
from qbr_lib.periods import Quarter

COMMIT, TARGET, STRETCH = 0.9, 0.6, 0.2  # chances to be reached
IDS = ("outlook.p10", "outlook.p50", "outlook.p90", "outlook.probability_of_target")
_PATHS = 10_000
_WEEK = 7


@dataclass(frozen=True)
class Outlook:
    """Where a quarter will end, as of a day.

    Parameters
    ----------
    told : Book
        The deals it was made from.
    now : Origin
        What each way to forecast says.
    known : Learnt
        What earlier quarters say of them.
    whole : array
        [money] What the quarter may come to, ascending, at the middles of equal steps.
    gives_way : bool
        Whether it is the seasonal naive, since nothing better was found.
    """

    told: Book
    now: Origin
    known: Learnt
    whole: Floats
    gives_way: bool

    @property
    def quarter(self) -> Quarter:
        """The quarter forecast."""
        return self.now.key.quarter

    @property
    def booked(self) -> float:
        """Won in it so far [money]."""
        return self.now.booked

    @property
    def grade(self) -> Grade:
        """What of the deals it rests on: events, plans or ages (see `timeline.Timeline`)."""
        return self.told.line.grade

    @property
    def naive(self) -> float:
        """The same quarter a year ago, else the last one [money]."""
        return self.now.naive

    @property
    def learnt(self) -> int:
        """Whole quarters it has learnt from."""
        return self.known.quarters

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Every week of the whole quarters that were over on its day, as `backtest.judged`."""
        weeks = range(-int(blend.NEAR), origins.WEEKS.stop)
        before = origins.past(self.told, weeks=weeks, day=self.now.key.day)
        return _judged(backtest.judged(before, {}))

    @cached_property
    def standing(self) -> Standing | None:
        """What is known of the quarter's deals; None where they tell nothing."""
        return origins.standing(self.told, self.quarter, self.now.key.day)

    def alarms(self, amount: float, limit: float) -> bool:
        """Tell whether an amount is unlikely two weeks running: today, and seven days ago.

        Parameters
        ----------
        limit : float
            The chance up to which it is unlikely. Where a week ago nothing could be said, today
            alone counts.
        """
        if self.chance(amount) > limit:
            return False
        before = self._week_before
        return before is None or before.chance(amount) <= limit

    @cached_property
    def _week_before(self) -> Outlook | None:
        day = self.now.key.day - _WEEK
        why = _missing(self.told, self.quarter, day)
        return _outlook(self.told, self.quarter, day) if why is None else None

    def under(self, standing: Standing, size: float = 1.0) -> Floats:
        """Return what the quarter may come to if its deals stood otherwise [money], ascending.

        As they stand, that is `whole`.

        Parameters
        ----------
        size : float
            Times the amount of each deal.
        """
        day = self.now.key.day
        draws = size * origins.drawn(self.told, self.quarter, day, standing, _PATHS)
        if self.gives_way:
            return np.sort(np.maximum(self.whole + draws - self.now.draws, self.booked))
        return self.booked + blend.rest(self.now, self.known, draws)

    def at(self, share: float) -> float:
        """Return what it comes to with a chance of 1 - share not to come to more [money]."""
        return float(np.quantile(self.whole, share))

    def level(self, chance: float) -> float:
        """Return what is reached with a chance [money]."""
        return self.at(1 - chance)

    def gap(self, amount: float) -> float:
        """Return what is missing from the middle to an amount [money]; 0 where nothing is."""
        return max(amount - self.at(0.5), 0.0)

    def chance(self, amount: float) -> float:
        """Return the chance to reach an amount, between 2 % and 98 % even where it is booked."""
        return float(blend.chance(self.whole, amount))

    @property
    def held(self) -> tuple[int, int]:
        """How many ranges of eight in ten held, of how many weeks that could be judged."""
        rows = self.rows
        inside = (rows["actual"] >= rows["low_80"]) & (rows["actual"] <= rows["high_80"])
        return int(inside.sum()), len(rows)

    @property
    def quarters(self) -> int:
        """Whole quarters behind `held`."""
        return int(self.rows["quarter"].nunique())


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.loc[(rows["week"] >= 0) & (rows["learnt"] >= 1) & rows["place"].notna()]


def outlook(data: Slice, quarter: Quarter) -> Outlook | Unavailable:
    """Return the outlook of a quarter as of the slice's day, or why there is none."""
    told = origins.book(data)
    why = _missing(told, quarter, told.line.until)
    return _outlook(told, quarter, told.line.until) if why is None else why


def _outlook(told: Book, quarter: Quarter, day: int) -> Outlook:
    now = origins.at(told, quarter, day, _PATHS)
    weeks = np.array(origins.WEEKS)[blend.close(origins.WEEKS, now.key.week)].tolist()
    found = origins.past(told, blend.LOOKED + 1, weeks, day)
    known = blend.learnt(now, blend.many(found))
    whole = now.booked + blend.rest(now, known)
    seen = backtest.judged(found, {})
    seen = seen.loc[(seen["learnt"] >= 1) & seen["place"].notna()]
    worse = _enough(seen) and seen["crps"].sum() >= seen["crps_naive"].sum()
    gives_way = bool(worse or np.isnan(whole).any())
    return Outlook(told, now, known, backtest.naive([now])[0] if gives_way else whole, gives_way)


def _enough(rows: pd.DataFrame) -> bool:
    return rows["quarter"].nunique() >= backtest.FEWEST


def _missing(told: Book, quarter: Quarter, until: int) -> Unavailable | None:
    line = told.line
    if until >= day_of(quarter.last_day):
        return Unavailable(IDS[0], OVER, {"quarter": str(quarter)})
    won = line.wins(until)[2]
    if not len(won):
        return Unavailable(IDS[0], NO_WIN_YET)
    if not (won > 0).any():
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
    rows = found.rows
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
    day = day_of(quarter.first_day) - 1
    why = _missing(told, quarter, day)
    return _outlook(told, quarter, day) if why is None else why
