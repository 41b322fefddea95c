"""Published answers on forecasts and repeated looks; PROVENANCE.md says whose."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logit

from qbr_lib.outlook import looks, pacing, scores, simulation

KNOWN = json.loads((Path(__file__).parent / "outlook.json").read_text(encoding="utf-8"))


def test_score_of_the_normal_distribution():
    """100,000 quantiles at the middles of equal steps are near enough for nine digits."""
    steps = (np.arange(100_000) + 0.5) / 100_000
    assert scores.crps(stats.norm.ppf(steps), 0.0) == pytest.approx(KNOWN["crps_normal"], abs=1e-9)


def test_taylor_ashe():
    """Reserves, their standard errors and the totals equal the published ones to the last digit."""
    known = KNOWN["taylor_ashe"]
    rows = known["triangle"]
    triangle = np.array([row + [np.nan] * (len(rows) - len(row)) for row in rows])
    told, paid = pacing.chain_ladder(triangle), np.array([row[-1] for row in rows])
    assert (told.ultimate - paid).round().tolist() == known["reserves"]
    assert told.error.round().tolist() == known["errors"]
    assert round(told.total - paid.sum()) == known["total"]
    assert round(told.total_error) == known["total_error"]


@pytest.mark.parametrize("known", KNOWN["looks"], ids=lambda known: str(known["shape"]))
def test_looks(known):
    """Pocock and O'Brien and Fleming at five looks, three decimals."""
    found = looks.boundary(known["looks"], known["shape"])
    assert found.round(3).tolist() == known["critical"]


def test_false_alarms():
    """Five looks at 1.96 find something in 14.2 % of cases without anything to find."""
    known = KNOWN["false_alarms"]
    assert round(looks.false_alarms(known["critical"]), 3) == known["share"]


def _standing(chances, values):
    nothing = np.empty(0)
    return simulation.Standing(
        0.0, np.array(chances), np.array(values), np.ones(1), 0.0, 0.0, nothing
    )


REPEATED = 600


@pytest.mark.parametrize("known", KNOWN["shock"], ids=lambda k: f"{k['true']}-{k['modelled']}")
def test_a_shock_ignored(known):
    """250 deals that a shock moves together: ranges hold as often as published, within luck."""
    rng = np.random.default_rng(1)
    inside, places = [], []
    for seed in range(REPEATED):
        chances, values = rng.uniform(0.1, 0.5, 250), rng.lognormal(10, 1, 250)
        moved = expit(logit(chances) + rng.normal(0, known["true"]))
        came = values[rng.random(250) < moved].sum()
        paths = simulation.paths(_standing(chances, values), known["modelled"], seed, 400)
        low, high = np.quantile(paths, [0.1, 0.9])
        inside.append(low <= came <= high)
        places.append(float(scores.pit(paths, came)))
    luck = 3 * np.sqrt(known["held"] * (1 - known["held"]) / REPEATED)
    assert np.mean(inside) == pytest.approx(known["held"], abs=luck)
    if known["spread"]:
        off = (np.array(places) - np.mean(places)) ** 2
        luck = 3 * off.std() / np.sqrt(REPEATED)
        assert off.mean() == pytest.approx(known["spread"], abs=luck)


def test_small_deals_and_a_large_one():
    """100 deals of 1,000 and one of 100,000, each at 50 %: equal means, ten times the spread."""
    known, draws = KNOWN["hundred_deals"], simulation.PATHS
    small = simulation.paths(_standing([0.5] * 100, [1000.0] * 100), 0.0, 1)
    large = simulation.paths(_standing([0.5], [100_000.0]), 0.0, 1)
    for paths, spread in ((small, known["small"]), (large, known["large"])):
        assert paths.mean() == pytest.approx(known["mean"], abs=4 * spread / np.sqrt(draws))
        assert paths.std() == pytest.approx(spread, rel=0.03)
    assert set(np.unique(large)) == {0.0, 100_000.0}
