"""Published answers on forecasts and repeated looks; PROVENANCE.md says whose."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from qbr_lib.outlook import looks, pacing, scores

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
