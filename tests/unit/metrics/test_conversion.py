"""Win rates: three definitions, broken down, and where there is nothing to divide."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.measures import NO_AMOUNTS, NO_CLOSINGS, NO_CREATED, NO_CREATED_DEALS
from qbr_lib.metrics import conversion

DAY = "2026-08-01"


def closing(number, status, amount=100.0, **given):
    """Return a deal closed in the quarter, created before it."""
    known = {"opportunity_id": f"d{number}", "status": status, "closed_on": DAY, "amount": amount}
    return known | {"created_on": "2026-05-01"} | given


DEALS = [
    closing(1, "won", 300.0, competitor="Kontora", reason="price"),
    closing(2, "lost", 100.0, competitor="Kontora", reason="price"),
    closing(3, "lost", 50.0, competitor="Kontora", reason="budget"),
    closing(4, "lost", 50.0, reason=None),
    closing(5, "lost", None, competitor="Alto", reason="price"),
    closing(6, "won", team_id="sued"),
]


def test_worked_example(make_slice, values):
    """One of five by number, 300 of 500 by amount."""
    found = values(conversion.measures(make_slice(DEALS)))
    assert found["win_rate"] == 0.2
    assert found["win_rate_by_amount"] == 0.6


def test_cohort(make_slice, values):
    """Of four deals created in the quarter one is won by now; open ones count, removed ones do not."""
    deals = [
        closing(1, "won", created_on="2026-07-01", closed_on="2026-10-15"),
        closing(2, "lost", created_on="2026-09-30", closed_on="2026-09-30"),
        {"opportunity_id": "a", "created_on": "2026-08-01"},
        {"opportunity_id": "b", "created_on": "2026-08-01"},
        {"opportunity_id": "c", "created_on": "2026-08-01", "removed_on": "2026-08-02"},
        {"opportunity_id": "e", "created_on": "2026-06-30"},
        {"opportunity_id": "f", "created_on": "2026-10-01"},
    ]
    found = values(conversion.measures(make_slice(deals, as_of="2026-10-31")))
    assert found["win_rate_created_cohort"] == 0.25


def naive_wilson(won, decided):
    """Return the interval by the formula in a textbook."""
    z, p = 1.959963984540054, won / decided
    middle = p + z * z / (2 * decided)
    spread = z * math.sqrt(p * (1 - p) / decided + z * z / (4 * decided * decided))
    scale = 1 + z * z / decided
    return (middle - spread) / scale, (middle + spread) / scale


@settings(max_examples=50, deadline=None)
@given(counts=st.tuples(st.integers(0, 400), st.integers(1, 400)).filter(lambda c: c[0] <= c[1]))
def test_interval_equals_the_textbook(counts):
    """The interval equals the formula, lies within 0 and 1, and holds the rate."""
    low, high = conversion.wilson(*counts)
    assert (low, high) == pytest.approx(naive_wilson(*counts), abs=1e-9)
    assert 0 <= low <= counts[0] / counts[1] + 1e-12
    assert counts[0] / counts[1] - 1e-12 <= high <= 1


def test_nothing_decided(make_slice, reasons):
    """Without a decided or created deal there is no rate, and it is said why."""
    found = reasons(conversion.measures(make_slice([{"opportunity_id": "d"}])))
    told = {"quarter": "2026-Q3"}
    assert found == {
        "win_rate": (NO_CLOSINGS, told),
        "win_rate_by_amount": (NO_CLOSINGS, told),
        "win_rate_created_cohort": (NO_CREATED_DEALS, told),
    }


def test_without_the_creation_day(make_slice, reasons):
    """A source without created_on has no rate of the deals created."""
    data = make_slice(DEALS, absent=["created_on"])
    assert reasons(conversion.measures(data))["win_rate_created_cohort"] == (NO_CREATED, {})


@pytest.mark.parametrize("amount", [None, 0.0], ids=["missing", "zero"])
def test_lost_deals_without_amounts(make_slice, reasons, amount):
    """Where lost deals carry no amount, a rate by amount would be 100 %: it is not given."""
    data = make_slice([closing(1, "won"), closing(2, "lost", amount)])
    assert reasons(conversion.measures(data))["win_rate_by_amount"][0] == NO_AMOUNTS


@pytest.mark.parametrize(("status", "rate"), [("won", 1.0), ("lost", 0.0)])
def test_all_of_one_kind(make_slice, values, status, rate):
    """All won is 1, all lost is 0: both are rates."""
    found = values(conversion.measures(make_slice([closing(n, status) for n in range(3)])))
    assert found["win_rate"] == rate
    assert found["win_rate_by_amount"] == rate


def test_reasons(make_slice):
    """Reasons of the lost deals by frequency, with their amounts; none given stands last."""
    frame = conversion.reasons(make_slice(DEALS), "lost")
    assert list(frame["reason"].fillna("none")) == ["price", "budget", "none"]
    assert list(frame["count"]) == [2, 1, 1]
    assert list(frame["amount"]) == [100.0, 50.0, 50.0]
    assert list(frame["share"]) == [0.5, 0.25, 0.25]
    assert not frame["no_decision"].any()


def test_reasons_beside_earlier_quarters(make_slice):
    """Shares of the four whole quarters before; what the data begins within counts in none."""
    past = [closing(n, "lost", closed_on="2026-05-01", reason="price") for n in (11, 12, 13)]
    past += [
        closing(14, "lost", closed_on="2025-09-01"),
        closing(15, "lost", closed_on="2025-05-01"),
    ]
    frame = conversion.reasons(make_slice([*DEALS, *past]), "lost")
    assert list(frame["before"]) == [0.75, 0.0, 0.25]
    cut = make_slice([*DEALS, *past], data_since="2026-05-01")
    assert conversion.reasons(cut, "lost")["before"].isna().all()
    assert conversion.reasons(make_slice([]), "won").empty


@pytest.mark.parametrize(
    ("reason", "none"),
    [
        ("no decision", True),
        ("No-Decision / Non-Responsive", True),
        ("NO_DECISION", True),
        ("Kunde: keine Entscheidung", True),
        ("Projekt nicht entschieden", True),
        ("no budget", False),
        ("decision for a competitor", False),
        ("timing", False),
    ],
)
def test_no_decision(make_slice, reason, none):
    """Only words that say so count: no budget and bad timing are reasons like others."""
    frame = conversion.reasons(make_slice([closing(1, "lost", reason=reason)]), "lost")
    assert list(frame["no_decision"]) == [none]


def test_order_and_purity(make_slice, values):
    """Rows may stand in any order, and no input is changed."""
    data = make_slice(DEALS)
    untouched = data.opportunities.copy()
    expected = values(conversion.measures(data))
    assert data.opportunities.equals(untouched)
    turned = make_slice(DEALS[::-1])
    assert values(conversion.measures(turned)) == expected
