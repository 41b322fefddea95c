"""How soon deals are won and which are stale: which deals count, by what day, and what is unknown."""

import math

import pytest

from qbr_lib.measures import NO_CREATED, NO_STALE_AMOUNT, NOT_SO_OLD, TOO_FEW_WON
from qbr_lib.metrics import ageing


def deal(number, created, **given):
    """Return an open deal."""
    return {"opportunity_id": f"d{number}", "created_on": created, "amount": 10.0} | given


def test_which_deals_count(make_slice):
    """Open within the four quarters, as of the quarter's last day; each with what was known then."""
    closed = {"status": "won", "closed_on": "2026-08-10"}
    deals = [
        deal(1, "2026-08-01", **closed),
        deal(2, "2025-01-01", **closed),
        deal(3, "2026-08-01", status="lost", closed_on="2026-10-05"),
        deal(4, "2026-08-01", removed_on="2026-08-11"),
        deal(5, "2026-08-01", removed_on="2026-10-05"),
        deal(6, "2025-01-01", status="won", closed_on="2025-09-30"),
        deal(7, "2026-10-01"),
        deal(8, None),
        deal(9, "2026-08-01", team_id="sued"),
    ]
    frame = ageing.observed(make_slice(deals, as_of="2026-10-10"))
    assert list(frame.itertuples(index=False, name=None)) == [
        (0, 9, "won", False),
        (273, 586, "won", False),
        (0, 60, "open", True),
        (0, 10, "open", False),
        (0, 60, "open", True),
    ]
    late = ageing.observed(make_slice(deals[:2], data_since="2026-08-05"))
    assert late["entry"].to_list() == [4, 581]
    edges = [
        deal(1, "2026-08-01", removed_on="2026-09-30"),
        deal(2, "2025-09-01", status="won", closed_on="2025-10-01"),
    ]
    frame = ageing.observed(make_slice(edges, as_of="2026-10-10"))
    assert frame[["age", "end", "present"]].to_numpy().tolist() == [
        [60, "open", False],
        [30, "won", False],
    ]


def wins(n, **given):
    """Return deals won after 10 days in the quarter."""
    return [
        deal(f"w{k}", "2026-07-10", status="won", closed_on="2026-07-20", **given) for k in range(n)
    ]


def test_measures(make_slice, values):
    """The chance within 60 days with its interval, and the amount of the deals that are too old."""
    data = make_slice([*wins(20), deal(1, "2026-07-03"), deal(2, "2026-07-15", amount=None)])
    within, stale = ageing.measures(data)
    assert (within.value, within.n) == (pytest.approx(20 / 22), 22)
    assert within.low < within.value < within.high
    assert (stale.value, stale.n) == (10.0, 2)
    frame = ageing.within(ageing.of(data))
    assert frame["days"].to_list() == [30, 60, 90]
    assert frame["share"].iloc[:2].to_list() == pytest.approx([20 / 22] * 2)
    assert frame["share"].isna().to_list() == [False, False, True]


def test_stale_deals_are_judged_by_the_day(make_slice):
    """An earlier quarter seen today judges today's open deals by today's experience."""
    old = deal(1, "2026-07-12")
    data = make_slice([*wins(20), old], quarter="2026-Q2", as_of="2026-07-16")
    assert ageing.stale(data).empty
    later = make_slice([*wins(20), old], quarter="2026-Q2", as_of="2026-09-30")
    assert ageing.stale(later)["opportunity_id"].to_list() == ["d1"]
    assert ageing.stale(make_slice([*wins(20), old]))["opportunity_id"].to_list() == ["d1"]
    patient = make_slice([*wins(20), old], thresholds={"stale_chance": 0.0})
    assert ageing.stale(patient).empty


@pytest.mark.parametrize(
    ("deals", "given", "expected"),
    [
        ([], {"absent": ["created_on"]}, [(NO_CREATED, {}), (NO_CREATED, {})]),
        ([], {}, [(NOT_SO_OLD, {"days": 60}), (TOO_FEW_WON, {"least": 20})]),
        (
            [*wins(20), deal(1, "2026-07-01", amount=None)],
            {},
            [None, (NO_STALE_AMOUNT, {})],
        ),
    ],
    ids=["no creation days", "nothing", "stale without amounts"],
)
def test_unavailable(make_slice, reasons, deals, given, expected):
    """Each case that cannot be told has its own reason."""
    found = reasons(ageing.measures(make_slice(deals, **given)))
    assert [found.get("won_within_60_days"), found.get("stale_amount")] == expected


def test_no_deal_is_stale_by_a_curve_that_broke_off(make_slice):
    """Where the only young deal ended, nothing is known of older ones, and none is called stale."""
    old = [deal(k, "2025-01-01", status="won", closed_on="2026-08-10") for k in range(20)]
    young = deal("y", "2026-08-01", status="lost", closed_on="2026-08-03")
    data = make_slice([*old, young, deal("o", "2025-01-01")])
    assert not ageing.of(data).whole
    assert math.isnan(ageing.of(data).median())
    assert ageing.stale(data).empty
    assert not ageing.stale(make_slice([*old, deal("o", "2024-12-01")])).empty
