"""What the chance of a target becomes if the team works otherwise than usual.

Win rate, deal size, new deals and time to a decision as multiples of what they are: each changes
the deals that are open and those to come, not what is booked.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qbr_lib.data.endings import NEVER
from qbr_lib.outlook import blend, origins, simulation
from qbr_lib.outlook.current import Outlook
from qbr_lib.outlook.simulation import Standing
from qbr_lib.outlook.timeline import Floats

_YEAR = 365


@dataclass(frozen=True)
class Levers:
    """Multiples of the usual; 1 leaves it as it is.

    Parameters
    ----------
    win_rate, size, new, pace : float
        Chance to be won, amount per deal, deals created a week, speed to a decision.
    """

    win_rate: float = 1.0
    size: float = 1.0
    new: float = 1.0
    pace: float = 1.0


@dataclass(frozen=True)
class Usual:
    """What the team's deals of the last year were like.

    Parameters
    ----------
    win_rate : float
        Won ÷ (won + lost) [ratio]; removed deals count as neither.
    size : float
        [money] Average won deal.
    new : float
        Deals created a week.
    days : float
        Median days from creation to a decision.
    """

    win_rate: float
    size: float
    new: float
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

    def whole(self, levers: Levers) -> Floats:
        """Return what the quarter may come to under levers [money], ascending."""
        known = self.found.standing
        if known is None or levers == Levers():
            return self.found.whole
        return self.found.under(self._standing(known, levers))

    def chance(self, target: float, levers: Levers) -> float:
        """Return the chance of a target under levers, between 2 % and 98 %."""
        return float(blend.chance(self.whole(levers), target))

    def _standing(self, known: Standing, levers: Levers) -> Standing:
        told, day = self.found.told, self.found.now.key.day
        rates = told.rates(day)
        if levers.pace != 1 and rates is not None:
            quick = dataclasses.replace(rates, rate=rates.rate * levers.pace)
            span = origins.span(self.found.quarter)
            known = simulation.standing(told.line, told.weeks, quick, day, span) or known
        return dataclasses.replace(
            known,
            chances=np.clip(known.chances * levers.win_rate, 0.0, 1.0),
            values=known.values * levers.size,
            sizes=known.sizes * levers.size,
            coming=known.coming * levers.win_rate * levers.new,
        )

    @cached_property
    def usual(self) -> Usual:
        """What the deals of the last year were like; NaN what is unknown."""
        line, day = self.found.told.line, self.found.now.key.day
        decided = (line.end <= day) & (line.end > day - _YEAR)
        dated = decided & (line.start < NEVER)
        _, days, values = line.wins(day)
        sizes, born = values[days > day - _YEAR], line.created[line.created <= day]
        since = max(day - _YEAR, int(born.min(initial=day)) - 1)
        return Usual(
            win_rate=float(line.won[decided].mean()) if decided.any() else float("nan"),
            size=float(sizes.mean()) if len(sizes) else float("nan"),
            new=float((born > since).sum() / max(day - since, 1) * 7),
            days=float(np.median((line.end - line.start)[dated])) if dated.any() else float("nan"),
        )
