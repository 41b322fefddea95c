"""The funnel at three grades, its money, and what may be a pattern."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.metrics import patterns, stages

STAGES = ["One", "Two", "Three"]
QUARTERS = ["2026-07", "2026-04", "2026-01", "2025-10", "2025-07", "2025-04"]


def quarter(back, counts, *, stay=10, amount=100.0):
    """Return deals and changes of a quarter: how many were lost in each stage, and won at last."""
    first = pd.Timestamp(f"{QUARTERS[back]}-01")
    deals, changes = [], []
    for far, count in enumerate(counts):
        for n in range(count):
            name = f"q{back}-{far}-{n}"
            day = first + pd.Timedelta(days=n % 20)
            for place in range(min(far, len(STAGES) - 1)):
                day += pd.Timedelta(days=stay)
                changes.append((name, day, "stage", STAGES[place], STAGES[place + 1]))
            deals.append({
                "opportunity_id": name, "created_on": first + pd.Timedelta(days=n % 20), "amount": amount,
                "status": "won" if far == len(STAGES) else "lost", "closed_on": day + pd.Timedelta(days=5),
            })  # fmt: skip
    return deals, changes


def world(*quarters, **given):
    """Return all deals and changes of some quarters."""
    parts = [quarter(back, counts, **given) for back, counts in enumerate(quarters)]
    return [deal for deals, _ in parts for deal in deals], [
        one for _, told in parts for one in told
    ]


def test_worked_example(make_slice):
    """Ten, twenty, ten lost in the three stages, ten won: 50, 40 and 20 reached them."""
    found = stages.funnel(make_slice(*world([10, 20, 10, 10]), stages=STAGES))
    assert (found.grade, found.decided, found.won, found.unknown) == ("A", 50, 10, 0)
    assert found.frame["reached"].tolist() == [50, 40, 20]
    assert found.frame["went_on"].tolist() == [40, 20, 10]
    assert found.frame["rate"].tolist() == [0.8, 0.5, 0.5]
    assert np.prod(found.frame["rate"]) == pytest.approx(found.won / found.decided)


def test_the_gap_to_the_best_quarters(make_slice):
    """Half of 40 go on where 30 did in the best quarters: ten deals, half of them won, at 100 each."""
    usual = [10, 10, 15, 15]
    found = stages.funnel(make_slice(*world([10, 20, 10, 10], *[usual] * 5), stages=STAGES))
    row = found.frame.iloc[1]
    assert (row["before"], row["best"]) == (0.75, 0.75)
    assert row["money"] == pytest.approx(10 * 100 * (5 * 15 + 10) / (5 * 30 + 20))
    assert row["money_low"] <= row["money"] <= row["money_high"]


def test_fewer_going_on_is_claimed(make_slice):
    """The one step that fell is the only pattern, with its money; steps that all take are no claim."""
    usual = [20, 20, 20, 20]
    found = stages.funnel(make_slice(*world([20, 50, 5, 5], *[usual] * 5), stages=STAGES))
    claims = [one for one in stages.claims(found) if one.name == "conversion"]
    judged = patterns.judged(claims)
    assert judged.loc[judged["pattern"], "subject"].tolist() == ["Two"]
    claim = next(one for one in claims if one.subject == "Two")
    assert claim.chance == patterns.of_rate(10, 60, [(40, 60)] * 5)
    assert claim.money < 0
    assert not claim.favourable
    none = stages.funnel(make_slice(*world(*[[0, 0, 30, 10]] * 6), stages=STAGES))
    assert [one.subject for one in stages.claims(none) if one.name == "conversion"] == ["Three"]


def test_a_longer_stay_is_claimed(make_slice):
    """Deals stay five times as long as in any quarter before: one pattern a stage."""
    usual = [world(*[[5, 5, 10, 10]] * 6, stay=stay) for stay in (8, 9, 10)]
    deals, changes = [], []
    for back in range(6):
        source = usual[back % 3] if back else world([5, 5, 10, 10], stay=50)
        deals += [one for one in source[0] if one["opportunity_id"].startswith(f"q{back}-")]
        changes += [one for one in source[1] if one[0].startswith(f"q{back}-")]
    found = stages.funnel(make_slice(deals, changes, stages=STAGES, as_of="2026-12-31"))
    claim = next(one for one in stages.claims(found) if (one.name, one.subject) == ("days", "One"))
    assert (claim.value, claim.favourable) == (50, False)
    assert claim.chance < 0.001
    assert found.frame["waiting"].tolist()[1] > 0
    assert set(found.late["stage"]) <= set(STAGES)


@pytest.mark.parametrize(
    "given", [{"stages": []}, {"stages": ["Elsewhere"]}], ids=["no order", "other names"]
)
def test_nothing_known(make_slice, given):
    """Without stages in order there is no funnel and no claim."""
    found = stages.funnel(make_slice(world([1, 1, 1, 1])[0], **given))
    assert found.grade is None
    assert stages.claims(found) == []


def test_no_closing(make_slice):
    """A quarter in which nothing was decided has a funnel of zeros, and no rate."""
    deals = [{"opportunity_id": "a", "created_on": "2026-07-01"}]
    found = stages.funnel(
        make_slice(deals, [("a", "2026-07-04", "stage", "One", "Two")], stages=STAGES)
    )
    assert found.frame["reached"].tolist() == [0, 0, 0]
    assert found.frame["rate"].isna().all()
    assert stages.claims(found) == []


COUNTS = st.lists(st.integers(0, 6), min_size=4, max_size=4).filter(sum)


@settings(max_examples=12, deadline=None)
@given(counts=COUNTS, known=st.booleans())
def test_every_change_lies_within_the_bounds_of_the_last_stage(make_slice, counts, known):
    """What all changes tell lies within what the last stage alone leaves possible, known or not."""
    deals, changes = world(counts)
    if not changes:
        return
    full = stages.funnel(make_slice(deals, changes, stages=STAGES)).frame
    if known:
        deals = [
            deal | {"stage": STAGES[min(int(deal["opportunity_id"].split("-")[1]), 2)]}
            for deal in deals
        ]
    deals = [*deals, {"opportunity_id": "open", "stage": "One", "created_on": "2026-09-01"}]
    part = stages.funnel(make_slice(deals, stages=STAGES))
    assert part.grade == "C"
    assert part.unknown == (0 if known else sum(counts[:3]))
    for one, other in zip(full.itertuples(), part.frame.itertuples(), strict=True):
        if known:
            assert one.rate == other.rate or math.isnan(one.rate)
        elif not math.isnan(one.rate) and sum(counts[:3]):
            assert other.low - 1e-9 <= one.rate
            assert math.isnan(other.high) or one.rate <= other.high + 1e-9


def test_order_and_purity(make_slice):
    """Deals may stand in any order, and no input is changed."""
    deals, changes = world([3, 4, 5, 6], [5, 5, 5, 5])
    data = make_slice(deals, changes, stages=STAGES)
    before = data.opportunities.copy()
    found = stages.funnel(data)
    assert data.opportunities.equals(before)
    turned = stages.funnel(make_slice(deals[::-1], changes, stages=STAGES))
    pd.testing.assert_frame_equal(turned.frame, found.frame)


@pytest.mark.parametrize(
    ("days", "least", "favourable"),
    [(5.0, True, None), (5.0, False, True), (90.0, True, False)],
    ids=["at least", "shorter", "longer at least"],
)
def test_the_least_days_claim_no_shorter_stay(days, least, favourable):
    """Where only the least days are known, they may have been more: longer is claimed, not shorter."""
    past = pd.DataFrame({"exits": 20, "days": [30.0, 31.0, 29.0, 30.0, 32.0], "least": False})
    row = {"stage": "One", "days": days, "exits": 10, "least": least, "days_before": 30.0}
    row |= {"waiting_amount": 0.0, "waiting_before": 0.0, "win_share": 0.5}
    claim = stages._stayed(pd.Series(row), past)
    assert (claim and claim.favourable) == favourable
    unsure = pd.concat([past.assign(days=1.0, least=True), past.assign(days=1.0, exits=7), past])
    assert stages._known_days(unsure).tolist() == past["days"].tolist()
