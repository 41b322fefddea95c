"""Splitting a target: to the cent, within bounds, monotone, whatever the order; fair or not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr_lib.errors import ParameterError
from qbr_lib.goals import allocation

SIZES = st.lists(
    st.one_of(st.sampled_from([0.0, 1.0, 2.0]), st.floats(0.01, 1e6)), min_size=1, max_size=9
).filter(lambda sizes: sum(sizes) > 0)  # fmt: skip
CENTS = st.integers(0, 10**11)


def _shares(sizes):
    return pd.Series(sizes, index=[f"u{n}" for n in range(len(sizes))])


def _cents(amounts):
    return np.round(np.asarray(amounts) * 100).astype("int64")


@st.composite
def bounded(draw):
    """Return shares, bounds, and two targets in order that these allow."""
    shares = _shares(draw(SIZES))
    low, high, least, most = {}, {}, 0, 0
    for unit, weight in shares.items():
        bottom = draw(st.integers(0, 10**8))
        top = bottom + draw(st.integers(0, 10**9))
        low[unit], high[unit] = bottom / 100, top / 100
        least, most = least + bottom, most + (top if weight > 0 else bottom)
    first, second = sorted(draw(st.integers(least, most)) for _ in range(2))
    return shares, low, high, first / 100, second / 100


@given(SIZES, CENTS)
def test_sum_to_the_cent(sizes, cents):
    """No cent is lost or found, and nobody gets a whole cent more or less than in proportion."""
    shares = _shares(sizes)
    found = allocation.split(cents / 100, shares)
    assert _cents(found).sum() == cents
    exact = cents * (shares / shares.sum())
    slack = 1 + 1e-9 * cents
    assert (np.abs(_cents(found) - exact) < len(sizes) * 0.5 + slack).all()


@given(bounded())
def test_bounds_are_kept(drawn):
    """Every part lies within its bounds, and all of the target is placed."""
    shares, low, high, target, _ = drawn
    found = allocation.split(target, shares, low=low, high=high)
    assert _cents(found).sum() == round(target * 100)
    assert (_cents(found) >= _cents([low[unit] for unit in found.index])).all()
    assert (_cents(found) <= _cents([high[unit] for unit in found.index])).all()


@given(bounded())
def test_more_for_nobody_is_less(drawn):
    """Of a higher target no unit gets less, not even a cent of rounding."""
    shares, low, high, target, more = drawn
    first = allocation.split(target, shares, low=low, high=high)
    second = allocation.split(more, shares, low=low, high=high)
    assert (_cents(second) >= _cents(first)).all()


@given(bounded(), st.randoms())
def test_the_order_does_not_matter(drawn, random):
    """Units listed otherwise get the same."""
    shares, low, high, target, _ = drawn
    other = list(shares.index)
    random.shuffle(other)
    first = allocation.split(target, shares, low=low, high=high)
    second = allocation.split(target, shares.loc[other], low=low, high=high)
    assert second.index.to_list() == other
    assert second.loc[first.index].equals(first)


def test_cents_go_to_the_nearest():
    """3.5, 0.75 and 0.75 cents are 3, 1 and 1; of ties the first by name, wherever it stands."""
    found = allocation.split(0.05, pd.Series({"a": 7.0, "b": 1.5, "c": 1.5}))
    assert found.to_dict() == {"a": 0.03, "b": 0.01, "c": 0.01}
    assert allocation.split(0.01, pd.Series({"b": 1.0, "a": 1.0})).to_dict() == {
        "b": 0.0,
        "a": 0.01,
    }


def test_what_a_cap_takes_is_shared_in_proportion():
    """A cap of 30 leaves 70 to b and c as 2 : 1, and c, capped in turn, gives to b."""
    shares = pd.Series({"a": 6.0, "b": 2.0, "c": 1.0})
    once = allocation.split(100.0, shares, high={"a": 30.0})
    assert once.to_dict() == {"a": 30.0, "b": 46.67, "c": 23.33}
    again = allocation.split(100.0, shares, high={"a": 30.0, "c": 10.0})
    assert again.to_dict() == {"a": 30.0, "b": 60.0, "c": 10.0}


@pytest.mark.parametrize(
    ("target", "shares", "bounds", "what", "wanted"),
    [
        (100.0, {"a": 1.0, "b": 1.0}, {"high": {"a": 40.0, "b": 50.0}}, "No split", "0.00 to 90.00"),
        (100.0, {"a": 1.0, "b": 1.0}, {"low": {"a": 101.0}}, "No split", "101.00 to inf"),
        (9.0, {"a": 1.0}, {"low": {"a": 9.0}, "high": {"a": 8.0}}, "No split", "9.00 to 8.00"),
        (9.0, {"a": 1.0, "b": 0.0}, {"high": {"a": 8.0}}, "No split", "0.00 to 8.00"),
        (-1.0, {"a": 1.0}, {}, "A target to split", "0 or more"),
        (float("nan"), {"a": 1.0}, {}, "A target to split", "0 or more"),
        (1.0, {"a": -1.0}, {}, "A target is split in proportion", "at least one weight"),
        (1.0, {"a": float("nan")}, {}, "A target is split in proportion", "at least one weight"),
        (1.0, {"a": 0.0}, {}, "A target is split in proportion", "at least one weight"),
        (1.0, {}, {}, "A target is split in proportion", "at least one weight"),
    ],
)  # fmt: skip
def test_what_cannot_be_split_is_refused(target, shares, bounds, what, wanted):
    """Bounds that do not fit and weights that are none say what would, and what to edit."""
    with pytest.raises(ParameterError) as refused:
        allocation.split(target, pd.Series(shares, dtype="float64"), **bounds)
    assert what in refused.value.what
    assert wanted in refused.value.wanted
    assert refused.value.got
    assert refused.value.edit


def test_nothing_to_split_is_nothing_for_all():
    """A target of 0 needs no weights."""
    assert allocation.split(0.0, pd.Series({"a": 0.0, "b": 1.0})).to_list() == [0.0, 0.0]


def test_weights_by_hand():
    """Half history, half open pipeline; who is there for half of it carries half."""
    parts = pd.DataFrame({"history": [30.0, 10.0], "pipeline": [5.0, 15.0]}, index=["a", "b"])
    found = allocation.weights(parts, history=1.0, pipeline=1.0)
    assert found.to_dict() == pytest.approx({"a": 0.5, "b": 0.5})
    assert allocation.weights(parts).to_dict() == {"a": 0.75, "b": 0.25}
    there = pd.Series({"a": 0.5})
    assert allocation.weights(parts, present=there).to_dict() == {"a": 0.375, "b": 0.25}
    vacant = allocation.split(100.0, allocation.weights(parts, present=pd.Series({"b": 0.0})))
    assert vacant.to_dict() == {"a": 100.0, "b": 0.0}


@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.floats(0.2, 1.2))
def test_the_same_chance_for_all(seed, units, share):
    """Whoever is large, small, steady or not reaches the own part equally often."""
    rng = np.random.default_rng(seed)
    samples = pd.DataFrame(
        rng.gamma(rng.uniform(1, 9, units), rng.uniform(1e3, 1e5, units), (400, units))
    )
    target = round(share * float(samples.median().sum()), 2)
    found = allocation.equal_chance(samples, target)
    assert _cents(found).sum() == _cents(target)
    chance = allocation.chances(samples, found)
    assert chance.max() - chance.min() <= 2 / len(samples)


def test_beyond_the_best_no_chance_is_the_same():
    """What not even the best quarters of all together reach is refused, and so is nothing known."""
    samples = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    for known, target in ((samples, 6.01), (samples, -1.0), (samples.head(0), 1.0)):
        with pytest.raises(ParameterError, match="No chance is the same for all"):
            allocation.equal_chance(known, target)
    assert allocation.equal_chance(samples, 6.0).to_dict() == {"a": 2.0, "b": 4.0}
    over = allocation.equal_chance(samples, 5.0, over=0.1)
    assert over.sum() == pytest.approx(5.5)


PARTS = st.lists(st.floats(0, 1e6), min_size=2, max_size=5)


def _summing(n):
    return np.vstack([np.ones(n), np.eye(n)])


@given(PARTS, st.data())
def test_what_adds_up_stays(parts, data):
    """Forecasts that add up already are not changed, however unsure each is."""
    sure = st.floats(0.1, 10)
    spread = data.draw(st.lists(sure, min_size=len(parts) + 1, max_size=len(parts) + 1))
    told = [sum(parts), *parts]
    found = allocation.reconcile(told, _summing(len(parts)), spread)
    assert found == pytest.approx(told, rel=1e-6, abs=1e-4)


@given(st.floats(0, 1e6), PARTS)
def test_parts_add_up_and_are_never_negative(whole, parts):
    """Whatever is forecast, the parts come to the whole, and none lies below 0."""
    found = allocation.reconcile([whole, *parts], _summing(len(parts)), np.ones(len(parts) + 1))
    assert (found >= 0).all()
    assert found[0] == pytest.approx(found[1:].sum())


def test_a_whole_covariance_counts():
    """Parts that err together yield together: a matrix on the diagonal alone is as its diagonal."""
    told, sums = [120, 30, 40, 40], _summing(3)
    plain = allocation.reconcile(told, sums, [3, 1, 1, 1])
    assert allocation.reconcile(told, sums, np.diag([3.0, 1, 1, 1])) == pytest.approx(plain)
    tied = np.diag([3.0, 1, 1, 1])
    tied[1, 2] = tied[2, 1] = 0.9
    moved = allocation.reconcile(told, sums, tied)
    assert moved[1] - 30 == pytest.approx(moved[2] - 40)
    assert moved[1] - 30 > moved[3] - 40


def test_fairness_by_hand():
    """Chances that fall with size, the same for all, and nobody with any."""
    size = pd.Series({"a": 1.0, "b": 2.0, "c": 3.0})
    follows, evenness = allocation.fairness(pd.Series({"a": 0.8, "b": 0.5, "c": 0.2}), size)
    assert (follows, evenness) == (pytest.approx(-1.0), pytest.approx(0.25))
    same = allocation.fairness(pd.Series(0.5, index=size.index), size)
    assert np.isnan(same[0])
    assert same[1] == 1.0
    assert np.isnan(allocation.fairness(size * 0, size)).all()
    assert np.isnan(allocation.fairness(size.head(2), size.head(2))[0])
