"""What a revenue target takes in the time that is left: new deals, leads, activities, and by when.

The rule of thumb, gap ÷ average deal ÷ win rate, forgets that most deals created today are decided
after the quarter. Here a new deal counts with its chance to be won in time, and as many are asked
for as reach the target in seven of ten cases.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qbr_lib.data.slices import Slice
from qbr_lib.goals.whatif import HELPS, Levers, WhatIf
from qbr_lib.measures import Measure, Outcome, Unavailable
from qbr_lib.metrics import activity, bookings, leads
from qbr_lib.outlook.current import Outlook
from qbr_lib.outlook.timeline import Floats

_GRID = (0, 5, 10, 20, 35, 60, 100, 160, 250, 400)  # further deals that are tried


@dataclass(frozen=True)
class Requirement:
    """What reaches a target, as of a day.

    Parameters
    ----------
    further : array of int
        Deals on top of the usual that are tried, ascending.
    levels : array
        [money] What is then reached in seven of ten cases.
    in_time : float
        Chance that a deal created tomorrow is won within the quarter [ratio].
    each : float
        The same on average of deals created evenly from tomorrow to `last_day` [ratio].
    last_day : date or None
        The last day on which a new deal is won in time with a chance of at least `HELPS`.
    weeks : float
        From tomorrow to that day.
    usual, best : float
        New deals a week: on average over the last year, and in its best tenth of four weeks.
    lead_conversion, activities : float
        Deals per lead [ratio], activities per new deal, of the quarter under review; NaN unknown.
    """

    further: Floats
    levels: Floats
    in_time: float
    each: float
    last_day: dt.date | None
    weeks: float
    usual: float
    best: float
    lead_conversion: float
    activities: float

    def deals(self, target: float) -> float:
        """Return how many new deals on top of the usual reach a target; NaN if none tried do."""
        if target <= self.levels[0]:
            return 0.0
        if target > self.levels[-1]:
            return float("nan")
        return float(np.ceil(np.interp(target, self.levels, self.further)))

    def a_week(self, target: float) -> float:
        """Return how many new deals a week that makes, the usual ones among them."""
        return self.usual + self.deals(target) / self.weeks if self.weeks else float("nan")

    def leads(self, target: float) -> float:
        """Return how many leads those deals take; NaN unknown."""
        return self.deals(target) / (self.lead_conversion or float("nan"))

    def work(self, target: float) -> float:
        """Return how many activities those deals take; NaN unknown."""
        return self.deals(target) * self.activities

    def under(self, whatif: WhatIf, levers: Levers) -> Requirement:
        """Return the same for a team that works otherwise; new deals are what is asked for."""
        return dataclasses.replace(self, levels=_levels(whatif, levers))

    @property
    def one_in(self) -> float:
        """How many deals must be created tomorrow for one of them to be won in time."""
        return 1 / max(self.in_time, HELPS / 2)

    def possible(self, target: float) -> bool:
        """Tell whether the team has created as many a week in its best times."""
        return bool(self.a_week(target) <= self.best or self.deals(target) == 0)

    @property
    def most(self) -> float:
        """What is reached in seven of ten cases with as many new deals as in the best times."""
        further = max(self.best - self.usual, 0.0) * self.weeks
        return float(np.interp(further, self.further, self.levels))


def requirement(data: Slice, found: Outlook | Unavailable) -> Requirement | None:
    """Return what targets take; None without an outlook, or of when deals were created."""
    if isinstance(found, Unavailable):
        return None
    whatif = WhatIf(found)
    if not whatif.possible or not len(whatif.in_time):
        return None
    days, usual = whatif.days, whatif.usual
    return Requirement(
        further=np.array(_GRID, dtype="float64"),
        levels=_levels(whatif, Levers()),
        in_time=float(whatif.in_time[0]),
        each=whatif.each(),
        last_day=data.as_of + dt.timedelta(days=days) if days else None,
        weeks=days / 7,
        usual=usual.new,
        best=usual.best,
        lead_conversion=_measured(leads.measures(data), "leads.conversion"),
        activities=_activities(data),
    )


def _levels(whatif: WhatIf, levers: Levers) -> Floats:
    """Return what is reached in seven of ten cases with each number of further deals."""
    tried = [dataclasses.replace(levers, further=float(n)) for n in _GRID]
    return np.maximum.accumulate([whatif.level(one) for one in tried])


def _measured(outcomes: Sequence[Outcome], name: str) -> float:
    for one in outcomes:
        if one.id == name and isinstance(one, Measure):
            return float(one.value)
    return float("nan")


def _activities(data: Slice) -> float:
    """Return how many activities were done per deal created, in the quarter under review."""
    done = _measured(activity.measures(data), "activity.done")
    made = len(bookings.created(data))
    return done / made if made else float("nan")
