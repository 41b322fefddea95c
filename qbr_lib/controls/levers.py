"""What lies behind a target as a pure model: win rate, deal size, new deals, time, activities.

Each stands where the last year left it until somebody moves it; the chance of the target follows.
Or one of them is worked out from the others and the target: so that it holds in 7 of 10 cases.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, cast

from qbr_lib.errors import ParameterError
from qbr_lib.goals.requirement import Requirement
from qbr_lib.goals.whatif import UNITS, Levers, Name, Usual, WhatIf
from qbr_lib.measures import N_

Solve = Literal["chance", "target", "new", "win_rate", "size", "days"]
SOLVES: tuple[Solve, ...] = ("chance", "target", "new", "win_rate", "size", "days")
_LEAST, _MOST = 0.5, 2.0  # times the usual
_TOGETHER: tuple[Name, Name] = ("new", "activities")


@dataclass(frozen=True)
class Board:
    """The levers, and the target they are for.

    Parameters
    ----------
    whatif : WhatIf
        The quarter's outlook under levers.
    target : float
        [money] Whose chance is told.
    need : Requirement
        What targets take as things usually go.
    moved_to : mapping of str to float
        Where levers were moved to, in their own unit.
    solve : str
        What is worked out from the rest: the chance, the target, or one of the levers.
    """

    whatif: WhatIf
    target: float
    need: Requirement
    moved_to: dict[Name, float] = field(default_factory=dict)
    solve: Solve = "chance"

    @property
    def names(self) -> list[Name]:
        """The levers whose usual value is known, and that can still change the quarter."""
        late = _TOGETHER if self.need.weeks == 0 else ()
        return [name for name in UNITS if name not in late and self.usual(name) > 0]

    @property
    def solves(self) -> list[Solve]:
        """What can be worked out."""
        return [one for one in SOLVES if one in ("chance", "target") or one in self.names]

    def usual(self, name: Name) -> float:
        """Return where a lever usually stands; activities a week go with new deals."""
        known: Usual = self.whatif.usual
        if name == "activities":
            return known.new * self.need.activities
        return float(getattr(known, name))

    def value(self, name: Name) -> float:
        """Return where a lever stands; one that is worked out and out of reach, at its end."""
        if name == self.solve or (name == "activities" and self.solve == "new"):
            value = self.end if math.isnan(self.solved) else self.solved
            return value * (self.need.activities if name == "activities" else 1)
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
                N_("The value lies outside what is looked at, half to twice the usual"),
                where=name.replace("_", " "),
                got=f"{value:g}",
                wanted=f"{low:g} to {high:g}",
                edit=N_("choose a value in this range"),
            )
        together: dict[Name, float] = {name: value}
        if name in _TOGETHER and self.need.activities > 0:
            part = value / self.usual(name)
            together = {one: self.usual(one) * part for one in _TOGETHER}
        return dataclasses.replace(self, moved_to=self.moved_to | together)

    def at(self, target: float) -> Board:
        """Return the board for another target."""
        return dataclasses.replace(self, target=target)

    def solving(self, what: Solve) -> Board:
        """Return the board with something else worked out; what is, nobody has set."""
        own = _TOGETHER if what == "new" else (what,)
        kept = {name: value for name, value in self.moved_to.items() if name not in own}
        return dataclasses.replace(self, moved_to=kept, solve=what)

    @cached_property
    def given(self) -> Levers:
        """The levers that people set; what is worked out stands as usual."""
        return self._levers(dict(self.moved_to))

    @cached_property
    def levers(self) -> Levers:
        """All levers where they stand."""
        if self.solve in ("chance", "target"):
            return self.given
        name = cast("Name", self.solve)
        return self._levers({**self.moved_to, name: self.value(name)})

    def _levers(self, at: dict[Name, float]) -> Levers:
        times = {name: value / self.usual(name) for name, value in at.items()}
        further = (at.get("new", self.need.usual) - self.need.usual) * self.need.weeks
        return Levers(
            win_rate=times.get("win_rate", 1.0),
            size=times.get("size", 1.0),
            pace=1 / times.get("days", 1.0),
            further=round(further, 6),  # whole deals, but for the last digits
        )

    @cached_property
    def solved(self) -> float:
        """What is worked out, so that the target holds in 7 of 10 cases; NaN out of reach."""
        if self.solve == "chance":
            return self.chance
        if self.solve == "target":
            return float(math.floor(self.whatif.level(self.given)))
        name = cast("Name", self.solve)
        low, high = self.bounds(name)
        if name == "new":
            same = self.given == Levers()
            need = self.need if same else self.need.under(self.whatif, self.given)
            weekly = need.a_week(self.target)
            return weekly if weekly <= high else math.nan
        usual = self.usual(name)
        if name == "days":
            pace = self.whatif.solved("pace", self.given, self.target, usual / high, usual / low)
            return usual / pace
        return usual * self.whatif.solved(name, self.given, self.target, low / usual, high / usual)

    @property
    def end(self) -> float:
        """The best value of what is worked out that is looked at."""
        low, high = self.bounds(cast("Name", self.solve))
        return low if self.solve == "days" else high

    @cached_property
    def chance(self) -> float:
        """The chance of the target where the levers stand."""
        return self.whatif.chance(self.target, self.levers)

    @property
    def reached(self) -> float:
        """What 7 of 10 cases come to where the levers stand [money]."""
        return self.whatif.level(self.levers)

    @property
    def moved_names(self) -> list[Name]:
        """The levers that do not stand where they usually do."""
        return [name for name in self.names if not math.isclose(self.value(name), self.usual(name))]
