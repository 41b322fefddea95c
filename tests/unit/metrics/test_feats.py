"""Single deals to celebrate: only where rare, each once, with its chance."""

import pandas as pd
import pytest

from qbr_lib.metrics import feats
from tests.unit.metrics.test_bookings import closing

MONTHS = [f"{year}-{month:02}" for year in (2024, 2025, 2026) for month in (2, 5, 8, 11)][:11]


def history(*, each=1, **given):
    """Return deals alike in each of eleven quarters up to 2026-Q3."""
    known = {"created_on": None, "product": "Pump", "segment": "A", "account_id": "a"} | given
    deals = []
    for number, month in enumerate(MONTHS):
        created = pd.Timestamp(f"{month}-10") - pd.Timedelta(days=60)
        deals += [
            closing(f"{number}-{n}", f"{month}-10", 100.0, **known | {"created_on": created})
            for n in range(each)
        ]
    return deals


def _found(make_slice, *more, **given):
    data = make_slice([*history(), *more], **given)
    return feats.found(data, feats.won_so_far(data))


def test_the_largest_deal_with_its_chance(make_slice):
    """Two of twelve deals are of the quarter: one of them is the largest with a chance of 1 in 6."""
    (one,) = _found(make_slice, closing("big", "2026-09-01", 500.0, name="Big pump"))
    assert (one.rule, one.about, one.money, one.value) == ("largest", "Big pump", 500.0, 500.0)
    assert one.chance == pytest.approx(2 / 12)


def test_a_quarter_of_few_deals_is_not_rarer_than_one_quarter(make_slice):
    """A single deal among many still has no smaller chance than 1 in as many quarters."""
    deals = [one for one in history(each=9) if not one["closed_on"].startswith("2026-08")]
    data = make_slice([*deals, closing("big", "2026-09-01", 500.0)])
    (one,) = feats.found(data, feats.won_so_far(data))
    assert one.chance == pytest.approx(1 / 11)


def test_what_is_no_record(make_slice):
    """A tie, a deal of before, a young team and a busy quarter celebrate nothing."""
    assert _found(make_slice, closing("tie", "2026-09-01", 100.0)) == []
    assert _found(make_slice, closing("old", "2026-06-01", 500.0)) == []
    big = closing("big", "2026-09-01", 500.0)
    young = make_slice([*history()[-3:], big], data_since="2026-02-01")
    assert feats.found(young, feats.won_so_far(young)) == []
    assert _found(make_slice, big, *(closing(n, "2026-09-01", 1.0) for n in range(5))) == []
    assert feats.found(make_slice(), feats.won_so_far(make_slice())) == []


def test_the_fastest_among_the_larger_half(make_slice):
    """A small deal and one entered when it was won are not compared."""
    made = {"created_on": "2026-08-20"}
    (one,) = _found(make_slice, closing("fast", "2026-09-01", 100.0, **made))
    assert (one.rule, one.value, one.money) == ("fastest", 12.0, 100.0)
    assert _found(make_slice, closing("small", "2026-09-01", 99.0, **made)) == []
    assert _found(make_slice, closing("late", "2026-08-20", 100.0, **made)) == []
    assert (
        _found(make_slice, closing("fast", "2026-09-01", 100.0, **made), absent=("created_on",))
        == []
    )


@pytest.mark.parametrize("column", ["product", "segment", "territory"])
def test_a_first_time_is_told_of_its_rarest_column(make_slice, column):
    """The first deal of a new kind, where such a thing came in 1 of the 7 quarters compared."""
    new = closing("new", "2026-09-01", 50.0, product="Pump", segment="A", account_id="a")
    (one,) = _found(make_slice, new | {column: "New"})
    assert (one.rule, one.column, one.what, one.money) == ("first", column, "New", 50.0)
    assert one.chance == pytest.approx(1 / 7)
    assert _found(make_slice, new | {column: "New"}, absent=(column,)) == []


def test_first_times_that_come_often_are_none(make_slice):
    """Where every quarter meets a new product, one more is nothing to celebrate."""
    often = [closing(f"n{n}", f"{month}-11", 10.0, product=month) for n, month in enumerate(MONTHS)]
    assert _found(make_slice, *often) == []


def test_industries_come_from_the_accounts(make_slice):
    """A first industry is told; accounts that are unknown have none."""
    accounts = [{"account_id": "a", "industry": "Dairy"}, {"account_id": "b", "industry": "Ports"}]
    deals = [closing("b", "2026-09-01", 50.0, account_id="b", product="Pump", segment="A")]
    deals += [closing("c", "2026-09-01", 50.0, account_id="c", product="Pump", segment="A")]
    (one,) = _found(make_slice, deals[0], tables={"accounts": accounts})
    assert (one.column, one.what) == ("industry", "Ports")
    assert _found(make_slice, deals[1], tables={"accounts": accounts}) == []


def test_a_territory_of_few_stays_untold(make_slice):
    """With names hidden, a territory that few people hold is named nowhere."""
    new = closing("new", "2026-09-01", 50.0, product="Pump", segment="A", territory="Isle")
    data = make_slice([*history(), new], privacy={"people": "off", "minimum_group": 3})
    columns = {"column": "territory", "quarter": "2026-Q3", "value": "Isle", "people": 1}
    data.tables["holders"] = pd.DataFrame([columns])
    assert feats.found(data, feats.won_so_far(data)) == []


def test_a_deal_of_two_rules_is_told_once(make_slice):
    """The rarer of both remains."""
    deal = closing("x", "2026-09-01", 500.0, product="New", segment="A", account_id="a")
    (one,) = _found(make_slice, deal)
    assert one.rule == "first"


def test_the_largest_of_the_quarter_where_nothing_is_rare(make_slice):
    """Every quarter has one, unless it won nothing with an amount."""
    won = feats.won_so_far(make_slice(history()))
    (one,) = feats.of_quarter(won)
    assert (one.rule, one.opportunity_id) == ("largest_of_quarter", "d10-0")
    assert feats.of_quarter(feats.won_so_far(make_slice())) == []
