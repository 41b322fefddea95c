"""What coverage a team's own quarters needed: worked out by hand, and where it is too early."""

import pytest

from qbr_lib.measures import FEW_QUARTERS, NO_HISTORY, NONE_WON_LATER
from qbr_lib.metrics import coverage
from qbr_lib.periods import Quarter

QUARTER = Quarter(2026, 3)


def quarter_of(back, later):
    """Return 100 due in an earlier quarter, of which so much was won after the coverage week began.

    Ten more were won before it, and five created after it.
    """
    quarter = QUARTER.shift(-back)
    first, last = quarter.first_day, quarter.last_day
    early, late = quarter.week_starts(2), quarter.week_starts(9)

    def deal(name, amount, **given):
        known = {
            "opportunity_id": f"{quarter}-{name}",
            "amount": amount,
            "created_on": "2024-01-01",
        }
        return known | {"expected_close_on": last.isoformat()} | given

    return [
        deal("before", 10.0, status="won", closed_on=early.isoformat()),
        deal("won", later, status="won", closed_on=late.isoformat()),
        deal("lost", 100.0 - later, status="lost", closed_on=late.isoformat()),
        deal("joined", 5.0, status="won", closed_on=last.isoformat(), created_on=late.isoformat()),
        deal("older", 7.0, status="won", closed_on=first.replace(day=2).isoformat()),
    ]


def history(*later):
    """Return the deals of earlier quarters, the newest first."""
    return [deal for back, won in enumerate(later, 1) for deal in quarter_of(back, won)]


def test_worked_example(make_slice):
    """Won from then on: 25 to 55 of 100 open; half of the quarters needed 2.5 times or less."""
    data = make_slice(history(20.0, 30.0, 40.0, 50.0), [], data_since="2025-07-01")
    frame = coverage.earlier(data)
    assert frame["quarter"].to_list() == ["2026-Q2", "2026-Q1", "2025-Q4", "2025-Q3"]
    assert frame["open"].to_list() == [100.0] * 4
    assert frame["won"].to_list() == [25.0, 35.0, 45.0, 55.0]
    (found,) = coverage.measures(data)
    assert (found.value, found.n) == (pytest.approx(1 / 0.4), 4)
    assert frame["needed"].to_list() == pytest.approx([4.0, 100 / 35, 100 / 45, 100 / 55])
    assert coverage.measures(data, frame) == [found]
    many = coverage.earlier(make_slice(history(*[20.0] * 9), [], data_since="2024-01-01"))
    assert len(many) == 8


def test_the_week_is_the_organisations(make_slice):
    """In the first week everything is still open, and all of it counts as won from then on."""
    data = make_slice(history(20.0), [], thresholds={"coverage_week": 1})
    frame = coverage.earlier(data)
    assert (frame["open"].iloc[0], frame["won"].iloc[0]) == (117.0, 42.0)
    assert coverage.week_of(make_slice(thresholds={"coverage_week": 14}), Quarter(2026, 1)) == 13


def test_the_quarter_under_review_does_not_count(make_slice):
    """What happened in the quarter itself leaves its requirement as it is."""
    past = history(20.0, 30.0, 40.0, 50.0)
    own = quarter_of(0, 90.0)
    found = [coverage.measures(make_slice(rows, [])) for rows in (past, [*past, *own])]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("deals", "given", "expected"),
    [
        (history(20.0, 30.0, 40.0), {}, (FEW_QUARTERS, {"n": 3, "least": 4})),
        (
            history(20.0, 30.0, 40.0, 50.0),
            {"data_since": "2025-07-02"},
            (FEW_QUARTERS, {"n": 3, "least": 4}),
        ),
        ([], {"changes": None}, (NO_HISTORY, {})),
    ],
    ids=["three quarters", "the fourth is cut", "no history"],
)
def test_too_early(make_slice, reasons, deals, given, expected):
    """Fewer than four whole quarters say nothing yet, and without history there is none."""
    data = make_slice(deals, **{"changes": [], **given})
    assert reasons(coverage.measures(data))["required_coverage"] == expected


def test_nothing_was_won_later(make_slice, reasons):
    """Where half of the quarters won nothing from then on, no coverage would have been enough."""
    deals = [
        {"opportunity_id": f"o{back}", "created_on": "2024-01-01", "amount": 10.0, "status": "lost",
         "expected_close_on": day, "closed_on": day}
        for back in range(1, 5) for day in [QUARTER.shift(-back).last_day.isoformat()]
    ]  # fmt: skip
    data = make_slice(deals, [])
    assert reasons(coverage.measures(data))["required_coverage"] == (NONE_WON_LATER, {})
    assert coverage.earlier(data)["needed"].isna().all()
