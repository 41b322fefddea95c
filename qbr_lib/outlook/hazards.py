"""How likely open deals are won or lost each week, learnt from all weeks of the deals before.

Rates per day of being won and of ending otherwise are products of a level and factors for the
stage, how soon the deal is planned to close, its age and the time of the quarter: three times
three weeks, two, and the last two, in which quarters fill up. Each factor is
drawn to 1 as if a few endings more had come as expected (a gamma prior), so that what was hardly
seen says hardly anything. How deals move between stages and planned days is counted week by week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from qbr_lib.data.endings import CELLS, Whole, ages, at_risk, days_of, phases
from qbr_lib.outlook.timeline import Floats, Timeline

PLANS = np.array([0, 28, 91])  # days to the planned day: overdue, within 4 weeks, 13 weeks, later
_UNKNOWN_PLAN = len(PLANS) + 1
_AGES, _PHASES = CELLS
_PRIOR = 4.0  # endings that a factor is drawn to 1 with
_ROUNDS = 6
WINDOW = 8 * 13  # weeks that are learnt from: two years
CAUSES = 2  # won, and ended otherwise


@dataclass(frozen=True)
class Shape:
    """How many values each factor has."""

    stages: int

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """Stages (one more for unknown), planned days, ages, phases of the quarter."""
        return self.stages + 1, _UNKNOWN_PLAN + 1, _AGES, _PHASES

    @property
    def states(self) -> int:
        """Stages x planned days: what changes as a deal goes on."""
        return self.cells[0] * self.cells[1]


@dataclass(frozen=True)
class Counts:
    """Sums over the weeks up to each, so that what was known by any week is one difference.

    Parameters
    ----------
    days : array
        weeks + 1 x cells. Days at risk.
    ends : array
        weeks + 1 x cells x 2. Deals won, and ended otherwise.
    moves : array
        weeks + 1 x states x states. From a week's state to the next one's.
    """

    shape: Shape
    days: Floats
    ends: Floats
    moves: Floats

    def window(self, week: int) -> tuple[Floats, Floats, Floats]:
        """Return days, ends and moves of the two years before the start of a week."""
        first = max(0, week - WINDOW)
        days, ends, moves = (one[week] - one[first] for one in (self.days, self.ends, self.moves))
        return days, ends, moves


@dataclass(frozen=True)
class Rates:
    """Chances a day, and moves a week.

    Parameters
    ----------
    rate : array
        cells x 2: won, ended otherwise; per day.
    moves : array
        states x states; rows sum to 1.
    """

    shape: Shape
    rate: Floats
    moves: Floats


def states(line: Timeline, deal: Whole, day: Whole, at: Whole) -> Whole:
    """Return the state of deals at the ends of days, their planned days seen from `at`."""
    shape = Shape(line.stages)
    known = line.stage.at(deal, day)
    stage = np.where(np.isnan(known), line.stages, known).astype("int64")
    ahead = line.plan.at(deal, day) - at
    plan = np.searchsorted(PLANS, np.nan_to_num(ahead), side="right")
    if line.grade != "events":
        plan[:] = _UNKNOWN_PLAN
    plan = np.where(np.isnan(ahead), _UNKNOWN_PLAN, plan)
    found: Whole = stage * shape.cells[1] + plan
    return found


def count(line: Timeline, weeks: Whole) -> Counts:
    """Count days at risk, endings and moves in weeks.

    Parameters
    ----------
    weeks : array of int
        First days of the weeks and the day after the last, from a quarter's first on.
    """
    shape = Shape(line.stages)
    begin, stop = np.maximum(line.start, line.since), np.minimum(line.end, line.until)
    spell, week = at_risk(begin, stop, weeks)
    deal, first = line.deal[spell], np.maximum(begin[spell], weeks[week])
    last = np.minimum(stop[spell], weeks[week + 1] - 1)
    known = np.maximum(weeks[week] - 1, line.start[spell])
    state = states(line, deal, known, weeks[week])
    age = ages(first - line.start[spell])
    cell = (state * shape.cells[2] + age) * _PHASES + phases(week)
    size = len(weeks) - 1
    place = week * int(np.prod(shape.cells)) + cell
    days = np.bincount(place, last - first + 1, size * int(np.prod(shape.cells)))
    ended = line.end[spell] == last
    ends = [
        np.bincount(place[ended & (line.won[spell] == won)], minlength=len(days))
        for won in (True, False)
    ]
    alive = (line.end[spell] > last) & (weeks[week + 1] - 1 <= line.until)
    then = states(line, deal[alive], weeks[week + 1][alive] - 1, weeks[week + 1][alive])
    move = (week[alive] * shape.states + state[alive]) * shape.states + then
    moves = np.bincount(move, minlength=size * shape.states**2)
    return Counts(
        shape,
        _summed(days.reshape(size, *shape.cells)),
        _summed(np.stack(ends, axis=-1).reshape(size, *shape.cells, CAUSES)),
        _summed(moves.reshape(size, shape.states, shape.states)),
    )


def _summed(values: npt.NDArray[np.generic]) -> Floats:
    sums = np.cumsum(values.astype("float64"), axis=0)
    return np.concatenate([np.zeros((1, *sums.shape[1:])), sums])


def everyone(endings: pd.DataFrame | None) -> tuple[Whole, list[Floats]]:
    """Return the organisation's rates per day by age, phase and cause, as known after quarters.

    Parameters
    ----------
    endings : DataFrame or None
        As `data.endings.of` returns them.

    Returns
    -------
    tuple
        Days, ascending, and the rates known from the end of each.
    """
    if endings is None or not len(endings):
        return np.empty(0, dtype="int64"), []
    last, quarter = np.unique(days_of(endings["known_on"]), return_inverse=True)
    sums = np.zeros((len(last), *CELLS, 3))
    place = (quarter, endings["age"].to_numpy(), endings["phase"].to_numpy())
    np.add.at(sums, place, endings[["days", "won", "ended"]].to_numpy())
    sums = sums.cumsum(axis=0)
    days, ends = sums[..., :1], np.stack([sums[..., 1], sums[..., 2] - sums[..., 1]], axis=-1)
    known = ends[..., 0].sum(axis=(1, 2)) > 0
    pairs = zip(days[known], ends[known], strict=True)
    return last[known], [_product(*pair, _level(*pair), 0.0) for pair in pairs]


def _level(days: Floats, ends: Floats) -> Floats:
    every = tuple(range(ends.ndim - 1))
    return np.broadcast_to(ends.sum(axis=every) / days.sum(), ends.shape)


def fitted(counts: Counts, week: int, base: Floats | None = None) -> Rates | None:
    """Return the rates that the weeks before one tell; None where no deal was won in them.

    Parameters
    ----------
    base : array, optional
        The organisation's, of `everyone`: what the team's are drawn to.
    """
    days, ends, moves = counts.window(week)
    days = days[..., None]
    if base is not None:
        rate = _product(days, ends, np.broadcast_to(base, ends.shape), _PRIOR)
    elif ends[..., 0].sum() == 0:
        return None
    else:
        rate = _product(days, ends, _level(days, ends), 0.0)
    return Rates(counts.shape, rate, _moved(moves))


def _product(days: Floats, ends: Floats, base: Floats, prior: float) -> Floats:
    """Fit level and factors upon rates in turn, drawn to 1 by gamma priors; causes stand last.

    Parameters
    ----------
    prior : float
        Endings that the level is drawn to that of `base` with.

    References
    ----------
    Bailey (1963), ASTIN Bulletin 2, 192-217: minimum bias, here with a prior.
    """
    every = tuple(range(ends.ndim - 1))
    others = [tuple(one for one in every if one != axis) for axis in every]
    fits = [(other, ends.sum(axis=other, keepdims=True), _PRIOR) for other in others]
    fits.append((every, ends.sum(axis=every, keepdims=True), prior))
    rate, factors = base.copy(), [np.ones(1)] * len(fits)
    for _ in range(_ROUNDS):
        for place, (other, seen, drawn) in enumerate(fits):
            expected = (days * rate).sum(axis=other, keepdims=True) / factors[place] + drawn
            fresh = np.divide(seen + drawn, expected, out=np.zeros(seen.shape), where=expected > 0)
            rate *= np.divide(fresh, factors[place], out=np.zeros(seen.shape), where=fresh > 0)
            factors[place] = np.where(fresh > 0, fresh, 1.0)
    return rate


def _moved(moves: Floats) -> Floats:
    """Return the chances to move; one more deal stayed in each state, so that none is empty."""
    seen = moves + np.eye(len(moves))
    found: Floats = seen / seen.sum(axis=1, keepdims=True)
    return found


def ahead(
    rates: Rates,
    begin: Floats,
    age: Whole,
    steps: Sequence[tuple[int, int, bool]],
) -> Floats:
    """Return each deal's chance to be won in the steps that count.

    Parameters
    ----------
    begin : array
        deals x states. Where each deal stands, as chances.
    age : array of int
        [days] Age of each at the first step (negative: not there yet, created in a later step).
    steps : list of (days, phase, counts)
        The weeks to come: their days, phase of the quarter, and whether a win in them counts.
    """
    shape = rates.shape
    won, alive, age = np.zeros(len(begin)), begin.copy(), age.copy()
    cells = rates.rate.reshape(shape.states, shape.cells[2], _PHASES, CAUSES)
    wins, every = cells[..., 0].T, cells.sum(axis=-1).T  # phases x ages x states
    for days, phase, counts in steps:
        risk = np.clip(age + days, 0, days)
        place = ages(np.maximum(age, 0))
        total = every[phase, place]
        ends = -np.expm1(-total * risk[:, None])
        share = np.divide(wins[phase, place], total, out=np.zeros_like(total), where=total > 0)
        if counts:
            won += (alive * ends * share).sum(axis=1)
        alive = alive * (1 - ends)
        if days >= 4:
            moved = alive @ rates.moves
            alive = np.where((risk > 0)[:, None], moved, alive)
        age = age + days
    return won
