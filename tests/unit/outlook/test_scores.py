"""Scores of forecasts: what each is by hand, and the laws that it keeps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr_lib.outlook import scores

MONEY = st.floats(-1e6, 1e6, allow_nan=False)
DRAWS = st.lists(MONEY, min_size=1, max_size=30)
CHANCES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)
TENTHS = np.linspace(0, 1, 11)


@given(MONEY, MONEY, st.integers(1, 9))
def test_a_point_scores_its_absolute_error(point, actual, draws):
    """However often the same value is drawn."""
    assert scores.crps([point] * draws, actual) == pytest.approx(abs(point - actual), abs=1e-6)


@given(DRAWS, MONEY)
def test_sorting_gives_the_same_score(draws, actual):
    """The definition, pair by pair."""
    x = np.array(draws)
    naive = np.abs(x - actual).mean() - np.abs(x[:, None] - x).mean() / 2
    assert scores.crps(draws, actual) == pytest.approx(naive, abs=1e-6)


@given(DRAWS, MONEY, st.floats(0.01, 100))
def test_the_score_has_the_unit_of_money(draws, actual, factor):
    """In another currency, another score in the same measure."""
    scaled = scores.crps(np.array(draws) * factor, actual * factor)
    assert scaled == pytest.approx(factor * scores.crps(draws, actual), rel=1e-9, abs=1e-4)


def test_many_forecasts_are_scored_one_by_one():
    """Rows are forecasts; an unknown value makes its own score unknown alone."""
    draws = np.array([[3.0, 1.0, 2.0], [5.0, 5.0, 8.0], [1.0, 1.0, 1.0]])
    actual = np.array([2.0, 9.0, np.nan])
    for score in (scores.crps, scores.pit):
        alone = [float(score(row, one)) for row, one in zip(draws, actual, strict=True)]
        assert np.isnan(alone[2])
        assert score(draws, actual).tolist() == pytest.approx(alone, nan_ok=True)


def test_the_better_forecast_scores_lower():
    """A range about the truth beats the same range elsewhere, and a wider one."""
    narrow = np.arange(9.0, 12.0)
    near, far, wide = (float(scores.crps(one, 10.0)) for one in (narrow, narrow + 5, narrow * 3))
    assert near < far
    assert near < wide


@given(CHANCES, st.lists(st.floats(0.01, 0.99), max_size=5))
def test_the_parts_add_up(cases, inner):
    """Reliability - resolution + uncertainty is the score of the binned chances."""
    chances, outcomes = zip(*cases, strict=True)
    edges = [0.0, *sorted(inner), 1.0]
    parts = scores.murphy(chances, outcomes, edges)
    _, given_ = scores.binned(chances, edges)
    whole = parts.reliability - parts.resolution + parts.uncertainty
    assert whole == pytest.approx(scores.brier(given_, outcomes), abs=1e-12)


def test_parts_by_hand():
    """Five cases at 20 %, of which one came, and five at 80 %, of which three came."""
    chances = [0.2] * 5 + [0.8] * 5
    outcomes = [1, 0, 0, 0, 0, 1, 1, 1, 0, 0]
    parts = scores.murphy(chances, outcomes, TENTHS)
    assert parts.reliability == pytest.approx(0.02)  # half the cases are 0.2 away
    assert parts.resolution == pytest.approx(0.04)  # 0.2 and 0.6 about 0.4
    assert parts.uncertainty == pytest.approx(0.24)
    assert scores.brier(chances, outcomes) == pytest.approx(0.22)


def test_sure_chances_are_in_the_outer_bins():
    """0 and 1 with those next to them; an inner edge belongs to the bin above."""
    place, chances = scores.binned([0.0, 0.05, 0.5, 0.59, 0.95, 1.0], TENTHS)
    assert place.tolist() == [0, 0, 1, 1, 2, 2]
    assert chances.tolist() == pytest.approx([0.025, 0.025, 0.545, 0.545, 0.975, 0.975])


def test_no_chances_have_no_score():
    """Nothing to judge is no perfect score."""
    assert np.isnan(scores.brier([], []))
    assert np.isnan(scores.murphy([], [], TENTHS).reliability)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=20))
def test_the_places_of_one_among_its_like_are_even(values):
    """Each value once as what came, the others as draws: mean half, whatever values are equal."""
    x = np.array(values, dtype=float)
    places = [float(scores.pit(np.delete(x, n), x[n])) for n in range(len(x))]
    assert np.mean(places) == pytest.approx(0.5)
    if len(set(values)) == len(values):
        assert sorted(places) == pytest.approx((np.arange(len(x)) + 0.5) / len(x))


def test_places_of_like_draws_are_even():
    """What came is one of the draws by its making: its places fill 0 to 1 evenly."""
    rng = np.random.default_rng(1)
    drawn = rng.gamma(2.0, size=(20_000, 20)) * rng.gamma(3.0, size=(20_000, 1))
    places = scores.pit(drawn[:, 1:], drawn[:, 0])
    shares = np.histogram(places, bins=np.linspace(0, 1, 11))[0] / len(places)
    assert np.abs(shares - 0.1).max() < 0.01
    assert places.var() == pytest.approx(1 / 12, rel=0.03)


@pytest.mark.parametrize(
    ("clusters", "share", "alike"),
    [(20, 0.5, 0.05), (20, 0.8, 0.2), (20, 0.8, 0.5), (40, 0.8, 0.5), (40, 0.9, 0.2)],
)
def test_the_interval_of_coverage_holds(clusters, share, alike):
    """Ranges that hit or miss together: 93 to 97 of 100 intervals hold the true share."""
    rng = np.random.default_rng(7)
    held, repeats, both = 0, 1_500, (1 - alike) / alike
    for _ in range(repeats):
        label = np.repeat(np.arange(clusters), rng.integers(6, 19, clusters))
        chance = rng.beta(share * both, (1 - share) * both, clusters)
        came = (rng.random(len(label)) >= chance[label]).astype(float)
        found = scores.coverage(np.zeros(len(label)), np.full(len(label), 0.5), came, label)
        held += found.low <= share <= found.high
    assert 0.93 <= held / repeats <= 0.97


def test_clusters_widen_the_interval():
    """The same hits are worth less where they come together."""
    hit = np.repeat([1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0], 6)
    low, high, came = np.full(48, 0.5), np.ones(48), hit
    alone = scores.coverage(low, high, came, np.arange(48))
    together = scores.coverage(low, high, came, np.repeat(np.arange(8), 6))
    assert alone.share == together.share == 0.75
    assert together.low < alone.low < alone.high < together.high
    assert (together.n, together.clusters) == (48, 8)


@pytest.mark.parametrize("actual", [0.5, 2.0], ids=["all hit", "all missed"])
def test_the_interval_stays_within_0_and_1(actual):
    """Where all hit or all miss, other shares stay possible."""
    few, many = (
        scores.coverage(
            np.zeros(4 * n), np.ones(4 * n), np.full(4 * n, actual), np.arange(4 * n) // n
        )
        for n in (1, 30)
    )
    assert 0 <= few.low < few.high <= 1
    assert few.high - few.low > 0.5
    assert (many.low, many.high) == (few.low, few.high)
    two = scores.coverage(np.zeros(9), np.ones(9), np.full(9, actual), np.arange(9) // 5)
    assert two.high - two.low > 0.99


def test_too_little_for_an_interval():
    """One cluster has a share alone, none has nothing; unknown ranges are left out."""
    one = scores.coverage([0, 0, np.nan], [1, 1, 1], [0.5, 3, 0.5], ["a", "a", "b"])
    assert (one.share, one.n, one.clusters) == (0.5, 2, 1)
    assert np.isnan([one.low, one.high]).all()
    none = scores.coverage([], [], [], [])
    assert none.n == 0
    assert np.isnan(none.share)


def test_bounds_count_as_hit():
    """A value on either end of the range lies within it."""
    assert scores.coverage([0, 0], [1, 1], [0, 1], ["a", "b"]).share == 1.0


def test_skill_by_hand():
    """1 is perfect, 0 as good as naive, unknown where naive was perfect."""
    assert scores.skill(0.0, 2.0) == 1.0
    assert scores.skill(3.0, 2.0) == -0.5
    assert np.isnan(scores.skill(1.0, 0.0))
