"""How a target could be split: by what the units have won, have open, could win, or evenly likely.

What is proposed here is never recorded by itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.errors import ParameterError
from qbr_lib.formats import Formats
from qbr_lib.goals import allocation
from qbr_lib.goals.units import By, samples, units, yearly
from qbr_lib.measures import N_, NO_PARTS, Unavailable
from qbr_lib.metrics import bookings
from qbr_lib.outlook.current import Outlook
from qbr_lib.parameters import slug
from qbr_lib.periods import Quarter
from qbr_lib.record import Goal, Record

Basis = Literal["won", "open", "market", "same"]
# How much past revenue, expected revenue of open deals and the market's size weigh.
BASES: dict[Basis, dict[str, float]] = {
    "won": {"history": 1.0},
    "open": {"history": 1.0, "pipeline": 1.0},
    "market": {"history": 1.0, "pipeline": 1.0, "potential": 1.0},
    "same": {},  # the same chance for all
}
_TITLES: dict[By, str] = {
    "rep": N_("{part} wins {value} in {quarter}"),
    "territory": N_("Win {value} in {part} in {quarter}"),
}
EACH = 0.6  # chance of a part, of which people speak when they sum up from below


class Divisible(NamedTuple):
    """Those a team's target can be split to, and what their past tells.

    Parameters
    ----------
    by : {"rep", "territory"}
        What the units are.
    frame : DataFrame
        As `units` returns it, of those who are there and have won or opened something.
    drawn : DataFrame
        As `samples` returns it.
    vacant : float
        [ratio] Of the last year's revenue, what came from people who have left, or from deals that
        none of the units holds.
    """

    by: By
    frame: pd.DataFrame
    drawn: pd.DataFrame
    vacant: float

    @property
    def whole(self) -> bool:
        """Whether every unit's deals tell how far its quarters swing."""
        return len(self.drawn.columns) == len(self.frame)

    @property
    def bases(self) -> list[Basis]:
        """What the data lets a target be split by."""
        known = self.frame
        open_, market_ = known["pipeline"].sum() > 0, known["potential"].notna().all()
        told = {"won": True, "open": open_, "market": open_ and market_, "same": self.whole}
        return [one for one in BASES if told[one]]

    def shares(self, target: float, basis: Basis = "won") -> pd.Series:
        """Return what each unit's part of a target is proportional to."""
        if basis == "same":
            return _equal(self.drawn, self.frame.index, target)
        weights = {"history": 0.0, **BASES[basis]}
        return allocation.weights(self.frame, **weights, present=self.frame["present"])


def divisible(
    data: Slice, by: By | None = None, found: Outlook | Unavailable | None = None
) -> Divisible | Unavailable:
    """Return those a team's target can be split to: its people, without their names territories."""
    named = data.organisation.privacy.people == "named"
    by = by or ("rep" if named else "territory")
    known = units(data, by, found)
    if isinstance(known, Unavailable):
        return known
    kept = known.loc[((known["history"] > 0) | (known["pipeline"] > 0)) & (known["present"] > 0)]
    if len(kept) < 2 or not kept["history"].sum() > 0:
        return Unavailable(bookings.METRIC, NO_PARTS)
    whole = float(yearly(data)["amount"].sum())
    vacant = 1 - float(kept["history"].sum()) / whole
    return Divisible(by, kept, samples(data, by, kept.index), max(vacant, 0.0))


class Proposal(NamedTuple):
    """How a target could be split.

    Parameters
    ----------
    by : {"rep", "territory"}
        What the units are.
    frame : DataFrame
        By unit: name, history [money, mean of a quarter], proportional [money], chance [ratio, to
        reach that, NaN where too few deals tell], equal [money, the same chance for all, else NaN],
        balanced [money, where what is asked and what the past adds up to meet], present [ratio].
    each, together : float
        [ratio] If each unit reaches its part with the one, all reach the sum with the other; NaN
        where too few deals tell.
    over : float
        [ratio] By which the parts that each reaches with `each` exceed the target; NaN as above.
    vacant : float
        As `Divisible` has it.
    follows, evenness : float
        As `allocation.fairness` tells of the proportional split.
    """

    by: By
    frame: pd.DataFrame
    each: float
    together: float
    over: float
    vacant: float
    follows: float
    evenness: float


def proposal(data: Slice, target: float) -> Proposal | Unavailable:
    """Return how a team's target could be split to its people, without their names to territories.

    Units without revenue in a year and without open deals are left out.
    """
    known = divisible(data)
    if isinstance(known, Unavailable) or target > 0:
        return known if isinstance(known, Unavailable) else proposed(known, target)
    return Unavailable(bookings.METRIC, NO_PARTS)


def proposed(known: Divisible, target: float) -> Proposal:
    """Return how a target above 0 could be split."""
    kept, drawn = known.frame, known.drawn
    proportional = allocation.split(target, known.shares(target))
    chance = allocation.chances(drawn, proportional).reindex(kept.index)
    own = np.eye(len(kept))
    spread = [float(len(kept)), *np.ones(len(kept))]
    both = allocation.reconcile([target, *kept["history"]], [np.ones(len(kept)), *own], spread)
    frame = kept[["name", "history", "present"]].assign(
        proportional=proportional,
        chance=chance,
        equal=_equal(drawn, kept.index, target),
        balanced=both[1:].round(2),
    )
    together = over = float("nan")
    if known.whole:
        safe = drawn.quantile(1 - EACH)
        together, over = allocation.team_chance(drawn, safe), float(safe.sum()) / target - 1
    fair = allocation.fairness(chance, proportional)
    return Proposal(known.by, frame, EACH, together, over, known.vacant, *fair)


def _equal(drawn: pd.DataFrame, names: pd.Index, target: float) -> pd.Series:
    """Return the split of equal chances; missing where a unit's deals do not tell, or none fits."""
    if len(drawn.columns) == len(names):
        try:
            return allocation.equal_chance(drawn, target)
        except ParameterError:
            pass  # beyond the best quarters of all together: no chance is the same for all
    return pd.Series(float("nan"), index=names)


def children(
    whole: Goal,
    parts: pd.Series,
    known: Divisible,
    record: Record,
    quarter: Quarter,
    formats: Formats,
) -> list[tuple[Goal, float]]:
    """Return the goals that the parts of a goal are or would be, with the value of each.

    Parts that are recorded already are those goals; of the others, those of 0 are none.

    Parameters
    ----------
    quarter : Quarter
        The one the goals are for, which their titles name.
    """
    found, ids = list[tuple[Goal, float]](), {goal.id for goal in record.goals}
    for unit, value in parts.items():
        goal = _recorded(whole, str(unit), known.by, record)
        if goal is None and value > 0:
            goal = _child(whole, str(unit), known, ids)
            text = _TITLES[known.by]
            told = {"value": formats.money_short(value), "quarter": str(quarter)}
            title = formats.words.say(text, part=known.frame.loc[unit, "name"], **told)
            goal = goal.model_copy(update={"title": title})
            ids.add(goal.id)
        if goal is not None:
            found.append((goal, float(value)))
    return found


def recorded(whole: Goal, known: Divisible, record: Record) -> dict[Hashable, float]:
    """Return the parts of a goal that the record holds, by unit [money]."""
    goals = {unit: _recorded(whole, str(unit), known.by, record) for unit in known.frame.index}
    return {unit: goal.current for unit, goal in goals.items() if goal is not None}


def _recorded(whole: Goal, unit: str, by: By, record: Record) -> Goal | None:
    scope = {**whole.scope, by: unit}
    mine = (one for one in record.goals if one.parent == whole.id and one.metric == whole.metric)
    return next((one for one in mine if one.scope == scope), None)


def _child(whole: Goal, unit: str, known: Divisible, ids: set[str]) -> Goal:
    name = str(known.frame.loc[unit, "name"])
    plain = f"{whole.id}-{slug(unit)}"
    names = itertools.chain([plain], (f"{plain}-{n}" for n in itertools.count(2)))
    return Goal(
        id=next(one for one in names if one not in ids),
        title=name,
        kind=whole.kind,
        metric=whole.metric,
        scope={**whole.scope, known.by: unit},
        owner=name if known.by == "rep" else whole.owner,
        parent=whole.id,
        target=0.0,
        leading=whole.leading,
    )
