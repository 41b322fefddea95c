"""Chances of deals to end: worked examples, laws, and a chain simulated deal by deal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qbr_lib.data.endings import week_starts
from qbr_lib.outlook import hazards
from qbr_lib.outlook.hazards import Counts, Rates, Shape
from qbr_lib.outlook.timeline import timeline
from qbr_lib.periods import Quarter
from tests.unit.outlook.conftest import deal

SHAPE = Shape(1)
CELLS = int(np.prod(SHAPE.cells))


def _counts(days, ends):
    """Return one week's counts, nothing moving."""
    nothing = np.zeros((SHAPE.states, SHAPE.states))
    summed = [np.stack([np.zeros_like(one), one]) for one in (days, ends, nothing)]
    return Counts(SHAPE, *summed)


DAYS = arrays(float, CELLS, elements=st.integers(0, 500).map(float)).map(
    lambda days: days.reshape(SHAPE.cells) + 1
)


@given(DAYS, st.floats(1e-4, 0.05), st.floats(1e-4, 0.05))
def test_constant_rates_are_found(days, won, ended):
    """Where every cell has the same rate, each fitted rate is endings ÷ days."""
    ends = np.stack([days * won, days * ended], axis=-1)
    rates = hazards.fitted(_counts(days, ends), 1)
    assert rates.rate[..., 0] == pytest.approx(won)
    assert rates.rate[..., 1] == pytest.approx(ended)


@given(DAYS, st.integers(0, 2**32 - 1))
def test_as_many_endings_as_came_are_expected(days, seed):
    """Whatever cells they fell into, the fit expects their sum, of each cause."""
    ends = np.random.default_rng(seed).poisson(0.02 * days[..., None], (*SHAPE.cells, 2)) * 1.0
    ends[0, 0, 0, 0] += 1
    rates = hazards.fitted(_counts(days, ends), 1)
    expected = (days[..., None] * rates.rate).sum(axis=(0, 1, 2, 3))
    assert expected == pytest.approx(ends.sum(axis=(0, 1, 2, 3)), rel=1e-6)


def test_without_a_win_nothing_is_fitted():
    """Losses alone tell no chance to win, unless the organisation's rates do."""
    days = np.ones(SHAPE.cells)
    ends = np.zeros((*SHAPE.cells, 2))
    ends[..., 1] = 0.1
    assert hazards.fitted(_counts(days, ends), 1) is None
    base = np.full((*SHAPE.cells[2:], 2), 0.01)
    assert (hazards.fitted(_counts(days, ends), 1, base).rate > 0).all()


def test_days_in_sight(make):
    """A deal of 400 days of age comes into sight with the data: 59 days at risk, at its age."""
    rows = [deal(1, created="2023-12-28", closed="2025-03-31")]
    line = timeline(make(rows, data_since="2025-02-01", as_of="2025-06-30"))
    weeks = week_starts([Quarter.parse("2025-Q1", starts=1)])
    counts = hazards.count(line, weeks)
    days, ends, _ = counts.window(len(weeks) - 1)
    assert days.sum() == 28 + 31
    assert days.sum(axis=(0, 1, 3)).nonzero()[0].tolist() == [hazards.CELLS[0] - 1]
    assert ends.sum(axis=(0, 1, 2, 3)).tolist() == [1.0, 0.0]


def test_two_years_are_looked_at():
    """A window holds what came in its weeks, and nothing older."""
    size = hazards.WINDOW + 10
    weekly = np.ones((size, *SHAPE.cells))
    summed = np.concatenate([np.zeros((1, *SHAPE.cells)), weekly.cumsum(axis=0)])
    nothing = np.zeros((size + 1, SHAPE.states, SHAPE.states))
    counts = Counts(SHAPE, summed, summed[..., None], nothing)
    assert (counts.window(size)[0] == hazards.WINDOW).all()
    assert (counts.window(5)[0] == 5).all()


def test_ahead_is_what_a_chain_does():
    """Deals moved, won and ended one by one: as many are won as said, within luck."""
    rng = np.random.default_rng(3)
    rate = rng.uniform(0.0, 0.02, (*SHAPE.cells, 2))
    moves = rng.dirichlet(np.ones(SHAPE.states), SHAPE.states)
    rates = Rates(SHAPE, rate, moves)
    steps = [(7, 0, False), (7, 1, True), (3, 2, True), (7, 4, True)]
    begin = np.eye(SHAPE.states)[[0, 5]]
    age = np.array([20, -10])  # the second one comes in the middle of the second week
    said = hazards.ahead(rates, begin, age, steps)
    paths = 40_000
    for n in range(2):
        won = _simulated(rates, int(begin[n].argmax()), int(age[n]), steps, paths, rng)
        assert won == pytest.approx(said[n], abs=4 * np.sqrt(said[n] / paths))


def _simulated(rates, state, age, steps, paths, rng):
    """Return the share of deals won in the steps that count, each drawn for itself."""
    cells = rates.rate.reshape(rates.shape.states, rates.shape.cells[2], -1, 2)
    at, alive, won = np.full(paths, state), np.ones(paths, dtype=bool), 0
    for days, phase, counts in steps:
        risk = min(max(age + days, 0), days)
        win, lose = cells[at, int(hazards.ages(max(age, 0))), phase].T
        ended = alive & (rng.random(paths) < -np.expm1(-(win + lose) * risk))
        wins = ended & (rng.random(paths) < win / (win + lose))
        won += int(wins.sum()) * counts
        alive &= ~ended
        if days >= 4 and risk > 0:
            draws = rng.random(paths)[:, None]
            at = (draws > rates.moves[at].cumsum(axis=1)).sum(axis=1)
        age += days
    return won / paths
