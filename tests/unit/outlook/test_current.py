"""The outlook of a running quarter: what it says, its laws, and why there is none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.measures import (
    FEW_LOOKED_BACK,
    NO_AMOUNT,
    NO_OPEN_DEAL,
    NO_TARGET,
    NO_WHOLE_QUARTER,
    NO_WIN_YET,
    OVER,
    ZERO_TARGET,
    Unavailable,
)
from qbr_lib.outlook import current
from qbr_lib.outlook.current import Outlook
from qbr_lib.periods import Quarter
from tests.unit.outlook.conftest import deal, steady

RUNNING = Quarter.parse("2026-Q3", starts=1)  # after ten quarters alike
DAY = "2026-07-28"


def test_quarters_alike_go_on(make):
    """After ten quarters of about 20,000 each the next one is expected near that."""
    data = make(steady(), as_of=DAY)
    found = current.outlook(data, RUNNING)
    assert isinstance(found, Outlook)
    assert found.at(0.1) < found.at(0.5) < found.at(0.9)
    assert found.at(0.5) == pytest.approx(20_000, rel=0.5)
    assert found.level(0.9) == pytest.approx(found.at(0.1))
    assert found.booked == 0.0
    assert found.learnt == 8


@settings(max_examples=6)
@given(st.sampled_from([0.01, 7.0, 1e3, 1e5]))
def test_money_scales(make, factor):
    """All amounts times c: the outlook times c, chances the same."""
    one, other = (
        current.outlook(make(steady(amount=1000.0 * c), as_of=DAY), RUNNING) for c in (1, factor)
    )
    np.testing.assert_allclose(other.whole, one.whole * factor, rtol=1e-3)
    assert other.chance(20_000 * factor) == pytest.approx(one.chance(20_000), abs=0.011)
    assert other.naive == pytest.approx(one.naive * factor)


@pytest.mark.xfail(strict=True, reason="draws follow the order of the rows")
def test_order_does_not_matter(make):
    """The same deals in another order are the same outlook."""
    rows = steady()
    pair = [current.outlook(make(one, as_of=DAY), RUNNING) for one in (rows, rows[::-1])]
    np.testing.assert_allclose(pair[0].whole, pair[1].whole, rtol=1e-9)


def test_more_open_deals_are_no_less(make):
    """Sixteen open deals instead of eight promise more."""
    pair = [
        current.outlook(make(steady(open_deals=n), as_of=DAY), RUNNING).at(0.5) for n in (8, 16)
    ]
    assert pair[1] > pair[0]


DEGENERATE = {
    "nothing": ([], NO_WIN_YET),
    "all lost": ([deal(n, "lost") for n in range(5)] + [deal(9, "open")], NO_WIN_YET),
    "nothing closed": ([deal(1, "open")], NO_WIN_YET),
    "nothing open": (steady(open_deals=0), NO_OPEN_DEAL),
    "no amounts": ([one | {"amount": None, "list_amount": None} for one in steady()], NO_AMOUNT),
    "one quarter": (
        [deal(1, created="2026-06-01", closed="2026-07-10"), deal(2, "open", created="2026-06-01")],
        NO_WHOLE_QUARTER,
    ),
}


@pytest.mark.parametrize(("deals", "reason"), DEGENERATE.values(), ids=DEGENERATE)
def test_why_there_is_none(make, deals, reason):
    """One reason, the same for every measure; nothing raises."""
    found = current.outlook(make(deals, as_of=DAY), RUNNING)
    assert isinstance(found, Unavailable)
    assert found.reason == reason
    told = current.measures(found, 1000.0)
    assert {one.reason for one in told} == {reason}
    assert [one.id for one in told] == [*current.IDS, "outlook.skill"]


def test_a_quarter_that_is_over(make):
    """Neither on its last day nor later."""
    data = make(steady(), as_of=DAY)
    assert current.outlook(data, RUNNING.previous).reason == OVER


@pytest.mark.parametrize(
    ("deals", "quarters"),
    [
        ([deal(n, closed="2026-05-05", created="2026-03-02") for n in range(5)], 1),
        (steady(quarters=1, first="2026-04-01", open_deals=0), 1),
        ([one | {"created_on": None} for one in steady()], 8),
    ],
    ids=["one quarter behind it", "one full quarter", "no creation days"],
)
def test_with_little_it_is_wide_and_says_so(make, deals, quarters):
    """A range all the same, its skill too early to say or told; no warning, no infinite number."""
    rows = [*deals, *[deal(900 + n, "open", created="2026-05-20") for n in range(4)]]
    found = current.outlook(make(rows, as_of=DAY), RUNNING)
    assert isinstance(found, Outlook)
    assert np.isfinite(found.whole).all()
    assert found.learnt <= quarters
    skill = current.measures(found, None)[-1]
    assert not isinstance(skill, Unavailable) or skill.reason == FEW_LOOKED_BACK


def test_targets(make):
    """Without one, with one of 0, with one that is hopeless, and one that is booked."""
    found = current.outlook(make(steady(), as_of=DAY), RUNNING)
    assert current.measures(found, None)[3].reason == NO_TARGET
    assert current.measures(found, 0.0)[3].reason == ZERO_TARGET
    assert current.measures(found, 1e9)[3].value == 0.02
    assert current.measures(found, 1.0)[3].value == 0.98


@pytest.mark.parametrize("absent", ["stage", "created_on", "both"])
def test_exports_without_a_column(make, absent):
    """Stages and creation days may be absent: the outlook rests on what there is."""
    gone = ["stage", "created_on"] if absent == "both" else [absent]
    rows = [one | dict.fromkeys(gone) for one in steady()]
    found = current.outlook(make(rows, as_of=DAY, absent=gone), RUNNING)
    assert isinstance(found, Outlook)
    assert found.grade == "ages"
    assert found.at(0.9) > found.at(0.1) >= found.booked


def test_fiscal_years_from_april(make):
    """2027-Q2 runs from July to September: the same days, the same outlook."""
    shifted = Quarter.containing(RUNNING.first_day, starts=4)
    assert str(shifted) == "2027-Q2"
    one = current.outlook(make(steady(), as_of=DAY), RUNNING)
    other = current.outlook(make(steady(), as_of=DAY, fiscal_year_starts=4), shifted)
    assert (other.quarter, other.learnt) == (shifted, one.learnt)
    assert other.at(0.5) == pytest.approx(one.at(0.5), rel=0.1)


def _as_of_2025():
    """Return the deals as an export of the last day of 2025 has them."""
    return [
        one | ({} if (one["closed_on"] or "9") < "2026" else {"status": "open", "closed_on": None})
        for one in steady()
        if one["created_on"] < "2026-01-01"
    ]


def test_as_it_was_given(make):
    """On the day before the quarter: the forecasts that an export of that day gives."""
    data, quarter = make(steady(), as_of="2026-11-10"), Quarter.parse("2026-Q1", starts=1)
    found = current.given(data, quarter)
    then = current.outlook(make(_as_of_2025(), as_of="2025-12-31"), quarter)
    assert found.now.key.week == 0
    assert found.booked == 0.0
    np.testing.assert_allclose(found.now.rest, then.now.rest)
    early = current.given(data, Quarter.parse("2024-Q1", starts=1))
    assert isinstance(early, Unavailable)


def test_as_much_was_learnt_then(make):
    """The outlook given then had learnt from as many quarters as one of that day's export."""
    data, quarter = make(steady(), as_of="2026-11-10"), Quarter.parse("2026-Q1", starts=1)
    then = current.outlook(make(_as_of_2025(), as_of="2025-12-31"), quarter)
    assert current.given(data, quarter).learnt == then.learnt


@pytest.mark.xfail(strict=True, reason="a win that was undone is booked")
def test_a_reopened_win_is_no_win(make):
    """Won in the running quarter and open again: nothing is booked, as bookings have it."""
    rows = [*steady(), deal(800, "open", created="2026-05-02", amount=9000.0)]
    changes = [
        ("d800", "2026-07-05", "status", "open", "won"),
        ("d800", "2026-07-20", "status", "won", "open"),
    ]
    found = current.outlook(make(rows, changes, as_of=DAY), RUNNING)
    assert found.booked == 0.0
