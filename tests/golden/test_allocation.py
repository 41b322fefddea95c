"""Known answers on splitting targets and on parts that must add up; PROVENANCE.md says whose."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from qbr_lib.goals import allocation

KNOWN = json.loads((Path(__file__).parent / "allocation.json").read_text(encoding="utf-8"))
SUMMING = [[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
UNITS, PATHS, SPREAD = 8, 40_000, 0.4


@pytest.mark.parametrize("kind", ["weighted", "plain"])
def test_from_above_and_from_below(kind):
    """A whole of 120 and parts of 110 meet, the surer forecast yielding less."""
    known = KNOWN["minimum_trace"]
    found = allocation.reconcile(known["forecasts"], SUMMING, known[kind]["spread"])
    assert found.round(3).tolist() == known[kind]["told"]


@pytest.mark.parametrize("known", KNOWN["together"], ids=str)
def test_what_all_reach_together(known):
    """Eight units that each reach theirs with one chance reach the sum with another."""
    rng, width = np.random.default_rng(1), np.sqrt(np.log(1 + SPREAD**2))
    common, own = rng.standard_normal((PATHS, 1)), rng.standard_normal((PATHS, UNITS))
    share = known["correlation"]
    samples = pd.DataFrame(np.exp(width * (np.sqrt(share) * common + np.sqrt(1 - share) * own)))
    target = float(np.exp(width * stats.norm.ppf(1 - known["each"]))) * UNITS
    split = allocation.equal_chance(samples, target)
    each = allocation.chances(samples, split)
    assert each.to_list() == pytest.approx([known["each"]] * UNITS, abs=0.01)
    assert allocation.team_chance(samples, split) == pytest.approx(known["team"], abs=0.01)
