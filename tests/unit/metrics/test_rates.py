"""Win rates by part: each beside its own before, what may be a pattern, and whether parts differ."""

import math

import pandas as pd
import pytest

from qbr_lib.metrics import conversion, patterns, rates

DAYS = ["2026-08-01", "2026-05-01", "2026-02-01", "2025-11-01", "2025-08-01", "2025-05-01"]
CHECKED = ["value", "won", "decided", "won_before", "decided_before"]


def closed(won, lost, back=0, **given):
    """Return deals decided a number of quarters ago."""
    known = {"closed_on": DAYS[back], "created_on": "2025-01-01", "amount": 100.0} | given
    return [known | {"status": "won"}] * won + [known | {"status": "lost"}] * lost


def numbered(*groups):
    """Return the deals of all groups, each with an id of its own."""
    deals = [deal for group in groups for deal in group]
    return [deal | {"opportunity_id": f"d{n}"} for n, deal in enumerate(deals)]


def steady(won, lost, **given):
    """Return five earlier quarters alike."""
    return [deal for back in range(1, 6) for deal in closed(won, lost, back, **given)]


def test_worked_example(make_slice):
    """Two products and deals without one: counted now and before, the most decided first."""
    deals = numbered(
        closed(3, 5, product="A"), closed(1, 1, 1, product="A"), closed(2, 0), closed(0, 1, 2)
    )
    frame = rates.by(make_slice(deals), "product")
    assert frame[CHECKED[1:]].to_numpy().tolist() == [[3, 8, 1, 2], [2, 2, 0, 1]]
    assert frame["value"][0] == "A"
    assert math.isnan(frame["value"][1])
    assert (frame["low"][0], frame["high"][0]) == pytest.approx(conversion.wilson(3, 8))
    assert frame["difference"].tolist() == [3 / 8 - 1 / 2, 1.0]
    assert frame["early"].tolist() == [False, True]


def test_parts_add_up(make_slice):
    """The rows of a breakdown hold every decided deal once, in any order of the deals."""
    deals = numbered(closed(3, 5, competitor="A"), closed(2, 2, competitor="B"), closed(1, 0))
    data = make_slice(deals)
    untouched = data.opportunities.copy()
    frame = rates.by(data, "competitor")
    assert frame[["won", "decided"]].sum().tolist() == [6, 13]
    assert data.opportunities.equals(untouched)
    pd.testing.assert_frame_equal(rates.by(make_slice(deals[::-1]), "competitor"), frame)


def test_nothing_decided(make_slice):
    """Without decided deals there is no breakdown and no claim."""
    data = make_slice()
    assert rates.tables(data) == {}
    assert rates.claims({}) == []
    assert rates.by(data, "product").empty


def test_what_nearly_all_share_is_no_breakdown(make_slice):
    """A territory that nine in ten deals lie in only repeats the team."""
    deals = numbered(closed(5, 14, territory="A", product="P"), closed(0, 1, product="Q"))
    assert rates.columns(rates.window(make_slice(deals))) == []


def test_cut_quarters_are_no_earlier_ones(make_slice):
    """A quarter that the data begins within is not compared with."""
    deals = numbered(closed(3, 5, product="A"), closed(8, 8, 1, product="A"))
    frame = rates.by(make_slice(deals, data_since="2026-05-01"), "product")
    assert frame["decided_before"].tolist() == [0]


def test_sizes_are_the_teams_own_thirds(make_slice):
    """Bounds from earlier deals; without amounts on the lost ones there are no sizes."""
    past = [closed(1, 1, 1, list_amount=float(amount)) for amount in range(1, 31)]
    now = [closed(1, 1, list_amount=5.0), closed(0, 1, list_amount=30.0)]
    data = make_slice(numbered(*past, *now))
    low, high = rates.size_bounds(rates.window(data))
    assert (round(low), round(high)) == (11, 20)
    frame = rates.by(data, "size")
    assert frame[CHECKED].to_numpy().tolist() == [["small", 1, 2, 10, 20], ["large", 0, 1, 10, 20]]
    priced = [[deal | {"list_amount": None} for deal in group] for group in (*past, *now)]
    bare = [
        deal | {"amount": 0.0} if deal["status"] == "lost" else deal
        for one in priced
        for deal in one
    ]
    assert rates.size_bounds(rates.window(make_slice(numbered(bare)))) is None


def test_a_fall_against_one_competitor_is_claimed(make_slice):
    """One competitor beats the team as never before: its money, its chance, and no other claim."""
    deals = numbered(
        closed(2, 38, competitor="A", amount=50.0), steady(10, 20, competitor="A", amount=50.0),
        closed(10, 20, competitor="B"), steady(10, 20, competitor="B"),
    )  # fmt: skip
    data = make_slice(deals)
    first, second = rates.claims({"competitor": rates.by(data, "competitor")})
    assert (first.kind, first.name, first.subject, first.n) == ("rate", "competitor", "A", 40)
    assert first.money == pytest.approx((0.05 - 1 / 3) * 40 * 50)
    assert first.chance == patterns.of_rate(2, 40, [(10, 30)] * 5)
    assert not first.favourable
    assert second.favourable
    assert patterns.judged([first, second])["pattern"].tolist() == [True, False]


def test_a_new_competitor_is_held_against_the_teams_own_rate_before(make_slice):
    """A value without any earlier deal: the team's usual rate, not what others did this quarter."""
    deals = numbered(closed(0, 20, competitor="New"), closed(30, 10), steady(10, 10))
    deals += numbered(closed(0, 10, 1, competitor="Gone"))
    claims = rates.claims(rates.tables(make_slice(deals)))
    new = next(claim for claim in claims if claim.subject == "New")
    assert new.usual == 50 / 110
    assert new.chance == patterns.of_rate(0, 20, [(10, 30), *[(10, 20)] * 4])
    young = make_slice(deals, data_since="2026-01-01")
    told = [claim for claim in rates.claims(rates.tables(young)) if claim.subject == "New"]
    assert [math.isnan(claim.chance) for claim in told] == [True]


def test_few_deals_are_no_claim(make_slice):
    """Seven deals now, or nineteen before, are shown and not claimed."""
    now = numbered(closed(0, 7, product="A"), steady(5, 5, product="A"), closed(3, 4))
    before = numbered(closed(0, 8, product="A"), closed(9, 10, 1, product="A"), closed(9, 9))
    assert [rates.claims(rates.tables(make_slice(deals))) for deals in (now, before)] == [[], []]


def test_no_loss_on_record_is_no_claim(make_slice):
    """A quarter that only knows won deals says more of the record than of the sales."""
    deals = numbered(
        closed(30, 0, product="A"), closed(20, 0, product="B"), steady(5, 5, product="A")
    )
    assert rates.claims(rates.tables(make_slice(deals))) == []


def test_withheld_territories_stay_out(make_slice):
    """Where people are not shown, what too few of them hold is in no row."""
    held = pd.DataFrame(
        [("team", "nord", "territory", name, "2026-Q3", n) for name, n in [("A", 9), ("B", 1), ("C", 6)]],
        columns=["scope", "scope_id", "column", "value", "quarter", "people"],
    )  # fmt: skip
    deals = numbered(*(closed(3, 5, territory=name) for name in "ABC"))
    data = make_slice(deals)
    data.tables["holders"] = held
    assert rates.by(data, "territory")["value"].tolist() == ["A"]
