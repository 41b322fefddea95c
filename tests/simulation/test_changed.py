"""Two quarters of which all is known that they were drawn from: the effects told are the true ones.

Other than in `test_no_change`, number, mix, win rates and sizes of the deals all change.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from qbr_lib.metrics import drivers
from qbr_lib.metrics.decomposition import EFFECTS, revenue
from tests.unit.metrics.conftest import build_slice

QUARTERS = 40
SPREAD = 0.5
# Deals decided, win rate and typical amount of three products.
THEN = np.array([[130, 0.25, 20_000.0], [70, 0.20, 45_000.0], [50, 0.40, 8_000.0]])
NOW = np.array([[120, 0.40, 14_000.0], [190, 0.34, 30_000.0], [40, 0.50, 6_000.0]])


def expected(products):
    """Return decided, won and value of each product as they are to be expected."""
    decided, rate, size = products.T
    return np.stack([decided, decided * rate, decided * rate * size * np.exp(SPREAD**2 / 2)], -1)


def deals_of(products, day, drawn):
    """Return the deals of a quarter; every product's number, wins and amounts by chance."""
    deals = []
    for name, (decided, rate, size) in zip("ABC", products, strict=True):
        n = drawn.poisson(decided)
        amounts = np.round(size * drawn.lognormal(0, SPREAD, n), 2)
        deals.append(
            pd.DataFrame(
                {
                    "opportunity_id": [f"{day}-{name}{place}" for place in range(n)],
                    "status": np.where(drawn.random(n) < rate, "won", "lost"),
                    "created_on": day,
                    "closed_on": day,
                    "amount": amounts,
                    "product": name,
                }
            )
        )
    return pd.concat(deals).to_dict(orient="records")


@pytest.fixture(scope="module")
def simulated():
    """Return the measures of many such quarters, and the true effects by factor."""
    drawn = np.random.default_rng(7)
    found = [
        drivers.measures(
            build_slice(deals_of(THEN, "2026-05-01", drawn) + deals_of(NOW, "2026-08-01", drawn))
        )
        for _ in range(QUARTERS)
    ]
    true = revenue(expected(THEN), expected(NOW)).sum(axis=0)
    return [{one.id: one for one in one_quarter} for one_quarter in found], true


@pytest.mark.parametrize("factor", drivers.FACTORS)
def test_effects_are_true_on_average(simulated, factor):
    """Over many quarters an effect comes to what the change of its factor was really worth."""
    measures, true = simulated
    values = [one[f"drivers.{factor}"].value for one in measures]
    error = np.std(values, ddof=1) / np.sqrt(QUARTERS)
    wanted = true[EFFECTS.index(factor)]
    assert abs(wanted) > 4 * error  # else doing nothing would do
    assert np.mean(values) == pytest.approx(wanted, abs=3 * error)


@pytest.mark.parametrize("factor", ["volume", "win_rate", "deal_size"])
def test_ranges_hold_the_truth(simulated, factor):
    """The 95 % ranges hold it no less often than by bad luck of 1 in 1,000."""
    measures, true = simulated
    ranges = [one[f"drivers.{factor}"] for one in measures]
    held = sum(one.low <= true[EFFECTS.index(factor)] <= one.high for one in ranges)
    assert held >= stats.binom.ppf(0.001, QUARTERS, 0.95)


def test_the_mix_has_no_range(simulated):
    """None was found that holds the truth as often as it says, so none is given."""
    measures, _ = simulated
    assert {(one["drivers.mix"].low, one["drivers.mix"].high) for one in measures} == {(None, None)}
