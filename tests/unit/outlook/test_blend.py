"""One outlook of several: what earlier quarters teach, worked out by hand, and its laws."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qbr_lib.outlook import blend
from qbr_lib.outlook.origins import DRAWS, Key, Origin
from qbr_lib.periods import Quarter

FIRST = Quarter.parse("2024-Q1", starts=1)
STEPS = (np.arange(DRAWS) + 0.5) / DRAWS
SPREAD = 500.0 + 1000.0 * STEPS  # even around 1,000


def origin(quarter=8, rest=(1000.0, 1000.0, 1000.0), actual=1000.0, booked=0.0, draws=SPREAD):
    """Return forecasts of a quarter, counted from 2024-Q1 on, at its fourth week."""
    one = FIRST.shift(quarter)
    day = int(np.datetime64(one.first_day, "D").astype("int64")) + 27
    return Origin(
        key=Key(one, 4.0, day),
        booked=booked,
        actual=actual,
        rest=np.array(rest),
        draws=np.array(draws),
        naive=1000.0,
        naive_error=0.2,
    )


def past(quarters, **more):
    return blend.many([origin(n, **more) for n in range(quarters)])


def test_nothing_learnt():
    """Equal weights, no bias, and a range wider than drawn."""
    told = blend.learnt(origin(), blend.many([]))
    assert told.weights == pytest.approx([1 / 3] * 3)
    assert (told.bias, told.quarters) == (1.0, 0)
    assert told.width == pytest.approx((1.25 * 1.5) ** 0.5)  # a little wider, and one more quarter


@pytest.mark.parametrize("quarters", [1, 4, 8])
def test_bias_is_believed_by_and_by(quarters):
    """Twice as much came each time: n quarters of it count beside four without any."""
    told = blend.learnt(origin(), past(quarters, actual=2000.0))
    assert told.bias == pytest.approx(2 ** (quarters / (quarters + 4)))
    assert told.quarters == quarters


def test_who_was_right_weighs_more():
    """A member that was off by half weighs 1 ÷ its mean square error, drawn to a doubt of 15 %."""
    told = blend.learnt(origin(), past(8, rest=(1000.0, 1000.0 * np.exp(0.5), np.nan)))
    doubt = 2 * 0.15**2
    wanted = np.array([10 / doubt, 10 / (8 * 0.25 + doubt), 2 / doubt])
    assert told.weights == pytest.approx(wanted / wanted.sum())


def test_only_quarters_that_are_over():
    """What came of the running quarter and of later ones is not known yet."""
    known = blend.learnt(origin(5), past(5, actual=1500.0))
    more = blend.learnt(origin(5), past(8, actual=1500.0))
    assert (known.bias, known.width, known.quarters) == (more.bias, more.width, more.quarters)
    assert known.weights.tolist() == more.weights.tolist()


def test_ranges_become_as_wide_as_errors():
    """What came swung three times as far as drawn: the range is drawn wider; less far: narrower."""
    swings = np.linspace(-1.5, 1.5, 8)
    found = []
    for far in (0.1, 1.0):
        before = [origin(n, actual=1000 * np.exp(far * s)) for n, s in enumerate(swings)]
        found.append(blend.learnt(origin(), blend.many(before)).width)
    assert found[0] < 1 < found[1]


def test_the_range_lies_around_the_middle():
    """Half of it above the members' middle, moved by the bias; ascending; booked is no part."""
    told = blend.Learnt(np.array([0.5, 0.25, 0.25]), 1.2, 1.0, 4)
    found = blend.rest(origin(rest=(1000.0, 2000.0, np.nan)), told)
    centre = 1.2 * np.exp((2 * np.log(1000) + np.log(2000)) / 3)
    assert np.median(found) == pytest.approx(centre, rel=1e-3)
    assert (np.diff(found) >= 0).all()
    even = SPREAD / np.median(SPREAD)
    assert (np.abs(np.log(found / centre)) >= np.abs(np.log(even)) - 1e-9).all()  # longer tails
    many = dataclasses.replace(told, quarters=10_000)
    assert blend.rest(origin(rest=(1000.0, 2000.0, np.nan)), many) == pytest.approx(
        centre * even, rel=1e-3
    )


def test_mostly_nothing_comes():
    """Draws of which more than half are 0 keep their zeros: no logarithm is taken of them."""
    draws = np.where(STEPS > 0.7, 1000.0, 0.0)
    told = blend.Learnt(np.full(3, 1 / 3), 1.0, 2.0, 4)
    found = blend.rest(origin(rest=(0.0, 150.0, 150.0), draws=draws), told)
    assert (found == 0).mean() == 0.7
    assert found.mean() == pytest.approx(150.0)
    assert np.isnan(blend.rest(origin(rest=(np.nan,) * 3), told)).all()


@given(arrays(float, 50, elements=st.floats(0, 1e6)), st.floats(0, 1e6), st.floats(0, 1e6))
def test_higher_targets_are_no_likelier(whole, one, other):
    """Chances fall with the target, and are never surer than 2 % and 98 %."""
    low, high = sorted((one, other))
    assert blend.chance(whole, low) >= blend.chance(whole, high)
    assert 0.02 <= blend.chance(whole, high) <= blend.chance(whole, low) <= 0.98


@given(st.floats(1e-2, 1e3), st.lists(st.floats(100, 10_000), min_size=1, max_size=8))
def test_money_scales(factor, came):
    """In another currency the same is learnt, and the range is as much larger."""
    pair = []
    for scale in (1.0, factor):
        rest = (1000 * scale, 800 * scale, 1100 * scale)
        before = [
            origin(n, rest, actual=scale * one, draws=SPREAD * scale) for n, one in enumerate(came)
        ]
        now = origin(8, rest, draws=SPREAD * scale)
        told = blend.learnt(now, blend.many(before))
        pair.append((told.weights, told.bias, told.width, blend.rest(now, told) / scale))
    for one, other in zip(*pair, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
