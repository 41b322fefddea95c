"""How deals end as they age: by hand, against a naive count and statsmodels, and in simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from qbr_lib.metrics import survival

CODES = {"open": 0, "won": 1, "lost": 2}


@st.composite
def lives(draw, most=12):
    """Draw deals as (entry, age, end)."""
    deal = st.tuples(st.integers(0, most), st.integers(0, most), st.sampled_from(list(CODES)))
    drawn = draw(st.lists(deal, min_size=1, max_size=25))
    return [(min(entry, age), age, end) for entry, age, end in drawn]


def curve(rows):
    """Return the curve of deals given as (entry, age, end)."""
    return survival.curve(*zip(*rows, strict=True))


def naive(rows, days):
    """Return shares won, lost and open by an age: age by age, each deal asked anew."""
    won = lost = 0.0
    still = 1.0
    for age in range(days + 1):
        watched = [row for row in rows if row[0] <= age <= row[1]]
        ended = [row[2] for row in watched if row[1] == age]
        if not watched:
            continue
        won += still * ended.count("won") / len(watched)
        lost += still * ended.count("lost") / len(watched)
        still *= 1 - (len(ended) - ended.count("open")) / len(watched)
    return won, lost, still


def test_worked_example():
    """Four deals: one won at 10, one lost at 20, one last seen at 15, one won at 30."""
    made = curve([(0, 10, "won"), (0, 20, "lost"), (0, 15, "open"), (0, 30, "won")])
    assert made.age.tolist() == [10, 20, 30]
    assert made.watched.tolist() == [4, 2, 1]
    assert [made.share(days) for days in (9, 10, 20, 30)] == [0.0, 0.25, 0.25, 0.625]
    assert made.lost.tolist() == [0.0, 0.375, 0.375]
    assert (made.median(), made.mean(), made.n) == (30.0, 22.0, 4)
    assert made.chance([0, 10, 29, 30, 99]).tolist() == [0.625, 0.5, 1.0, 0.0, 0.0]


def test_a_deal_counts_from_when_it_came_into_sight():
    """Of two deals of 30 days one came into sight at 20, so that only one was there at 10."""
    made = curve([(0, 10, "won"), (0, 30, "open"), (20, 30, "lost")])
    assert made.watched.tolist() == [2, 2]
    assert (made.won.tolist(), made.lost.tolist()) == ([0.5, 0.5], [0.0, 0.25])


@pytest.mark.parametrize(
    ("rows", "days"),
    [([(0, 10, "open")], 11), ([(0, 5, "won"), (20, 40, "open")], 30)],
    ids=["older than any deal", "one early deal ended, the older ones tell nothing of it"],
)
def test_what_was_not_seen_is_unknown(rows, days):
    """No share beyond the deals that were followed, nor where the few early ones all ended."""
    assert math.isnan(curve(rows).share(days))


def test_nothing_won():
    """Without wins there is neither median nor mean, and the interval starts at 0."""
    made = curve([(0, 10, "lost"), (0, 90, "open")])
    assert math.isnan(made.median())
    assert math.isnan(made.mean())
    assert made.interval(60) == survival.wilson(0, 2)
    assert curve([(0, 90, "open")]).interval(60) == survival.wilson(0, 1)
    assert curve([(0, 5, "won")] * 3).interval(60) == survival.wilson(3, 3)


@settings(max_examples=60, deadline=None)
@given(rows=lives())
def test_laws(rows):
    """Won, lost and open make 1 and only grow or shrink; the order of deals does not matter."""
    made = curve(rows)
    assert np.allclose(made.won + made.lost + made.open, 1)
    for rising in (made.won, made.lost, -made.open):
        assert (np.diff(rising) >= 0).all()
    assert np.array_equal(curve(rows[::-1]).won, made.won)
    assert ((made.chance(range(20)) >= 0) & (made.chance(range(20)) <= 1 + 1e-12)).all()


@settings(max_examples=60, deadline=None)
@given(rows=lives())
def test_equals_a_naive_count(rows):
    """Deals that come into sight late are counted as a loop over every age counts them."""
    made = curve(rows)
    for place, age in enumerate(made.age):
        found = (made.won[place], made.lost[place], made.open[place])
        assert found == pytest.approx(naive(rows, int(age)))


@settings(max_examples=40, deadline=None)
@given(rows=lives(most=40))
def test_equals_statsmodels(rows):
    """Where every deal is seen from its creation, shares and errors are those of statsmodels."""
    rows = [(0, age, end) for _, age, end in rows] + [
        (0, 99, "open"),
        (0, 1, "won"),
        (0, 2, "lost"),
    ]
    made = curve(rows)
    ages, ends = np.array([row[1] for row in rows]), np.array([CODES[row[2]] for row in rows])
    known = CumIncidenceRight(ages, ends)
    place = np.searchsorted(known.times, made.age)
    assert made.won == pytest.approx(known.cinc[0][place])
    assert made.lost == pytest.approx(known.cinc[1][place])
    errors = [made.error(int(age)) for age in made.age]
    assert errors == pytest.approx(known.cinc_se[0][place], abs=1e-9)


def simulated(random, n, win, lose, *, from_before):
    """Return deals of a year, with those from before it where asked: entry, age, end."""
    created = random.integers(-400 if from_before else 0, 365, n)
    won, lost = random.exponential(win, n), random.exponential(lose, n)
    ends = np.floor(np.minimum(won, lost)).astype(int)
    over = ends <= 365 - created
    end = np.where(over, np.where(won < lost, "won", "lost"), "open")
    entry, age = np.maximum(0, -created), np.minimum(ends, 365 - created)
    return entry[age >= entry], age[age >= entry], end[age >= entry]


@pytest.mark.parametrize(
    ("n", "win", "lose", "from_before"),
    [(60, 200, 80, False), (150, 60, 60, True), (250, 300, 100, True)],
)
def test_the_interval_holds_in_95_of_100(n, win, lose, from_before):
    """In 1,000 simulated years the interval holds the true chance in 93 to 97 of 100."""
    random, rate = np.random.default_rng(7), 1 / win + 1 / lose
    truth = (1 - math.exp(-61 * rate)) / win / rate  # whole days: won before the 61st is over
    held = []
    for _ in range(1000):
        low, high = survival.curve(
            *simulated(random, n, win, lose, from_before=from_before)
        ).interval(60)
        held.append(low <= truth <= high)
    assert 0.93 <= np.mean(held) <= 0.97
