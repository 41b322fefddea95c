"""Published decompositions, reproduced; PROVENANCE.md says where each comes from."""

import json
from pathlib import Path

import numpy as np
import pytest

from qbr_lib.metrics.decomposition import lmdi, shapley

KNOWN = json.loads((Path(__file__).parent / "drivers.json").read_text(encoding="utf-8"))
QUANTITIES = np.array(KNOWN["lmdi"]["quantities"], dtype="float64")


@pytest.mark.parametrize("year", range(3))
def test_three_factors_in_two_parts(year):
    """Each published effect of each pair of years is met to its last digit."""
    effects = lmdi(QUANTITIES[year], QUANTITIES[year + 1])
    assert effects.sum() == pytest.approx(KNOWN["lmdi"]["changes"][year], rel=1e-12)
    assert effects.sum(axis=0) == pytest.approx(KNOWN["lmdi"]["effects"][year], rel=1e-9)


@pytest.mark.parametrize("known", KNOWN["lmdi_zero"], ids=["before", "after"])
def test_a_factor_that_is_0(known):
    """The factor that was or became 0 takes the whole change of its part."""
    sides = QUANTITIES[:2].copy()
    sides[known["side"], known["cell"], known["factor"]] = 0
    assert lmdi(*sides)[known["cell"]].tolist() == known["effects"]


def test_price_and_volume():
    """1,000 at 50 became 1,100 at 52: both methods divide the cross effect of 200."""
    known = KNOWN["price_volume"]
    before, after = (np.array([known[side]], dtype="float64") for side in ("before", "after"))
    assert shapley(before, after)[0].tolist() == known["shapley"]
    assert lmdi(before, after)[0].round(2).tolist() == known["lmdi"]
