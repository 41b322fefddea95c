"""What may be claimed beyond the facts."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from qbr_lib.metrics import patterns
from qbr_lib.metrics.patterns import TOO_EARLY, Claim

EARLIER = [90.0, 95.0, 100.0, 102.0, 105.0, 110.0]


def claim(chance, money=1.0, name="one"):
    """Return a claim about a figure."""
    return Claim("figure", name, "", 1.0, 2.0, money, chance, 10, favourable=False)


def test_the_family_is_that_of_two_other_libraries():
    """The published fifteen chances: four are patterns, as statsmodels and the paper say."""
    chances = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    chances += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    found = patterns.judged([claim(chance, name=f"{n:02}") for n, chance in enumerate(chances)])
    assert found["pattern"].sum() == multipletests(chances, method="fdr_bh")[0].sum() == 4
    assert sorted(found.loc[found["pattern"], "name"]) == ["00", "01", "02", "03"]


def test_too_early_counts_in_no_family():
    """What cannot be judged yet neither is a pattern nor hides another one."""
    found = patterns.judged([claim(0.04), *(claim(TOO_EARLY, name=str(n)) for n in range(50))])
    assert found["pattern"].tolist() == [True] + [False] * 50


def test_patterns_stand_first_then_money():
    """A small pattern stands before a large fact."""
    found = patterns.judged([claim(0.9, -5e6, "fact"), claim(0.001, 10.0, "pattern")])
    assert found["name"].tolist() == ["pattern", "fact"]
    assert patterns.judged([]).empty


def test_a_level_is_held_against_a_prediction_interval():
    """Just at the bounds of Student's 95 % prediction interval the chance is 5 %."""
    known = np.array(EARLIER)
    reach = stats.t.ppf(0.975, 5) * known.std(ddof=1) * np.sqrt(1 + 1 / 6)
    assert patterns.of_level(known.mean() - reach, EARLIER) == pytest.approx(0.05)
    assert patterns.of_level(110.0, EARLIER) == 1.0
    assert np.isnan(patterns.of_level(500.0, EARLIER[:3]))
    assert patterns.of_level(7.0, [5.0] * 6) == 1.0


def test_nothing_at_all_is_no_wonder_where_little_is_usual():
    """A sum that was small before and is 0 now is far by factors only, one grown tenfold by both."""
    restless = [30.0, 5.0, 60.0, 12.0, 90.0, 8.0, 25.0]
    assert patterns.of_size(0.0, restless) > 0.3
    assert patterns.of_size(900.0, restless) < 0.05
    assert np.isnan(patterns.of_size(-1.0, restless))
    assert patterns.of_count(0, [9, 11, 10, 12, 8, 10]) < 0.01


def test_an_effect_is_held_against_error_and_earlier_swings():
    """The wider of both counts: a team that always swings is not claimed for swinging."""
    assert patterns.of_effect(10.0, 2.0, [0.1] * 8) < 0.01
    assert patterns.of_effect(10.0, 2.0, [9.0, -9.5, 8.0, -9.0, 9.9, -8.0]) > 0.2
    assert patterns.of_effect(10.0, 2.0, [10.0, 1.0, 1.0, 1.0]) == 1.0
    assert np.isnan(patterns.of_effect(10.0, 2.0, [1.0, 1.0]))


@pytest.mark.parametrize(
    "earlier", [[0.1] * 8, [9.0, -9.5, 8.0, -9.0, 9.9, -8.0], [30.0, 1.0, 1.0]]
)
def test_the_usual_swing_ends_where_a_claim_begins(earlier):
    """Just within the band the chance is above 5 %, just beyond it below."""
    reach = patterns.swing(2.0, earlier)
    assert patterns.of_effect(reach * 0.999, 2.0, earlier) > 0.05
    assert patterns.of_effect(reach * 1.001, 2.0, earlier) <= 0.05 or reach == max(earlier)
    assert np.isnan(patterns.swing(2.0, earlier[:2]))


def test_a_rate_is_never_surer_than_the_exact_test():
    """Steady quarters: the exact test; quarters that swing: less sure than that."""
    steady, restless = [(20, 40)] * 6, [(10, 40), (30, 40)] * 3
    exact = stats.fisher_exact([[8, 32], [120, 120]]).pvalue
    assert patterns.of_rate(8, 40, steady) >= exact
    assert patterns.of_rate(8, 40, steady) < 0.02
    assert patterns.of_rate(8, 40, restless) > 0.1
    assert np.isnan(patterns.of_rate(8, 40, steady[:3]))
    assert np.isnan(patterns.of_rate(0, 0, steady))


@pytest.mark.parametrize("kind", ["normal", "skewed"])
def test_no_change_is_rarely_called_one(kind):
    """Of 2,000 quarters without any change about one in twenty lies outside at 5 %."""
    random = np.random.default_rng(7)
    drawn = random.normal(10, 2, (2000, 9))
    if kind == "skewed":
        drawn = np.log(random.lognormal(0, 1, (2000, 9, 20)).sum(axis=2))
    share = np.mean([patterns.of_level(row[-1], row[:-1]) <= 0.05 for row in drawn])
    assert 0.035 <= share <= 0.065
