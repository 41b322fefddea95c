"""The bridge as measures, the coverage of the target, and why there may be neither."""

import pandas as pd
import pytest

from qbr_lib.measures import (
    BRIDGE_FLOWS,
    NO_AMOUNT,
    NO_EXPECTED,
    NO_HISTORY,
    NO_PLANS,
    NO_SNAPSHOT,
    NO_TARGET,
    NOT_YET,
    TARGET_REACHED,
    ZERO_TARGET,
)
from qbr_lib.metrics import flows, pipeline

INSIDE, AFTER = "2026-09-15", "2026-11-01"


def deal(name, amount=100.0, **given):
    """Return an open deal, created before the quarter and due in it."""
    usual = {"created_on": "2026-04-01", "expected_close_on": INSIDE, "amount": amount}
    return {"opportunity_id": name} | usual | given


DEALS = [
    deal("stays", 500.0),
    deal("won", 300.0, status="won", closed_on="2026-07-10"),
    deal("late", 50.0, status="won", closed_on="2026-09-30"),
    deal("slips", 200.0, expected_close_on=AFTER),
    deal("new", 100.0, created_on="2026-08-01"),
]
CHANGES = [("slips", "2026-08-20 09:00", "expected_close_on", INSIDE, AFTER)]


def goal(value):
    """Return a table of targets with the team's one."""
    row = {"quarter": "2026-Q3", "scope": "team", "scope_id": "nord", "kind": "revenue"}
    return {"targets": [row | {"value": value}]}


def test_bars(make_slice, values):
    """Every bar of the bridge, signed, with a remainder of nothing."""
    found = values(pipeline.measures(make_slice(DEALS, CHANGES)))
    expected = dict.fromkeys(BRIDGE_FLOWS, 0.0) | {
        "opening": 1050.0,
        "created": 100.0,
        "won": -350.0,
        "slipped": -200.0,
        "closing": 600.0,
        "residual": 0.0,
    }
    assert {name: found[name] for name in expected} == expected


def test_deals_in_each_bar(make_slice):
    """A bar's n is its number of deals, once each."""
    again = [*CHANGES, ("slips", "2026-08-21", "expected_close_on", AFTER, INSIDE)]
    again += [("slips", "2026-08-22", "expected_close_on", INSIDE, AFTER)]
    counts = {
        one.id: getattr(one, "n", None) for one in pipeline.measures(make_slice(DEALS, again))
    }
    assert counts["pipeline.opening"] == 4
    assert counts["pipeline.slipped"] == 1
    assert counts["pipeline.created"] == 1
    assert counts["pipeline.residual"] == 5


def test_residual_shows_a_broken_bridge():
    """The remainder is computed: movements that do not lead to the end leave one."""
    data = [("a", "opening", 100.0), ("a", "slipped", -30.0), ("a", "closing", 60.0)]
    frame = pipeline.table(_frame(data))
    bars = frame.set_index("flow")["amount"]
    assert bars.drop("closing").sum() - bars["closing"] == 10.0


def _frame(rows):
    frame = pd.DataFrame(rows, columns=["opportunity_id", "flow", "amount"])
    return frame.assign(at=pd.Timestamp("2026-08-01"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"changes": None}, (NO_HISTORY, {})),
        ({"changes": CHANGES, "absent": ["expected_close_on"]}, (NO_EXPECTED, {})),
        ({"changes": CHANGES, "absent": ["amount"]}, (NO_AMOUNT, {})),
        ({"changes": CHANGES, "since": None}, (NO_PLANS, {})),
        (
            {"changes": CHANGES, "kind": "snapshots", "since": "2026-07-01"},
            (NO_SNAPSHOT, {"day": "2026-06-30"}),
        ),
    ],
    ids=[
        "no history",
        "no planned day",
        "no amounts",
        "planned days not recorded",
        "history starts too late",
    ],
)
def test_no_bridge(make_slice, reasons, given, expected):
    """All fifteen measures and the coverage say the same reason."""
    changes = given.pop("changes")
    found = reasons(pipeline.measures(make_slice(DEALS, changes, **given)))
    assert len(found) == len(BRIDGE_FLOWS) + 4
    assert all(told == expected for told in found.values())


def test_snapshots_from_the_day_before_are_enough(make_slice, values):
    """The state is known at the end of the first snapshot's day."""
    data = make_slice(DEALS, CHANGES, kind="snapshots", since="2026-06-30")
    assert values(pipeline.measures(data))["opening"] == 1050.0


def test_coverage(make_slice):
    """At the start of week 3 (15 July) 750 is open against the 700 not yet won."""
    outcome = pipeline.measures(make_slice(DEALS, CHANGES, tables=goal(1000.0)))[-1]
    assert outcome.id == "pipeline.coverage"
    assert outcome.value == 750.0 / 700.0
    assert outcome.n == 3


@pytest.mark.parametrize(
    ("week", "expected"), [(1, 1050 / 1000), (2, 1050 / 1000), (14, 650 / 700)], ids=str
)
def test_coverage_in_another_week(make_slice, week, expected):
    """The week is the organisation's choice; what happened before its first day counts."""
    data = make_slice(DEALS, CHANGES, tables=goal(1000.0), thresholds={"coverage_week": week})
    assert pipeline.measures(data)[-1].value == expected


def test_coverage_in_a_quarter_without_that_week(make_slice):
    """The first quarter of 2026 has 13 weeks: week 14 is its week 13."""
    row = {"quarter": "2026-Q1", "scope": "team", "scope_id": "nord", "kind": "revenue"}
    deals = [deal("d", created_on="2025-12-01", expected_close_on="2026-03-30")]
    changes = [("d", "2026-03-27", "amount", "80.00", "100.00")]
    data = make_slice(
        deals,
        changes,
        quarter="2026-Q1",
        tables={"targets": [row | {"value": 100.0}]},
        thresholds={"coverage_week": 14},
    )
    assert pipeline.measures(data)[-1].value == 0.8


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"tables": None}, (NO_TARGET, {"quarter": "2026-Q3"})),
        ({"tables": goal(0.0)}, (ZERO_TARGET, {"quarter": "2026-Q3"})),
        ({"tables": goal(300.0)}, (TARGET_REACHED, {"week": 3, "quarter": "2026-Q3"})),
        (
            {"tables": goal(1000.0), "as_of": "2026-07-14"},
            (NOT_YET, {"week": 3, "quarter": "2026-Q3"}),
        ),
    ],
    ids=["no target", "target of 0", "target reached", "week not begun"],
)
def test_no_coverage(make_slice, reasons, given, expected):
    """Each case without a coverage has its own reason."""
    assert reasons(pipeline.measures(make_slice(DEALS, CHANGES, **given)))["coverage"] == expected


def test_deals_of_a_bar(make_slice):
    """The deals behind a bar, the largest movement first, with what moved."""
    data = make_slice(DEALS, CHANGES)
    frame = pipeline.deals_of(data, flows.movements(data), "won")
    assert list(frame["opportunity_id"]) == ["won", "late"]
    assert list(frame["moved"]) == [-300.0, -50.0]


def test_still_open(make_slice):
    """Closed and removed deals are not open."""
    deals = [deal("a"), deal("b", removed_on="2026-08-01"), DEALS[1]]
    assert list(pipeline.still_open(make_slice(deals).opportunities)["opportunity_id"]) == ["a"]
