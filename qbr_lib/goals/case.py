"""One goal as its checks see it: the part of the data it is about, and its own past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.goals.kinds import measured, within
from qbr_lib.measures import REGISTRY, Measure, Outcome, Unavailable
from qbr_lib.metrics import bookings, linearity
from qbr_lib.periods import Quarter
from qbr_lib.record import Goal, Record

_NEARLY = 0.98  # of the deals

LOOKED = 12
Letter = Literal["S", "M", "A", "R", "T"]
State = Literal["pass", "warn", "fail", "unknown"]


class Check(NamedTuple):
    """One rule held against one goal.

    Parameters
    ----------
    letter : {"S", "M", "A", "R", "T"}
        Specific, measurable, achievable, relevant, time-bound.
    rule : str
        Which rule of the letter.
    state : {"pass", "warn", "fail", "unknown"}
        Unknown where the data does not tell, or privacy does not let it.
    text : str
        The evidence in one sentence, with its numbers.
    """

    letter: Letter
    rule: str
    state: State
    text: str


@dataclass(frozen=True)
class Case:
    """A goal for the quarter after the one under review, with what it is judged by.

    Parameters
    ----------
    known : mapping of str to Outcome
        What the record's goals measure and watch on the way, of the whole team in the quarter under
        review.
    """

    data: Slice
    record: Record
    goal: Goal
    known: Mapping[str, Outcome]
    formats: Formats

    @property
    def name(self) -> str:
        """What a reader calls the goal's measure."""
        return self.formats.words.say(REGISTRY[self.goal.metric].name)

    def amount(self, value: float) -> str:
        """Return a value of the goal's measure as text."""
        return self.formats.measure(self.goal.metric, value)

    @property
    def low(self) -> bool:
        """Whether less of the measure is better."""
        return REGISTRY[self.goal.metric].better == "low"

    def reaches(self, value: float, target: float) -> bool:
        """Tell whether a value is at least as good as a target."""
        return value <= target if self.low else value >= target

    @cached_property
    def part(self) -> Slice | Unavailable:
        """The part of the team's data that the goal is about, or why there is none."""
        return within(self.data, self.goal)

    @property
    def whole(self) -> bool:
        """Whether that part is nearly all of the team's deals, so that its outlook counts."""
        mine, least = self.part, _NEARLY * len(self.data.opportunities)
        return isinstance(mine, Slice) and len(mine.opportunities) >= least

    @cached_property
    def now(self) -> Outcome:
        """The measure in the quarter under review."""
        if self.part is self.data:
            return self.known[self.goal.metric]
        return measured(self.part, self.goal.metric)

    @cached_property
    def past(self) -> dict[Quarter, float]:
        """The measure in the whole quarters up to the one under review, the newest first."""
        part, metric = self.part, self.goal.metric
        if isinstance(part, Unavailable) or not isinstance(self.now, Measure):
            return {}
        told = [q for q in earlier(self.data) if isinstance(self._at(q), Slice)]
        values = linearity.flow(part, metric) if metric != "market.share" else None
        if values is not None:
            return {q: linearity.so_far(values, q, q.last_day) for q in told}
        found = {q: measured(part.at(q), metric) for q in told}
        return {q: one.value for q, one in found.items() if isinstance(one, Measure)}

    def _at(self, quarter: Quarter) -> Slice | Unavailable:
        """Return the part in a quarter; a territory may have been one person's then."""
        if "territory" in self.goal.scope and self.data.organisation.privacy.people != "named":
            return within(self.data.at(quarter), self.goal)
        return self.part


def earlier(data: Slice) -> list[Quarter]:
    """Return the whole quarters up to the one under review, at most twelve, the newest first.

    Quarters before the team's first decided deal are not its own.
    """
    began = data.decided["closed_on"].min()
    if pd.isna(began):
        return []
    found = bookings.quarters_since(data, began)
    return [one for one in found if one.last_day <= data.as_of and not bookings.is_cut(data, one)][
        :LOOKED
    ]
