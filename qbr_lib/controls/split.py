"""The parts of a target as a pure model: proposed, set by hand, capped, and what is missing."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import pandas as pd

from qbr_lib.errors import ParameterError
from qbr_lib.goals import allocation
from qbr_lib.goals.shares import Basis, Divisible
from qbr_lib.measures import N_

Problem = Literal["caps", "over", "under", ""]
Typed = Mapping[Hashable, float]
_CENT = 0.005


@dataclass(frozen=True)
class Split:
    """A target and its parts.

    Parameters
    ----------
    known : Divisible
        Those it is split to.
    target : float
        [money] What the parts are to come to.
    basis : str
        What a part is proportional to, where nobody set it by hand.
    by_hand, most : mapping of str to float
        [money] By unit: what people typed, and the most that a proposed part may be.
    rest : bool
        Whether the parts that nobody set take what the others leave.
    """

    known: Divisible
    target: float
    basis: Basis = "won"
    by_hand: Typed = field(default_factory=dict)
    most: Typed = field(default_factory=dict)
    rest: bool = False

    def at(self, target: float) -> Split:
        """Return the parts of another target."""
        return dataclasses.replace(self, target=target)

    def by(self, basis: Basis) -> Split:
        """Return the parts by another measure; what was set by hand stays."""
        return dataclasses.replace(self, basis=basis)

    def moved(self, unit: str, value: float) -> Split:
        """Return the parts with one of them set by hand, in full cents.

        Raises
        ------
        ParameterError
            If it is no amount from 0 on.
        """
        return dataclasses.replace(self, by_hand={**self.by_hand, unit: _amount(unit, value)})

    def capped(self, unit: str, value: float | None) -> Split:
        """Return the parts with at most so much for one of them; None takes the cap away.

        Raises
        ------
        ParameterError
            If it is no amount from 0 on.
        """
        most = {name: cap for name, cap in self.most.items() if name != unit}
        if value is not None:
            most[unit] = _amount(unit, value)
        return dataclasses.replace(self, most=most)

    def filled(self) -> Split:
        """Return the parts with what is missing shared out to those that nobody set."""
        return dataclasses.replace(self, rest=True)

    def to(self, known: Divisible) -> Split:
        """Return the parts of the same target for other units."""
        basis = self.basis if self.basis in known.bases else "won"
        return Split(known, self.target, basis)

    def proposed(self) -> Split:
        """Return the parts as proposed, caps and all that was typed forgotten."""
        return Split(self.known, self.target, self.basis)

    @cached_property
    def _solved(self) -> tuple[pd.Series, Problem]:
        shares = self.known.shares(self.target, self.basis)
        if shares.isna().any() or not shares.sum() > 0:
            shares = self.known.shares(self.target)
        hand = dict(self.by_hand)
        try:
            if self.rest:
                return self._placed(shares, hand, {**self.most, **hand}), ""
            return self._placed(shares, {}, self.most), ""
        except ParameterError:
            plain = self._placed(shares, {}, {})
        if not self.rest or not hand:
            return plain, "caps"
        return plain, "over" if sum(hand.values()) > self.target + _CENT else "under"

    def _placed(self, shares: pd.Series, low: Typed, high: Typed) -> pd.Series:
        """Return the target split within bounds: in whole money where nothing has cents."""
        given = (self.target, *low.values(), *high.values())
        step = 100 if all(float(value).is_integer() for value in given) else 1
        least, most = ({name: one / step for name, one in some.items()} for some in (low, high))
        found = allocation.split(self.target / step, shares, low=least, high=most)
        return (found * step).round(2)

    @cached_property
    def parts(self) -> pd.Series:
        """The parts by unit [money], in full cents."""
        found, _ = self._solved
        hand = pd.Series(self.by_hand, dtype="float64").reindex(found.index)
        return hand.fillna(found)

    @property
    def problem(self) -> Problem:
        """Why no split keeps within what was typed: too low caps, too much or too little typed."""
        return self._solved[1]

    @property
    def sum(self) -> float:
        """What the parts come to [money]."""
        return round(float(self.parts.sum()), 2)

    @property
    def gap(self) -> float:
        """What the parts are above the target [money]; negative: what is missing."""
        gap = round(self.sum - self.target, 2)
        return gap if abs(gap) > _CENT else 0.0

    @property
    def over(self) -> float:
        """By which share the parts exceed the target [ratio]."""
        return self.gap / self.target if self.target > 0 else math.nan

    @cached_property
    def chances(self) -> pd.Series:
        """How often each part is reached [ratio]; NaN where too few deals tell."""
        return allocation.chances(self.known.drawn, self.parts).reindex(self.parts.index)

    @property
    def together(self) -> float:
        """How often all of them together reach the sum of the parts [ratio]; NaN unknown."""
        if not self.known.whole:
            return math.nan
        return allocation.team_chance(self.known.drawn, self.parts)


def _amount(unit: str, value: float) -> float:
    if not math.isfinite(value) or value < 0:
        raise ParameterError(
            N_("A part of a target is an amount from 0 on"),
            where=unit,
            got=f"{value:,.2f}",
            wanted="0 or more",
            edit=N_("type the part again"),
        )
    return round(value, 2)
