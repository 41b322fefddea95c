"""Revenue of a quarter, deal by deal: ten thousand ways the open and the coming deals may end.

Every open deal has a chance to be won in time, deals that are not there yet come at the rate of the
last weeks, and a shock common to all of a team's deals moves their chances together: without it
the deals would seem to average out, and ranges come out far too narrow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, ndtri

from qbr_lib.data.endings import NEVER, Whole, phases
from qbr_lib.outlook import hazards
from qbr_lib.outlook.hazards import Rates
from qbr_lib.outlook.timeline import Floats, Timeline

PATHS = 10_000
_STRATA = 50  # values of the common shock that are looked at
_RECENT = 91  # days whose new deals say how many come
_YEARS = 8 * 91  # days that sizes and changes of amounts are learnt from
_BEFORE = 45  # days before the win that an amount is compared at
_LIMITS = 0.2, 5.0
_DISCRETE = 256
_PLANS = 5  # won deals, one of them early, that it is worth to know nothing of planned days
_MOST = 2.0  # a planned day raises a chance by at most
_State = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """What is known of a quarter's deals on a day.

    Parameters
    ----------
    booked : float
        [money] Won so far in the quarter.
    chances, values : array
        Per open deal: chance to be won within the quarter, and amount [money].
    ratios : array
        What won deals brought ÷ their amount some weeks before, to draw from.
    coming : float
        Expected wins in the quarter among deals that are not there yet.
    unsure : float
        Variance ÷ mean² of how many come.
    sizes : array
        [money] What won deals brought, to draw from.
    """

    booked: float
    chances: Floats
    values: Floats
    ratios: Floats
    coming: float
    unsure: float
    sizes: Floats


class _New(NamedTuple):
    """Deals that are not there yet, by the week they are created in."""

    begin: Floats
    age: Whole
    many: Floats
    unsure: float


def steps(weeks: Whole, day: int, first: int, last: int) -> list[tuple[int, int, bool]]:
    """Return the weeks from the day after one to the end of a quarter, as `hazards.ahead` asks.

    Parameters
    ----------
    first, last : int
        The quarter's first and last day: only wins within count.
    """
    found = []
    place = int(np.searchsorted(weeks, day + 1, side="right")) - 1
    start = day + 1
    while start <= last:
        end = int(weeks[place + 1])
        found.append((end - start, int(phases(place)), start >= first))
        start, place = end, place + 1
    return found


def standing(
    line: Timeline, weeks: Whole, rates: Rates, day: int, span: tuple[int, int]
) -> Standing | None:
    """Return what is known at the end of a day; None where no deal was ever won by then.

    Parameters
    ----------
    weeks : array
        First days of the weeks that cover day and quarter, as for `hazards.count`.
    span : (int, int)
        First and last day of the quarter.
    """
    won, days, sizes = line.wins(day)
    recent = days > day - _YEARS
    won, days, sizes = won[recent], days[recent], sizes[recent]
    if not len(sizes):
        return None
    to_come = steps(weeks, day, *span)
    rows = np.flatnonzero((line.start <= day) & (line.end > day))
    deal = line.deal[rows]
    begin = np.zeros((len(rows), rates.shape.states))
    begin[np.arange(len(rows)), hazards.states(line, deal, *_at(deal, day))] = 1.0
    new = _coming(line, rates, day, to_come)
    chances = hazards.ahead(
        rates,
        np.concatenate([begin, new.begin]),
        np.concatenate([day + 1 - line.start[rows], new.age]),
        to_come,
    )
    coming, chances = float((new.many * chances[len(rows) :]).sum()), chances[: len(rows)]
    if line.grade == "plans" and day == line.until:
        chances = _by_plan(line, deal, chances, weeks[13::13] - 1, span[1])
    values, ratios = _valued(line, deal, won, days, day)
    booked = line.booked(*span, day)
    return Standing(booked, chances, values, ratios, coming, new.unsure, sizes)


def _by_plan(line: Timeline, deal: Whole, chances: Floats, turns: Whole, last: int) -> Floats:
    """Lower the chances of deals planned for after the quarter, and raise the others' for them.

    By Bayes' rule: how often won deals were planned for after the quarter they were won in, beside
    how many open ones are. The wins expected in all stay about the same.
    """
    won, days, _ = line.wins(line.until)
    ended = turns[np.minimum(np.searchsorted(turns, days), len(turns) - 1)]
    known = np.isfinite(line.planned[won])
    early = (int((line.planned[won] > ended)[known].sum()) + 1) / (int(known.sum()) + _PLANS)
    told = np.isfinite(line.planned[deal])
    later = line.planned[deal] > last
    share = float(later[told].mean()) if told.any() else 0.0
    if not 0 < share < 1:
        return chances
    factor = np.where(later, min(early / share, 1.0), min((1 - early) / (1 - share), _MOST))
    return np.where(told, np.clip(chances * factor, 0.0, 0.98), chances)


def _at(deal: Whole, day: int) -> tuple[Whole, Whole]:
    return np.full(len(deal), day), np.full(len(deal), day + 1)


def _valued(
    line: Timeline, deal: Whole, won: Whole, days: Whole, day: int
) -> tuple[Floats, Floats]:
    """Return the open deals' amounts, and what won deals brought ÷ their amount weeks before.

    An amount that is unknown is the mean of the won deals of the same product, else of all.
    """
    brought = np.nan_to_num(line.amount.at(won, days))
    values = line.amount.at(deal, np.full(len(deal), day))
    count = np.bincount(line.product[won] + 1, minlength=int(line.product.max(initial=0)) + 2)
    total = np.bincount(line.product[won] + 1, brought, len(count))
    mean = np.divide(total, count, out=np.full(len(count), brought.mean()), where=count > 0)
    born = np.where(line.created[won] < NEVER, line.created[won], 0)
    before = line.amount.at(won, np.maximum(days - _BEFORE, born))
    if len(values) and np.isnan(values).mean() > 0.5:
        before = mean[line.product[won] + 1]
    known = np.isfinite(before) & (before > 0)
    ratios = np.clip(brought[known] / before[known], *_LIMITS)
    values = np.where(np.isnan(values), mean[line.product[deal] + 1], values)
    return values, ratios if len(ratios) else np.ones(1)


def _coming(line: Timeline, rates: Rates, day: int, to_come: list[tuple[int, int, bool]]) -> _New:
    """Return the deals to come, created evenly over each week at the rate of the last 13."""
    born = np.sort(line.created[line.created < NEVER])
    first = max(day + 1 - _RECENT, int(born[0]) if len(born) else day)
    low, high = np.searchsorted(born, [first, day + 1])
    seen, span = int(high - low), max(day + 1 - first, 7)
    length = np.array([days for days, _, _ in to_come] if seen else [], dtype="int64")
    begin = _begin(line, rates, first, day)
    return _New(
        begin=np.tile(begin, (len(length), 1)),
        age=length // 2 - np.cumsum(length),
        many=seen / span * length,
        unsure=1 / seen + _between(born, day) if seen else 0.0,
    )


def _begin(line: Timeline, rates: Rates, first: int, last: int) -> Floats:
    """Return where the deals created from one day to another began, as shares of the states."""
    recent = np.flatnonzero((line.created >= first) & (line.created <= last))
    state = hazards.states(line, recent, line.created[recent], line.created[recent] + 1)
    return np.bincount(state, minlength=rates.shape.states) / max(len(recent), 1)


def in_time(line: Timeline, weeks: Whole, rates: Rates, day: int, span: tuple[int, int]) -> Floats:
    """Return the chance that a deal is won within a quarter, by the day it is created on.

    Returns
    -------
    array
        One value per day from the one after `day` to the quarter's last.
    """
    to_come = steps(weeks, day, *span)
    offset = np.arange(sum(days for days, _, _ in to_come))
    begin = np.tile(_begin(line, rates, day + 1 - _RECENT, day), (len(offset), 1))
    return hazards.ahead(rates, begin, -offset, to_come)


def _between(born: Whole, day: int) -> float:
    """Return how much more 13 weeks differ in new deals than chance does: variance ÷ mean²."""
    edges = day + 1 - 91 * np.arange(8, -1, -1)
    edges = edges[edges >= (born[0] if len(born) else day)]
    if len(edges) < 4:
        return 0.02
    many = np.diff(np.searchsorted(born, edges)).astype("float64")
    if many.mean() == 0:
        return 0.0
    return float(np.clip(many.var(ddof=1) / many.mean() ** 2 - 1 / many.mean(), 0.0, 0.5))


def paths(known: Standing, shock: float, seed: int, count: int = PATHS) -> Floats:
    """Return revenue still to come in the quarter [money], one value per path.

    Parameters
    ----------
    shock : float
        Standard deviation of the common shock, on the log-odds of each deal.
    """
    each = -(-count // _STRATA)
    moved = shock * ndtri((np.arange(_STRATA) + 0.5) / _STRATA)
    standing = (known.chances, known.values, known.ratios)
    read = tuple(np.ascontiguousarray(one, dtype="float64").tobytes() for one in standing)
    total, state = _of_open(*read, moved.tobytes(), seed, each)
    rng = np.random.default_rng(seed)
    rng.bit_generator.state = state
    return _with_new(known, total, moved, rng).reshape(-1)[:count]


@lru_cache(maxsize=8)
def _of_open(
    chances: bytes, values: bytes, ratios: bytes, moved: bytes, seed: int, each: int
) -> tuple[Floats, _State]:
    """Return what the open deals bring, by shock and path, and where the random numbers stand.

    Kept, since requirements ask for the same open deals with more and more new ones.
    """
    odds = logit(np.clip(np.frombuffer(chances), 1e-9, 1 - 1e-9))
    total, (luck, places, state) = np.zeros((_STRATA, each)), _luck(seed, each, len(odds))
    if len(odds):
        likely = expit(odds + np.frombuffer(moved)[:, None]).astype("float32")
        drawn = _quantiles(np.frombuffer(ratios))[places]
        amounts = np.frombuffer(values).astype("float32")
        total += np.einsum("spd,spd,d->sp", luck < likely[:, None, :], drawn, amounts)
    total.flags.writeable = False
    return total, state


@lru_cache(maxsize=1)
def _luck(seed: int, each: int, deals: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any], _State]:
    """Return the random numbers of open deals, and where they stand; the last ones are kept."""
    rng, shape = np.random.default_rng(seed), (_STRATA, each, deals)
    if not deals:
        return np.empty(shape), np.empty(shape), rng.bit_generator.state
    luck = rng.random(shape, dtype="float32")
    places = rng.integers(0, _DISCRETE, shape, dtype="uint8")
    return luck, places, rng.bit_generator.state


def _quantiles(values: Floats) -> npt.NDArray[np.float32]:
    places = (np.arange(_DISCRETE) + 0.5) / _DISCRETE
    found: npt.NDArray[np.float32] = np.quantile(values, places).astype("float32")
    return found * np.float32(values.mean() / max(float(found.mean()), 1e-12))


def _with_new(known: Standing, total: Floats, moved: Floats, rng: np.random.Generator) -> Floats:
    """Add what deals bring that are not there yet: how many come is a gamma-mixed Poisson."""
    if known.coming <= 0 or not len(known.sizes):
        return total
    mean = known.coming * np.exp(moved / 2)[:, None] * np.ones(total.shape)
    if known.unsure > 0:
        mean *= rng.gamma(1 / known.unsure, known.unsure, total.shape)
    many = rng.poisson(mean)
    pool = _quantiles(known.sizes)
    drawn = pool[rng.integers(0, _DISCRETE, int(many.sum()))].astype("float64")
    sums, ends = np.r_[0.0, np.cumsum(drawn)], np.cumsum(many)
    added: Floats = sums[ends] - sums[ends - many.reshape(-1)]
    return total + added.reshape(total.shape)


def seed_of(*parts: object) -> int:
    """Return a seed that the same inputs always give."""
    return int(hashlib.sha256(repr(parts).encode()).hexdigest()[:16], 16)
