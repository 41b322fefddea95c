"""Why revenue changed: worked by hand, where it cannot be told, and by a plan."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.measures import (
    CUT_QUARTER,
    NO_AMOUNT,
    NO_CLOSINGS,
    NO_DRIVER_PLAN,
    NOT_OVER,
    REGISTRY,
    Measure,
)
from qbr_lib.metrics import drivers
from qbr_lib.metrics.decomposition import EFFECTS
from qbr_lib.periods import Quarter
from qbr_lib.record import Drivers, Goal, Revision
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing

NOW, BEFORE, YEAR_AGO = "2026-08-01", "2026-05-01", "2025-08-01"


def several(day, won, lost, amount, product="A", start=0):
    """Return won and lost deals of a product that closed on one day."""
    base = f"{day}-{product}-{start}"
    return [
        *(closing(f"{base}-w{n}", day, amount, product=product) for n in range(won)),
        *(closing(f"{base}-l{n}", day, amount, "lost", product=product) for n in range(lost)),
    ]


def plan_goal(value=100.0, decided=10, win_rate=0.5, average=20.0, **given):
    """Return a revenue goal with what it consists of."""
    plan = Drivers(decided=decided, win_rate=win_rate, average_won_amount=average)
    known = {"id": "g", "title": "Revenue", "kind": "revenue", "metric": "bookings.won_amount"}
    return Goal(**known, scope={"team": "nord"}, owner="team", target=value, drivers=plan, **given)


def effects_of(data, then=None):
    """Return the effects that are not 0, in whole money."""
    found = drivers.compared(data, then or data.quarter.previous)
    return {one: round(value) for one, value in found.effects.items() if round(value)}


def test_each_factor_alone():
    """Twice as many deals, a rate, an amount: the one that changed has the whole change."""
    base = several(BEFORE, 4, 4, 10.0)
    assert effects_of(build_slice(base + several(NOW, 8, 8, 10.0))) == {"volume": 40}
    assert effects_of(build_slice(base + several(NOW, 6, 2, 10.0))) == {"win_rate": 20}
    assert effects_of(build_slice(base + several(NOW, 4, 4, 15.0))) == {"deal_size": 20}


def test_the_mix_alone():
    """As many deals, each product as ever: but fewer of the dearer one."""
    deals = several(BEFORE, 4, 4, 10.0) + several(BEFORE, 4, 4, 30.0, "B")
    deals += several(NOW, 6, 6, 10.0) + several(NOW, 2, 2, 30.0, "B")
    assert effects_of(build_slice(deals)) == {"mix": -40}


def test_new_and_vanished_products_stand_apart():
    """A product without decisions in one quarter has no rates to compare; the measure is mix."""
    base = several(BEFORE, 4, 4, 10.0) + several(NOW, 4, 4, 10.0)
    deals = base + several(BEFORE, 2, 2, 5.0, "Old") + several(NOW, 2, 2, 7.0, "New")
    data = build_slice(deals)
    assert effects_of(data) == {"new": 14, "vanished": -10}
    values = {one.id: one.value for one in drivers.measures(data) if isinstance(one, Measure)}
    assert values["drivers.mix"] == pytest.approx(4)
    table = drivers.table(drivers.on_previous(data))
    assert table["factor"].tolist() == ["volume", "win_rate", "mix", "new", "vanished", "deal_size"]
    assert table["chance"].isna().all()


def test_a_deal_without_an_amount_is_won_and_adds_nothing():
    """Known amounts alone add up to the revenue; the deal size takes the loss."""
    deals = (
        several(BEFORE, 4, 4, 10.0)
        + several(NOW, 3, 4, 10.0)
        + [closing("x", NOW, None, product="A")]
    )
    assert effects_of(build_slice(deals)) == {"deal_size": -10}


def test_against_the_year_before():
    """The same frame against the same quarter of the year before, by its own ids."""
    data = build_slice(several(YEAR_AGO, 2, 2, 10.0) + several(NOW, 4, 4, 10.0))
    values = {one.id: getattr(one, "value", None) for one in drivers.measures(data)}
    assert values["drivers.on_year_ago.volume"] == 20
    assert values["drivers.on_year_ago.residual"] == 0
    assert values["drivers.volume"] is None


def test_every_id_once():
    """All ids of the registry come back, whatever is missing."""
    ids = [one.id for one in drivers.measures(build_slice([]))]
    assert sorted(ids) == sorted(one for one in REGISTRY if one.startswith("drivers."))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"absent": ("amount",)}, (NO_AMOUNT, {})),
        ({"as_of": "2026-09-29"}, (NOT_OVER, {"quarter": "2026-Q3"})),
        ({"data_since": "2026-07-02"}, (CUT_QUARTER, {"quarter": "2026-Q3"})),
        ({"data_since": "2026-04-02"}, (CUT_QUARTER, {"quarter": "2026-Q2"})),
        ({"deals": several(BEFORE, 2, 2, 10.0)}, (NO_CLOSINGS, {"quarter": "2026-Q3"})),
        ({"deals": several(NOW, 2, 2, 10.0)}, (NO_CLOSINGS, {"quarter": "2026-Q2"})),
    ],
    ids=["amounts", "running", "cut now", "cut before", "no closing", "none before"],
)
def test_where_it_cannot_be_told(given, reason):
    """The reason is named, and nothing is computed."""
    deals = given.pop("deals", several(BEFORE, 2, 2, 10.0) + several(NOW, 2, 2, 10.0))
    data = build_slice(deals, **given)
    assert drivers.missing(data, data.quarter.previous) == reason
    assert drivers.on_previous(data) is None
    assert drivers.claims(drivers.on_previous(data)) == []


def test_the_plan_explains_the_gap_to_the_target():
    """100 planned as 10 × 50 % × 20; 8 decided, 4 won of 15: fewer and smaller deals."""
    data = build_slice(several(NOW, 4, 4, 15.0))
    found = drivers.planned(data, plan_goal())
    effects = {one: value for one, value in found.effects.items() if value}
    assert set(effects) == {"volume", "deal_size"}
    assert round(sum(effects.values()), 2) == found.change == -40
    values = {
        one.id: one.value for one in drivers.measures(data, plan_goal()) if hasattr(one, "value")
    }
    assert values["drivers.on_target.mix"] == values["drivers.on_target.residual"] == 0


def test_a_rounded_plan_counts_with_exactly_the_target():
    """99.50 planned for 100: the gap to 100 is explained to the cent."""
    data = build_slice(several(NOW, 4, 4, 15.0))
    found = drivers.planned(data, plan_goal(average=19.9))
    assert round(sum(found.effects.values()), 2) == -40


def test_without_a_plan_the_gap_stands_undivided():
    """A goal that says nothing, and one that was revised without a new plan."""
    data = build_slice(several(NOW, 4, 4, 15.0))
    revised = Revision(at=dt.date(2026, 7, 3), by="lead", value=150.0, reason="agreed")
    for goal in (None, plan_goal(revisions=(revised,))):
        gone = [
            one for one in drivers.measures(data, goal) if one.id.startswith("drivers.on_target")
        ]
        assert {(one.reason, one.details["quarter"]) for one in gone} == {
            (NO_DRIVER_PLAN, "2026-Q3")
        }


def test_bands_are_the_same_each_time_and_hold_the_effect():
    """Seeded, whatever the order of the rows; the interval lies about the effect."""
    deals = several(BEFORE, 40, 60, 10.0) + several(NOW, 50, 60, 12.0)
    first = drivers.measures(build_slice(deals))
    assert drivers.measures(build_slice(deals[::-1])) == first
    volume = next(one for one in first if one.id == "drivers.volume")
    assert volume.low < volume.value < volume.high
    assert volume.n == 210


def test_the_band_of_the_volume_is_what_theory_says():
    """Counts swing by their roots: 1.96 × √(1/110 + 1/100) of about 500 in money."""
    deals = several(BEFORE, 40, 60, 10.0) + several(NOW, 44, 66, 10.0)
    row = drivers.table(drivers.on_previous(build_slice(deals))).set_index("factor").loc["volume"]
    assert row["error"] == pytest.approx(420 * np.sqrt(1 / 110 + 1 / 100), rel=0.25)


def quarters_of(counts, day_of="2026-08-01"):
    """Return deals of one quarter after the other, the last one under review."""
    last, deals = Quarter.parse("2026-Q3"), []
    for back, (won, lost) in enumerate(reversed(counts)):
        day = str(last.shift(-back).first_day + dt.timedelta(days=9))
        deals += several(day, won, lost, 10.0)
    return deals


def test_usual_swings_are_the_teams_own():
    """A leap beyond all earlier ones is claimed, one like theirs is not; too few say nothing."""
    calm = [(40, 60), (41, 60), (40, 62), (39, 60), (40, 59), (41, 61), (40, 60)]
    for last, sure in (((80, 120), True), ((42, 60), False)):
        found = drivers.on_previous(build_slice(quarters_of([*calm, last])))
        claim = {one.name: one for one in drivers.claims(found)}["volume"]
        row = drivers.table(found).set_index("factor").loc["volume"]
        assert (claim.chance < 0.05) is sure
        assert bool(abs(row["effect"]) > row["usual"]) is sure
        assert claim.favourable == (row["effect"] > 0)
    few = drivers.on_previous(build_slice(quarters_of([(4, 6)] * 8)))
    assert drivers.table(few)["usual"].isna().all()


def test_a_quarter_without_decisions_is_no_swing():
    """A pause and the return from it have no rates to compare: they tell nothing of what is usual."""
    calm = [(40, 60), (41, 60), (0, 0), (39, 60), (40, 59), (41, 61), (40, 60)]
    found = drivers.on_previous(build_slice(quarters_of([*calm, (42, 60)])))
    assert np.isnan(found.earlier[:, 0]).sum() == 2


def test_the_largest_is_stated_either_way():
    """The largest effect is named also where revenue went the other way."""
    deals = several(BEFORE, 40, 60, 10.0) + several(NOW, 24, 36, 17.0)
    found = drivers.on_previous(build_slice(deals))
    assert (found.change, drivers.largest(found)) == (8, "deal_size")


DEAL = st.tuples(
    st.sampled_from(["A", "B", "C", None]),
    st.sampled_from(["won", "lost"]),
    st.one_of(st.none(), st.integers(-5_000_00, 90_000_00).map(lambda cents: cents / 100)),
    st.sampled_from([NOW, BEFORE, YEAR_AGO]),
)


@given(st.lists(DEAL, max_size=40))
@settings(max_examples=60, deadline=None)
def test_nothing_is_ever_left_over(drawn):
    """Any deals: what can be told adds up to the change of revenue, residual 0.00."""
    deals = [
        closing(n, day, amount, status, product=product)
        for n, (product, status, amount, day) in enumerate(drawn)
    ]
    data = build_slice(deals)
    for one in drivers.measures(data):
        if isinstance(one, Measure) and one.id.endswith("residual"):
            assert one.value == 0


def test_a_lost_cent_is_named(monkeypatch):
    """Sums that do not agree with the bookings leave a residual."""
    data = build_slice(several(BEFORE, 4, 4, 10.0) + several(NOW, 5, 4, 10.0))
    found = drivers.compared(data, data.quarter.previous)
    found.sums[1, 0, 2] -= 0.01
    left = drivers._measured("drivers.", found)[-1]
    assert (left.id, left.value) == ("drivers.residual", 0.01)


def test_effects_have_their_order():
    """The order of effects is that of the page: volume, rate, mix, size."""
    assert EFFECTS == ("volume", "win_rate", "mix", "new", "vanished", "deal_size")
