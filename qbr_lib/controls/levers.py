"""What lies behind a target as a pure model: win rate, deal size, new deals, time, activities.

Each stands where the last year left it until somebody moves it; the chance of the target follows.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Literal

from qbr_lib.errors import ParameterError
from qbr_lib.goals.whatif import Levers, Usual, WhatIf
from qbr_lib.measures import Unit

Name = Literal["win_rate", "size", "new", "days", "activities"]
UNITS: dict[Name, Unit] = {
    "win_rate": "ratio",
    "size": "money",
    "new": "count",
    "days": "days",
    "activities": "count",
}
_LEAST, _MOST = 0.5, 2.0  # times the usual


@dataclass(frozen=True)
class Board:
    """The levers, and the target whose chance they change.

    Parameters
    ----------
    whatif : WhatIf
        The quarter's outlook under levers.
    target : float
        [money] Whose chance is told.
    activities : float
        Activities per new deal, as they usually are; NaN unknown: then they are no lever.
    moved_to : mapping of str to float
        Where levers were moved to, in their own unit.
    """

    whatif: WhatIf
    target: float
    activities: float = math.nan
    moved_to: dict[Name, float] = field(default_factory=dict)

    @property
    def names(self) -> list[Name]:
        """The levers whose usual value is known."""
        return [name for name in UNITS if self.usual(name) > 0]

    def usual(self, name: Name) -> float:
        """Return where a lever usually stands; activities a week go with new deals."""
        known: Usual = self.whatif.usual
        if name == "activities":
            return known.new * self.activities
        return float(getattr(known, name))

    def value(self, name: Name) -> float:
        """Return where a lever stands."""
        return self.moved_to.get(name, self.usual(name))

    def bounds(self, name: Name) -> tuple[float, float]:
        """Return how far a lever moves: from half to twice the usual, a rate at most to 1."""
        usual = self.usual(name)
        high = usual * _MOST
        return usual * _LEAST, min(high, 1.0) if UNITS[name] == "ratio" else high

    def moved(self, name: Name, value: float) -> Board:
        """Return the board with a lever elsewhere; new deals and activities move together.

        Raises
        ------
        ParameterError
            If the value lies outside the lever's bounds.
        """
        low, high = self.bounds(name)
        if not low * (1 - 1e-9) <= value <= high * (1 + 1e-9):
            raise ParameterError(
                "The value lies outside what is looked at",
                where=name.replace("_", " "),
                got=f"{value:g}",
                wanted=f"{low:g} to {high:g}, half to twice the usual",
                edit="choose a value in this range",
            )
        together: dict[Name, float] = {name: value}
        if name in ("new", "activities") and self.activities > 0:
            part = value / self.usual(name)
            together = {one: self.usual(one) * part for one in ("new", "activities")}
        return dataclasses.replace(self, moved_to=self.moved_to | together)

    def at(self, target: float) -> Board:
        """Return the board for another target."""
        return dataclasses.replace(self, target=target)

    @property
    def levers(self) -> Levers:
        """The levers as multiples of the usual."""
        times = {
            name: self.value(name) / self.usual(name)
            for name in self.names
            if name in self.moved_to
        }
        return Levers(
            win_rate=times.get("win_rate", 1.0),
            size=times.get("size", 1.0),
            new=times.get("new", 1.0),
            pace=1 / times.get("days", 1.0),
        )

    @property
    def chance(self) -> float:
        """The chance of the target where the levers stand."""
        return self.whatif.chance(self.target, self.levers)

    @property
    def moved_names(self) -> list[Name]:
        """The levers that do not stand where they usually do."""
        return [name for name in self.names if not math.isclose(self.value(name), self.usual(name))]
