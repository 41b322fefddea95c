"""Paths of revenue: sums of single deals, as probability has it."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.data.endings import week_starts
from qbr_lib.outlook import simulation
from qbr_lib.outlook.simulation import PATHS, Standing
from qbr_lib.periods import Quarter

CHANCES = st.lists(st.floats(0.02, 0.98), min_size=1, max_size=30)


def standing(chances, values=None, **more):
    """Return deals of these chances, worth 1,000 each; nothing is to come."""
    values = np.full(len(chances), 1000.0) if values is None else np.array(values)
    given_ = {"booked": 0.0, "ratios": np.ones(1), "coming": 0.0, "unsure": 0.0}
    given_ |= {"sizes": np.repeat([500.0, 1500.0], 50)}
    return Standing(chances=np.array(chances), values=values, **(given_ | more))


@settings(max_examples=20)
@given(CHANCES)
def test_poisson_binomial(chances):
    """Without a shock, mean and variance are the sums of p and of p (1 - p)."""
    won = simulation.paths(standing(chances), 0.0, 1) / 1000
    p = np.array(chances)
    each = p * (1 - p)
    variance, tails = each.sum(), (each * (1 - 6 * each)).sum() / each.sum() ** 2
    assert won.mean() == pytest.approx(p.sum(), abs=5 * np.sqrt(variance / PATHS))
    assert won.var() == pytest.approx(variance, rel=5 * np.sqrt((2 + tails) / PATHS))


@pytest.mark.parametrize("chance", [0.05, 0.5, 0.9])
def test_one_deal_is_won_or_not(chance):
    """It brings all or nothing, as often as its chance says."""
    found = simulation.paths(standing([chance]), 0.0, 1)
    assert set(np.unique(found)) == {0.0, 1000.0}
    luck = 4 * np.sqrt(chance * (1 - chance) / PATHS)
    assert (found > 0).mean() == pytest.approx(chance, abs=luck)


def test_a_shock_widens_and_hardly_moves():
    """Deals that move together: the same middle, a wider range."""
    still, moved = (simulation.paths(standing([0.5] * 200), s, 1) for s in (0.0, 0.5))
    assert moved.mean() == pytest.approx(still.mean(), rel=0.01)
    assert moved.std() > 2.5 * still.std()


@settings(max_examples=20)
@given(CHANCES, st.floats(1e-3, 1e3))
def test_money_scales(chances, factor):
    """In another currency the same paths."""
    one = standing(chances, coming=2.0, unsure=0.1)
    other = dataclasses.replace(one, values=one.values * factor, sizes=one.sizes * factor)
    pair = (simulation.paths(each, 0.3, 7, 500) for each in (one, other))
    np.testing.assert_allclose(next(pair) * factor, next(pair), rtol=1e-4)


def test_deals_to_come():
    """Their mean is number x size; unsure how many, they spread wider, as a gamma mix does."""
    known = standing([], coming=20.0)
    sure, unsure = (
        simulation.paths(dataclasses.replace(known, unsure=u), 0.0, 1) for u in (0.0, 0.25)
    )
    variance = 20 * (1000**2 + 500**2)
    assert sure.mean() == pytest.approx(20_000, abs=5 * np.sqrt(variance / PATHS))
    assert sure.var() == pytest.approx(variance, rel=0.1)
    wider = variance + 0.25 * 20_000**2
    assert unsure.mean() == pytest.approx(20_000, abs=5 * np.sqrt(wider / PATHS))
    assert unsure.var() == pytest.approx(wider, rel=0.1)


def test_amounts_change_until_they_are_won():
    """Half the deals double and half stay: their mean is one and a half of the amount."""
    found = simulation.paths(standing([0.98] * 50, ratios=np.array([1.0, 2.0])), 0.0, 1)
    assert found.mean() == pytest.approx(0.98 * 50 * 1500, rel=0.01)


def test_nothing_open_and_nothing_to_come():
    """Nothing more will be won."""
    assert not simulation.paths(standing([]), 0.25, 1).any()


def test_weeks_to_come():
    """From a Tuesday in week 12 on: the rest of it, the last week of 14 days; only those count."""
    quarters = [Quarter.parse(text, starts=1) for text in ("2026-Q1", "2026-Q2")]
    weeks = week_starts(quarters)
    first, last = int(weeks[13]), int(weeks[-1]) - 1
    told = simulation.steps(weeks, int(weeks[11]) + 1, first, last)
    assert sum(days for days, _, _ in told) == last - int(weeks[11]) - 1
    assert [counts for _, _, counts in told] == [False] * 2 + [True] * 13
    assert told[0][0] == 5
    assert [days for days, _, _ in told][-1] == 91 - 12 * 7
    assert simulation.steps(weeks, last, first, last) == []


def test_the_same_inputs_give_the_same_paths():
    """Seeds come from names and days, never from the clock or the process."""
    one, other = (simulation.seed_of("nord", "2026-Q3", 20_000) for _ in range(2))
    assert one == other != simulation.seed_of("nord", "2026-Q3", 20_001)
    pair = [simulation.paths(standing([0.4] * 9), 0.2, one, 100).tolist() for _ in range(2)]
    assert pair[0] == pair[1]
