"""Rates of few deals: laws of the steadied rate, where its prior comes from, differences."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.data.priors import Prior
from qbr_lib.metrics import shrinkage

COUNTS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(sum), min_size=8, max_size=30
)
PRIORS = st.builds(Prior, st.floats(0.05, 0.95), st.floats(2, 1000), st.just(9))


def steady(won, decided, prior):
    """Return the steadied rates of counts."""
    return shrinkage.posterior(pd.Series(won), pd.Series(decided), prior)["steady"].tolist()


@settings(max_examples=60, deadline=None)
@given(counts=COUNTS, prior=PRIORS)
def test_between_its_own_rate_and_the_mean(counts, prior):
    """A steadied rate lies between the value's own and the mean, and inside its bounds."""
    won, decided = pd.Series([w for w, _ in counts]), pd.Series([w + x for w, x in counts])
    found = pd.DataFrame(shrinkage.posterior(won, decided, prior))
    own = won / decided
    assert (found["steady"] >= own.clip(upper=prior.mean) - 1e-9).all()
    assert (found["steady"] <= own.clip(lower=prior.mean) + 1e-9).all()
    assert (found["steady_low"] <= found["steady"]).all()
    assert (found["steady_high"] >= found["steady"]).all()


@settings(max_examples=40, deadline=None)
@given(prior=PRIORS, decided=st.integers(1, 80))
def test_more_won_is_never_less(prior, decided):
    """With as many decided, one more won raises the rate; many deals leave their own."""
    ladder = steady([*range(decided + 1)], [decided] * (decided + 1), prior)
    assert ladder == sorted(ladder)
    assert steady([3 * 10**8], [10**9], prior) == pytest.approx([0.3], abs=1e-5)


def test_whose_prior(make_slice):
    """The team's own with eight values, else the organisation's, else a weak one of its own rate."""
    told = pd.DataFrame({"column": ["product"], "mean": [0.4], "strength": [50.0], "units": [12]})
    data = make_slice()
    few, many = pd.Series([2] * 7), pd.Series([2] * 8)
    data.tables["priors"] = told
    assert shrinkage.prior_for(data, "product", few, few + 2) == Prior(0.4, 50.0, 12)
    assert shrinkage.prior_for(data, "product", many, many + 2).units == 8
    assert shrinkage.prior_for(data, "segment", few, few + 2) == Prior(0.5, 15.0, 0)


def test_no_difference_to_nothing():
    """Where one side has no deal there is no interval."""
    one, none = pd.Series([5]), pd.Series([0])
    low, high = shrinkage.difference(one, one + 5, none, none)
    assert math.isnan(low[0])
    assert math.isnan(high[0])
