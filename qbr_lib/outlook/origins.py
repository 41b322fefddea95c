"""What each way to forecast said of a quarter, at the end of a day and of every week before.

All of it uses what was known on that day alone, so that looking back shows how often it was right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from qbr_lib.data import endings
from qbr_lib.data.endings import Whole, day_of
from qbr_lib.data.slices import Slice
from qbr_lib.outlook import baselines, hazards, pacing, simulation
from qbr_lib.outlook.hazards import Counts, Rates
from qbr_lib.outlook.simulation import Standing
from qbr_lib.outlook.timeline import Floats, Timeline, timeline
from qbr_lib.periods import Quarter

MEMBERS = ("simulation", "pacing", "naive")
DRAWS = 200
SHOCK = 0.25  # of the log-odds; what the back-test finds on top widens the range
WEEKS = range(-13, 13)  # from the quarter's first day on; below 0 in the one before
_LOOKED = 400  # paths per past day
_QUARTERS = 12


class Key(NamedTuple):
    """Which quarter is forecast, and when: weeks from its first day on."""

    quarter: Quarter
    week: float
    day: int


@dataclass(frozen=True)
class Origin:
    """Forecasts of one quarter at the end of one day.

    Parameters
    ----------
    key : Key
        Quarter, week, and day.
    booked, actual : float
        [money] Won in the quarter by then, and in all; NaN while it is not over.
    rest : array
        [money] What each of `MEMBERS` expects to come on top; NaN where it says nothing.
    draws : array
        [money] What may come on top by the simulation, ascending, at the middles of equal steps;
        empty without one.
    naive : float
        [money] The whole quarter by the seasonal naive.
    naive_error : float
        Standard deviation of the logarithm of actual ÷ naive in the quarters before; NaN unknown.
    """

    key: Key
    booked: float
    actual: float
    rest: Floats
    draws: Floats
    naive: float
    naive_error: float


@dataclass(frozen=True)
class Book:
    """A team's deals, its whole quarters, and what was counted of them week by week."""

    line: Timeline
    weeks: Whole
    counts: Counts
    quarters: tuple[Quarter, ...]
    organisation: tuple[Whole, list[Floats]]
    name: str

    def sums(self, day: int) -> Floats:
        """Return what each of the quarters that were over at the end of a day brought [money]."""
        over = self.quarters[: self.known(day)]
        return np.array([self.line.booked(*span(one), day) for one in over])

    def base(self, day: int) -> Floats | None:
        """Return the organisation's rates as they count at the end of a day, if known."""
        days, rates = self.organisation
        place = int(np.searchsorted(days, day, side="right"))
        return rates[place - 1] if place else None

    def rates(self, day: int) -> Rates | None:
        """Return how deals go on, as known at the end of a week's last day, or of the last one."""
        place = int(np.searchsorted(self.weeks, day + 1, side="right")) - 1
        seen = place if self.weeks[place] == day + 1 else place + 1  # a week's part
        return hazards.fitted(self.counts, seen, self.base(day))

    def known(self, day: int) -> int:
        """Return how many of `quarters` were over at the end of a day."""
        return sum(day_of(one.last_day) <= day for one in self.quarters)


def span(quarter: Quarter) -> tuple[int, int]:
    """Return a quarter's first and last day."""
    return day_of(quarter.first_day), day_of(quarter.last_day)


def book(data: Slice) -> Book:
    """Return a slice as its outlook needs it."""
    line = timeline(data)
    since = dt.date(1970, 1, 1) + dt.timedelta(line.since)
    every = endings.quarters(since, data.as_of, data.organisation.fiscal_year_starts)
    weeks = endings.week_starts([*every, every[-1].next])
    whole = [one for one in every if since <= one.first_day and one.last_day <= data.as_of]
    shared = data.tables.get("endings") if data.scope == "team" else None
    counts, organisation = hazards.count(line, weeks), hazards.everyone(shared)
    return Book(line, weeks, counts, tuple(whole), organisation, data.folder)


def at(told: Book, quarter: Quarter, day: int, paths: int = _LOOKED) -> Origin:
    """Return the forecasts of a quarter at the end of a day: the last one, or a week's last."""
    first, last = span(quarter)
    booked = told.line.booked(first, last, day)
    over = last <= told.line.until
    sums = told.sums(day)
    naive, error = _naive(told, quarter, sums)
    rest = np.full(len(MEMBERS), np.nan)
    rest[1], share = _paced(told, first, day, sums, booked, naive)
    rest[2] = max((1 - share) * naive, 0.0)
    draws = drawn(told, quarter, day, standing(told, quarter, day), paths)
    if len(draws):
        rest[0] = np.median(draws)
    actual = told.line.booked(first, last, told.line.until) if over else float("nan")
    key = Key(quarter, (day + 1 - first) / 7, day)
    return Origin(key, booked, actual, rest, draws, naive, error)


def standing(told: Book, quarter: Quarter, day: int) -> Standing | None:
    """Return what is known of a quarter's deals at the end of a day; None if that tells nothing."""
    rates = told.rates(day)
    if rates is None:
        return None
    known = simulation.standing(told.line, told.weeks, rates, day, span(quarter))
    if known is None or (known.coming <= 0 and not len(known.chances)):
        return None
    return known


def drawn(told: Book, quarter: Quarter, day: int, known: Standing | None, paths: int) -> Floats:
    """Return what may come on top [money], ascending, at the middles of equal steps."""
    if known is None:
        return np.empty(0)
    seed = simulation.seed_of(told.name, str(quarter), day)
    steps = (np.arange(DRAWS) + 0.5) / DRAWS
    return np.quantile(simulation.paths(known, SHOCK, seed, paths), steps)


def _naive(told: Book, quarter: Quarter, sums: Floats) -> tuple[float, float]:
    """Return the seasonal naive, and how far it lay off in the quarters before."""
    before = [_seasonal(told, one, sums[:n]) for n, one in enumerate(told.quarters[: len(sums)])]
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.log(sums / np.array(before, dtype="float64"))
    errors = errors[np.isfinite(errors)]
    error = float(np.sqrt(np.mean(errors**2))) if len(errors) > 1 else float("nan")
    return _seasonal(told, quarter, sums), error


def _seasonal(told: Book, quarter: Quarter, sums: Floats) -> float:
    """Return the same quarter a year ago, else the one before, else the last that was over."""
    if not len(sums):
        return float("nan")
    ahead, last = 0, told.quarters[len(sums) - 1]
    while last.shift(ahead + 1) != quarter and ahead < _QUARTERS:
        ahead += 1
    naive = baselines.seasonal_naive(np.r_[sums, np.full(ahead, np.nan)])
    return float(sums[-1]) if np.isnan(naive) else naive


def _paced(
    told: Book, first: int, day: int, sums: Floats, booked: float, naive: float
) -> tuple[float, float]:
    """Return what pacing expects on top, and the share usually booked by then.

    It leans on the seasonal naive early in the quarter and on the chain ladder late.
    """
    before = told.quarters[: len(sums)][-_QUARTERS:]
    passed = day + 1 - first
    if passed <= 0 or not before:
        return float("nan"), 0.0
    starts = [span(one)[0] for one in before]
    so_far = [told.line.booked(one, one + passed - 1, day) for one in starts]
    table = np.column_stack([so_far, sums[-_QUARTERS:]])
    share = float(np.clip(np.nan_to_num(pacing.completion(table)[0]), 0.0, 1.0))
    prior = pacing.bornhuetter_ferguson(booked, share, naive) - booked
    ladder = pacing.forecast(table, np.array([booked])).ultimate - booked
    rest = prior if np.isnan(ladder) else share * ladder + (1 - share) * prior
    return max(rest, 0.0), share


def past(
    told: Book,
    quarters: int = _QUARTERS,
    weeks: Sequence[int] = WEEKS,
    day: int | None = None,
) -> list[Origin]:
    """Return the forecasts of whole quarters at the ends of weeks before and in them.

    Parameters
    ----------
    quarters : int
        The last ones that were over.
    day : int, optional
        At its end; without one, of the data.
    """
    over = told.quarters if day is None else told.quarters[: told.known(day)]
    found = []
    for quarter in over[-quarters:]:
        first = int(np.searchsorted(told.weeks, span(quarter)[0]))
        for week in weeks:
            if first + week > 0 and told.weeks[first + week] - 1 >= told.line.since:
                found.append(at(told, quarter, int(told.weeks[first + week]) - 1))
    return found
