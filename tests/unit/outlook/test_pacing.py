"""How quarters end by how earlier ones filled up: laws, and quarters that are not as they should be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qbr_lib.outlook import pacing

WEEKS = 6
POSITIVE = arrays(float, (5, WEEKS), elements=st.floats(1, 1e6))
ANY = arrays(float, (4, WEEKS), elements=st.floats(-1e6, 1e6).map(lambda x: round(x, 2)))
WEEK = st.integers(1, WEEKS)


@given(POSITIVE, WEEK)
def test_a_quarter_of_the_pattern_is_forecast_exactly(weeks, week):
    """Quarters of one shape and any size: the end is known from any week on."""
    shape = weeks[0].cumsum()
    whole = np.outer([1.0, 0.3, 2.0, 5.0], shape)
    told = pacing.forecast(whole[:3], whole[3, :week])
    assert told.ultimate == pytest.approx(whole[3, -1])
    assert told.log_error == pytest.approx(0.0, abs=1e-6)


@given(POSITIVE, WEEK)
def test_the_steps_come_to_the_share_booked(weeks, week):
    """With whole quarters alone, booked ÷ what all of them together had booked by that week."""
    rows = weeks.cumsum(axis=1)
    share = rows[:4, week - 1].sum() / rows[:4, -1].sum()
    assert pacing.completion(rows[:4])[week - 1] == pytest.approx(share)
    told = pacing.forecast(rows[:4], rows[4, :week])
    assert told.ultimate == pytest.approx(rows[4, week - 1] / share)


@given(POSITIVE, WEEK, st.floats(0.01, 100))
def test_money_scales(weeks, week, factor):
    """In another currency the same quarter, with the same relative error."""
    rows = weeks.cumsum(axis=1)
    told = pacing.forecast(rows[:4], rows[4, :week])
    scaled = pacing.forecast(rows[:4] * factor, rows[4, :week] * factor)
    assert scaled.ultimate == pytest.approx(told.ultimate * factor)
    assert scaled.log_error == pytest.approx(told.log_error, abs=1e-6)


@given(ANY, WEEK)
def test_no_quarter_breaks_it(weeks, week):
    """Credit notes and empty quarters: a number or none, never an infinite one or a warning."""
    rows = np.where(np.abs(weeks) < 2e5, 0.0, weeks).cumsum(axis=1)
    told = pacing.forecast(rows[:3], rows[3, :week])
    assert not np.isinf([told.ultimate, told.log_error, *pacing.completion(rows)]).any()
    assert not told.log_error < 0
    if week == WEEKS:
        assert told.ultimate == rows[3, -1]


def test_the_error_is_as_large_as_the_errors_made():
    """Quarters of Mack's model: errors divided by their standard error have a spread of about 1."""
    rng = np.random.default_rng(3)
    steps = []
    for _ in range(600):
        rows = [rng.uniform(50, 150, 13)]
        for factor, sigma in ((2.0, 2.0), (1.5, 1.0), (1.3, 1.0), (1.2, 0.5)):
            rows.append(factor * rows[-1] + sigma * np.sqrt(rows[-1]) * rng.standard_normal(13))
        told = pacing.forecast(np.transpose(rows)[:12], [rows[0][12], rows[1][12]])
        steps.append(np.log(rows[-1][12] / told.ultimate) / told.log_error)
    assert np.mean(steps) == pytest.approx(0.0, abs=0.12)
    assert np.std(steps) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("past", "booked"),
    [
        (np.empty((0, 3)), [1.0]),
        ([[0.0, 5.0, 9.0]], [2.0]),
        ([[1.0, 5.0, 9.0]], []),
        ([[1.0, 5.0, 9.0]], [0.0, 0.0]),
        ([[1.0, 5.0, 9.0]], [-3.0]),
        ([[0.0, 0.0, 0.0]], [2.0]),
        ([[4.0, 2.0, -1.0]], [2.0]),
        ([[-1.0, 5.0, 9.0]], [2.0]),
    ],
    ids=[
        "no quarter",
        "none booked by then",
        "not begun",
        "nothing yet",
        "credit",
        "empty",
        "came to nothing",
        "credit by then",
    ],
)
def test_nothing_to_tell_from(past, booked):
    """No forecast, rather than one of 0 or of anything."""
    told = pacing.forecast(past, booked)
    assert np.isnan([told.ultimate, told.log_error]).all()


def test_one_quarter_tells_no_error():
    """A single earlier quarter gives a value without a range; a whole quarter is known."""
    told = pacing.forecast([[1.0, 5.0, 10.0]], [2.0])
    assert told.ultimate == pytest.approx(20.0)
    assert np.isnan(told.log_error)
    assert pacing.forecast([[1.0, 5.0, 10.0]], [2.0, 3.0, 4.0]) == pacing.Pace(4.0, 0.0)
    below = pacing.forecast([[1.0, 5.0, 10.0]], [2.0, 3.0, -4.0])
    assert below.ultimate == -4.0
    assert np.isnan(below.log_error)


def test_what_is_usually_booked():
    """Larger quarters weigh more; unknown where quarters came to nothing."""
    shares = pacing.completion([[0.0, 5.0, 10.0], [0.0, 25.0, 30.0]])
    assert shares.tolist() == [0.0, 0.75, 1.0]
    assert np.isnan(pacing.completion([[1.0, 0.0]])).all()


@given(POSITIVE, WEEK, st.floats(0, 1e6))
def test_the_prior_counts_for_the_rest(weeks, week, prior):
    """Booked and the prior's rest are the mix of both forecasts by the share usually booked."""
    rows = weeks.cumsum(axis=1)
    share, booked = pacing.completion(rows[:4])[week - 1], rows[4, week - 1]
    ladder = pacing.forecast(rows[:4], rows[4, :week]).ultimate
    mixed = pacing.bornhuetter_ferguson(booked, share, prior)
    assert mixed == pytest.approx(share * ladder + (1 - share) * prior)


def test_before_anything_is_booked_the_prior_stands():
    """A share of 0, where the chain ladder says nothing, leaves the prior and what is booked."""
    assert pacing.bornhuetter_ferguson(0.0, 0.0, 80.0) == 80.0
    assert pacing.bornhuetter_ferguson(90.0, 1.0, 80.0) == 90.0
