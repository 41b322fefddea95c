"""The effects of factors: exact, and lawful whatever the numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.metrics.decomposition import EFFECTS, cents, lmdi, revenue, shapley

POSITIVE = st.floats(0.01, 1e4)
ANY = st.one_of(st.just(0.0), POSITIVE, st.floats(-1e4, -0.01))


@st.composite
def factors(draw, values=POSITIVE):
    """Draw two sides of up to four cells of up to four factors."""
    shape = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    count = shape[0] * shape[1]
    sides = [draw(st.lists(values, min_size=count, max_size=count)) for _ in range(2)]
    return tuple(np.array(side).reshape(shape) for side in sides)


@st.composite
def sales(draw):
    """Draw decided, won and value of up to five cells in two quarters."""
    cells = draw(st.integers(1, 5))
    sides = []
    for _ in range(2):
        decided = [draw(st.integers(0, 40)) for _ in range(cells)]
        won = [draw(st.integers(0, n)) for n in decided]
        cent = st.integers(-1_000_00, 100_000_00)
        value = [draw(cent) / 100 if n else 0.0 for n in won]
        sides.append(np.array([decided, won, value], dtype="float64").T)
    return np.stack(sides)


def near(effects, other):
    """Tell whether effects are alike, but for the last digits of their size."""
    size = max(1.0, np.abs(effects).max(initial=0.0), np.abs(other).max(initial=0.0))
    return np.abs(effects - other).max(initial=0.0) <= 1e-9 * size


@given(factors(ANY))
@settings(max_examples=150, deadline=None)
def test_effects_add_up_and_turn_round(sides):
    """Effects of a cell add up to its change, and going back undoes them."""
    before, after = sides
    change = after.prod(axis=-1) - before.prod(axis=-1)
    for method in (lmdi, shapley):
        effects = method(before, after)
        left = effects.sum(axis=-1) - change
        assert near(effects + left[..., np.newaxis], effects)  # what is left is of no size to them
        assert near(method(after, before), -effects)


@given(factors(), st.floats(0.01, 1e3), st.randoms())
@settings(max_examples=80, deadline=None)
def test_scale_and_order_of_factors_do_not_matter(sides, scale, random):
    """Another currency scales the effects; factors in another order have the same ones."""
    before, after = sides
    order = list(range(before.shape[1]))
    random.shuffle(order)
    money = np.ones(before.shape[1])
    money[0] = scale
    for method in (lmdi, shapley):
        effects = method(before, after)
        assert near(method(before * money, after * money), effects * scale)
        assert near(method(before[:, order], after[:, order]), effects[:, order])


@given(factors(), st.floats(-1e-4, 1e-4))
@settings(max_examples=60, deadline=None)
def test_both_methods_agree_on_small_changes(sides, step):
    """The smaller the change, the less it matters how it is divided."""
    before, wanted = sides
    after = before * (1 + step * np.sign(wanted - wanted.mean()))
    size = np.abs(before.prod(axis=-1)).max()
    assert np.abs(lmdi(before, after) - shapley(before, after)).max() <= 1e-10 * size


@pytest.mark.parametrize("gap", [0.0, 1e-12, 1e-7, 9.9e-4, 1.1e-3, 0.1])
def test_close_numbers_keep_their_digits(gap):
    """The logarithmic mean of nearly equal numbers lies between them, seamlessly."""
    before, after = np.array([[2.0, 3.0]]), np.array([[2.0 * (1 + gap), 3.0]])
    assert lmdi(before, after)[0] == pytest.approx([6.0 * (1 + gap) - 6.0, 0.0], rel=1e-9, abs=0)


def test_factors_that_are_0_together_share_the_change():
    """Two factors came from 0: each has half of what came; the third none."""
    effects = lmdi(np.array([[0.0, 0.0, 5.0]]), np.array([[2.0, 3.0, 7.0]]))
    assert effects.tolist() == [[21.0, 21.0, 0.0]]


@given(sales())
@settings(max_examples=200, deadline=None)
def test_revenue_changes_by_exactly_its_effects(sides):
    """With new and vanished cells, none won and credit notes: to the cent, and back again."""
    effects = revenue(*sides)
    change = sides[1, :, 2] - sides[0, :, 2]
    assert np.isfinite(effects).all()
    assert near(effects.sum(axis=-1), change)
    total = round(change.sum(), 2)
    assert round(cents(effects.sum(axis=0), total).sum() - total, 2) == 0
    back = revenue(*sides[::-1])
    swapped = [
        EFFECTS.index(one) for one in ("volume", "win_rate", "mix", "vanished", "new", "deal_size")
    ]
    assert near(back, -effects[:, swapped])


@given(sales(), st.integers(2, 5))
@settings(max_examples=80, deadline=None)
def test_parts_that_are_alike_may_be_one(sides, parts):
    """A product cut into equal parts moves revenue as the whole of it did."""
    pieces = np.concatenate([sides[:, :1] / parts] * parts + [sides[:, 1:]], axis=1)
    assert near(revenue(*pieces).sum(axis=0), revenue(*sides).sum(axis=0))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([0, 0, 0], [4, 2, 80], {"new": 80}),
        ([4, 2, 80], [0, 0, 0], {"vanished": -80}),
        ([4, 0, 0], [4, 2, 80], {"win_rate": 80}),
        ([4, 2, 80], [4, 0, 0], {"win_rate": -80}),
        ([4, 2, 0], [4, 2, 80], {"deal_size": 80}),
        ([4, 2, 80], [8, 4, 160], {"volume": 80}),
        ([4, 2, 80], [4, 2, -20], {"deal_size": -100}),
        ([4, 0, 0], [9, 0, 0], {}),
    ],
    ids=["new", "vanished", "first won", "none won", "amounts", "more", "credit note", "never won"],
)
def test_one_cell_among_others(before, after, told):
    """What happened in one cell is told by its one factor; the constant other cell tells nothing."""
    effects = revenue(np.array([before]), np.array([after]))[0]
    found = {one: round(value, 9) for one, value in zip(EFFECTS, effects, strict=True) if value}
    assert found == told


def test_cents_never_wander_far():
    """Each amount stays within a cent of what it was, and they add up as asked."""
    exact = np.array([1.005, -2.333, 0.0, 7.6666, 1e7 / 3])
    found = cents(exact, round(exact.sum(), 2))
    assert found.sum() == pytest.approx(round(exact.sum(), 2), abs=1e-9)
    assert np.abs(found - exact).max() < 0.01
