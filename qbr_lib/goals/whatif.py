"""What the chance of a target becomes if the team works otherwise than usual.

Win rate, deal size and time to a decision as multiples of what they are, and new deals on top of
the usual: each changes the deals that are open and those to come, not what is booked.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import numpy as np
from scipy import optimize

from qbr_lib.data.endings import NEVER
from qbr_lib.measures import Unit
from qbr_lib.outlook import blend, origins, simulation
from qbr_lib.outlook.current import Outlook
from qbr_lib.outlook.hazards import Rates
from qbr_lib.outlook.simulation import Standing
from qbr_lib.outlook.timeline import Floats

Name = Literal["win_rate", "size", "new", "days", "activities"]
UNITS: dict[Name, Unit] = {
    "win_rate": "ratio",
    "size": "money",
    "new": "count",
    "days": "days",
    "activities": "count",
}
SURE = 0.7  # chance that what a target takes holds
HELPS = 0.05  # chance to be won in time below which a new deal no longer helps
_YEAR = 365
_WEEKS = 52
_BEST = 0.9
_KEPT = 256  # sets of levers
_NEAR = {"win_rate": 2e-3, "size": 1e-3, "pace": 5e-3}  # of the usual: as closely as it is told


@dataclass(frozen=True)
class Levers:
    """How the team works otherwise; as it stands, nothing changes.

    Parameters
    ----------
    win_rate, size, pace : float
        Chance to be won, amount per deal, speed to a decision: multiples of the usual.
    further : float
        New deals on top of the usual, created evenly as long as they help; negative: fewer.
    """

    win_rate: float = 1.0
    size: float = 1.0
    pace: float = 1.0
    further: float = 0.0


@dataclass(frozen=True)
class Usual:
    """What the team's deals of the last year were like.

    Parameters
    ----------
    win_rate : float
        Won ÷ (won + lost) [ratio]; removed deals count as neither.
    size : float
        [money] Average won deal.
    new, best : float
        Deals created a week: on average, and in the best tenth of four weeks.
    days : float
        Median days from creation to a decision.
    """

    win_rate: float
    size: float
    new: float
    best: float
    days: float


@dataclass(frozen=True)
class WhatIf:
    """A quarter's outlook under levers.

    Parameters
    ----------
    found : Outlook
        As things usually go.
    """

    found: Outlook

    @property
    def possible(self) -> bool:
        """Whether the deals tell enough to change anything."""
        return self.found.standing is not None

    @cached_property
    def in_time(self) -> Floats:
        """The chance that a new deal is won in time, by the day it is created on from tomorrow."""
        return self._in_time(self.found.told.rates(self.found.now.key.day))

    @cached_property
    def days(self) -> int:
        """Days from tomorrow on which a new deal is won in time with a chance of `HELPS`."""
        helping = np.flatnonzero(self.in_time >= HELPS)
        return int(helping[-1]) + 1 if len(helping) else 0

    def each(self, pace: float = 1.0) -> float:
        """Return that chance on average of the deals created evenly on those days [ratio]."""
        quick = self.in_time if pace == 1 else self._in_time(self._quick(pace))
        return float(quick[: self.days].mean()) if self.days else 0.0

    def whole(self, levers: Levers) -> Floats:
        """Return what the quarter may come to under levers [money], ascending."""
        known = self.found.standing
        if known is None or levers == Levers():
            return self.found.whole
        if levers not in self._asked:
            if len(self._asked) >= _KEPT:
                self._asked.clear()
            self._asked[levers] = self.found.under(self._standing(known, levers), levers.size)
        return self._asked[levers]

    @cached_property
    def _asked(self) -> dict[Levers, Floats]:
        """What was asked before: a person who moves one thing leaves the others where they are."""
        return {}

    def chance(self, target: float, levers: Levers) -> float:
        """Return the chance of a target under levers, between 2 % and 98 %."""
        return float(blend.chance(self.whole(levers), target))

    def level(self, levers: Levers) -> float:
        """Return what is reached under levers in seven of ten cases [money]."""
        return float(np.quantile(self.whole(levers), 1 - SURE))

    def solved(self, name: str, levers: Levers, target: float, low: float, high: float) -> float:
        """Return where one lever must stand for a target in seven of ten cases; the others stand.

        Parameters
        ----------
        name : {"win_rate", "size", "pace"}
            The lever; a target grows with it.
        low, high : float
            Multiples of the usual to look between.

        Returns
        -------
        float
            A multiple of the usual: `low` if that is enough already, NaN if `high` is not.
        """

        @cache
        def short(times: float) -> float:
            return self.level(dataclasses.replace(levers, **{name: times})) - target

        if short(high) < 0:
            return float("nan")
        if short(low) >= 0:
            return low
        return float(optimize.brentq(short, low, high, xtol=_NEAR[name]))

    def _in_time(self, rates: Rates | None) -> Floats:
        told, day = self.found.told, self.found.now.key.day
        if rates is None:
            return np.empty(0)
        return simulation.in_time(
            told.line, told.weeks, rates, day, origins.span(self.found.quarter)
        )

    def _quick(self, pace: float) -> Rates | None:
        rates = self.found.told.rates(self.found.now.key.day)
        return rates and dataclasses.replace(rates, rate=rates.rate * pace)

    def _standing(self, known: Standing, levers: Levers) -> Standing:
        told, day = self.found.told, self.found.now.key.day
        quick = self._quick(levers.pace) if levers.pace != 1 else None
        if quick is not None:
            span = origins.span(self.found.quarter)
            known = simulation.standing(told.line, told.weeks, quick, day, span) or known
        further = levers.further * self.each(levers.pace) if levers.further else 0.0
        return dataclasses.replace(
            known,
            chances=np.clip(known.chances * levers.win_rate, 0.0, 1.0),
            coming=max(known.coming + further, 0.0) * levers.win_rate,
        )

    @cached_property
    def usual(self) -> Usual:
        """What the deals of the last year were like; NaN what is unknown."""
        line, day = self.found.told.line, self.found.now.key.day
        decided = (line.end <= day) & (line.end > day - _YEAR)
        dated = decided & (line.start < NEVER)
        _, days, values = line.wins(day)
        sizes = values[days > day - _YEAR]
        new, best = self._weekly()
        return Usual(
            win_rate=float(line.won[decided].mean()) if decided.any() else float("nan"),
            size=float(sizes.mean()) if len(sizes) else float("nan"),
            new=new,
            best=best,
            days=float(np.median((line.end - line.start)[dated])) if dated.any() else float("nan"),
        )

    def _weekly(self) -> tuple[float, float]:
        """Return how many deals are created a week: on average, in the best tenth of four weeks."""
        line, day = self.found.told.line, self.found.now.key.day
        born = np.sort(line.created[line.created < NEVER])
        first = max(day - 7 * _WEEKS, int(born[0]) - 1 if len(born) else day)
        ends = np.arange(day, first + 27, -7)
        if not len(ends):
            return float("nan"), float("nan")
        fours = np.searchsorted(born, ends, side="right") - np.searchsorted(
            born, ends - 28, side="right"
        )
        low, high = np.searchsorted(born, [first, day], side="right")
        return float((high - low) / (day - first) * 7), float(np.quantile(fours / 4, _BEST))
