"""Rival definitions: each variant by hand, and planted quarters where conclusions part or agree."""

import math

import pandas as pd
import pytest

from qbr_lib.metrics import duel
from qbr_lib.metrics.flows import movements
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import TARGET, closing

THEN, NOW = "2026-05-15", "2026-08-15"


def deals(day, won, lost, first):
    """Return won and lost deals of a day, by their amounts."""
    made = [closing(first + n, day, amount) for n, amount in enumerate(won)]
    return made + [closing(first + 50 + n, day, one, "lost") for n, one in enumerate(lost)]


def run(data, targets=None, flows=None):
    """Return the duel of a slice by measure and variant."""
    frame = duel.duel(data, movements(data) if flows is None else flows, targets or {})
    return frame.set_index(["measure", "variant"])


def two_quarters(now, then, **given):
    """Return a slice with won and lost amounts of this and the previous quarter."""
    return build_slice([*deals(NOW, *now, 0), *deals(THEN, *then, 200)], **given)


def test_a_win_rate_that_rose_by_amount_and_fell_by_number():
    """One large win among many losses: better by amount, worse by number, and that is flagged."""
    told = run(two_quarters(([900.0], [50.0, 50.0]), ([100.0, 100.0], [400.0])))
    rate = told.loc["win_rate"]
    assert rate.loc["win_rate", ["now", "before"]].tolist() == [1 / 3, 2 / 3]
    assert rate.loc["win_rate_by_amount", ["now", "before"]].tolist() == [0.9, 1 / 3]
    assert rate["conclusion"].to_dict() == {"win_rate": "worse", "win_rate_by_amount": "better"}
    assert rate["flips"].all()


def test_a_win_rate_that_rose_by_all():
    """Where all definitions agree nothing is flagged, nor where one hardly moved."""
    told = run(two_quarters(([100.0, 100.0], [100.0]), ([100.0], [100.0, 100.0])))
    assert told.loc["win_rate", "conclusion"].tolist() == ["better", "better"]
    assert not told["flips"].any()
    near = run(two_quarters(([104.0], [100.0]), ([100.0, 1.0], [100.0])))
    assert near.loc["win_rate", "conclusion"].tolist() == ["worse", "same"]
    assert not near.loc["win_rate", "flips"].any()


def test_average_and_middle_deal_part():
    """One giant lifts the average while the middle deal shrinks."""
    told = run(two_quarters(([10.0, 10.0, 1000.0], []), ([50.0, 50.0, 50.0], [])))
    size = told.loc["deal_size", "conclusion"].to_dict()
    assert size == {"average_won_amount": "better", "median_won_amount": "worse"}
    assert told.loc["deal_size", "flips"].all()


def test_days_to_win():
    """Fewer days are better; lost deals count in one of the definitions only."""
    made = [
        closing(1, "2026-08-31", created_on="2026-08-21"),
        closing(2, "2026-08-31", status="lost", created_on="2026-05-23"),
        closing(3, "2026-05-31", created_on="2026-05-11"),
        closing(4, "2026-05-31", status="lost", created_on="2026-05-21"),
    ]
    told = run(build_slice(made)).loc["days_to_win"]
    assert told["now"].to_dict() == {
        "median_days_won": 10.0,
        "mean_days_won": 10.0,
        "median_days_closed": 55.0,
    }
    assert told["conclusion"].tolist() == ["better", "better", "worse"]
    assert told["flips"].all()


def test_created_deals_are_compared_at_the_same_age():
    """What the older deals won after the age of the younger ones does not count for them."""
    made = [
        closing(1, "2026-07-20", created_on="2026-07-10"),
        {"opportunity_id": "a", "created_on": "2026-07-10"},
        closing(2, "2026-04-20", created_on="2026-04-10"),
        closing(3, "2026-09-01", created_on="2026-04-10"),
    ]
    rate = run(build_slice(made)).loc["win_rate"]
    assert rate.loc["created", ["now", "before"]].tolist() == [0.5, 0.5]
    assert rate.loc["created", "conclusion"] == "same"
    later = {"opportunity_id": "b", "created_on": "2026-06-10"}  # 70 days after its quarter began
    rate = run(build_slice([*made, later], as_of="2026-08-15")).loc["win_rate"]
    assert rate.loc["created", ["now", "before"]].tolist() == [0.5, 0.5]


def test_coverage_and_slips():
    """Coverage of the remaining and of the full target; slipped or all that was not won."""
    due = {"created_on": "2026-03-01", "amount": 100.0}
    old = {"expected_close_on": "2026-05-20", "closed_on": "2026-05-10"}
    new = {"expected_close_on": "2026-08-20", "closed_on": "2026-07-05"}
    made = [
        {"opportunity_id": "p1", "status": "won"} | due | old,
        {"opportunity_id": "p2", "status": "lost"} | due | old,
        {"opportunity_id": "n1", "status": "won"} | due | new,
        {"opportunity_id": "n2", "status": "lost"} | due | new | {"closed_on": "2026-09-01"},
        {"opportunity_id": "n3", "expected_close_on": "2026-11-01"} | due,
        {"opportunity_id": "n4", "status": "won"} | due | new | {"closed_on": "2026-09-01"},
    ]
    changes = [("n3", "2026-08-10", "expected_close_on", "2026-08-20", "2026-11-01")]
    targets = [TARGET | {"value": 400.0}, TARGET | {"quarter": "2026-Q2", "value": 400.0}]
    told = run(build_slice(made, changes, tables={"targets": targets}))
    assert told.loc["coverage", "now"].to_dict() == {"remaining": 1.0, "full": 0.75}
    assert told.loc["coverage", "before"].to_dict() == {"remaining": 0.5, "full": 0.5}
    assert told.loc["slip_rate", "now"].to_dict() == {"moved_out": 0.25, "not_won": 0.5}
    assert told.loc["slip_rate", "before"].to_dict() == {"moved_out": 0.0, "not_won": 0.5}
    assert told.loc["slip_rate", "conclusion"].tolist() == ["worse", "same"]


def _forecasts(now, then):
    row = {"scope": "team", "scope_id": "nord", "category": "Commit "}  # as a CRM may write it
    return [
        row | {"quarter": "2026-Q3", "submitted_on": "2026-07-14", "amount": now},
        row | {"quarter": "2026-Q3", "submitted_on": "2026-09-30", "amount": 1.0},
        row | {"quarter": "2026-Q3", "submitted_on": "2026-07-14", "amount": 2.0}
        | {"category": "best_case"},
        row | {"quarter": "2026-Q2", "submitted_on": "2026-04-02", "amount": then},
    ]  # fmt: skip


def test_forecasts():
    """The last commitment by the coverage week counts, and the same miss may be better or worse."""
    data = two_quarters(([100.0], []), ([100.0], []), tables={"forecasts": _forecasts(200.0, 55.0)})
    told = run(data).loc["forecast"]
    assert told["now"].tolist() == [2.0, 0.0, 0.5]
    assert told["before"].round(3).tolist() == [0.55, 0.55, 0.182]
    assert told["conclusion"].tolist() == ["worse", "worse", "better"]
    assert told["flips"].all()


def test_attainment_by_plan_and_goal():
    """The plan met and the goal missed is a conclusion that flips; one target has no rival."""
    data = two_quarters(([100.0], []), ([100.0], []))
    told = run(data, {"plan": 90.0, "last": 110.0}).loc["attainment"]
    assert told["conclusion"].to_dict() == {"plan": "met", "last": "missed"}
    assert told["flips"].all()
    assert told["before"].isna().all()
    assert "attainment" not in run(data, {"plan": 90.0}).index
    assert "attainment" not in run(data, {"plan": 0.0, "last": 0.0}).index


@pytest.mark.parametrize(
    "data",
    [
        build_slice([]),
        build_slice([closing(1, NOW)], data_since="2026-07-01"),
        build_slice([closing(1, NOW)], absent=("amount", "created_on", "expected_close_on")),
        build_slice([closing(1, THEN)], changes=[], as_of="2026-07-03"),
    ],
    ids=["nothing", "first quarter", "without columns", "hardly begun"],
)
def test_what_is_not_known_is_left_out(data):
    """Nothing is compared that one of the quarters does not have, and nothing fails."""
    frame = duel.duel(data, movements(data), {"plan": 100.0, "first": 90.0})
    assert list(frame) == duel.COLUMNS
    assert not frame["now"].isna().any()
    assert not frame["flips"].any() or set(frame.loc[frame["flips"], "measure"]) == {"attainment"}


def test_a_conclusion_needs_a_twentieth():
    """A change up to 5 % of the earlier value is the same; without both values none is known."""
    assert [duel.conclusion(one, 100.0, "high") for one in (95.0, 94.0, 106.0)] == [
        "same",
        "worse",
        "better",
    ]
    assert duel.conclusion(94.0, 100.0, "low") == "better"
    assert duel.conclusion(math.nan, 1.0, "high") == "unknown"


def test_flows_given_beforehand_give_the_same():
    """The previous quarter's movements may be passed in, since others need them too."""
    data = two_quarters(([100.0], [50.0]), ([90.0], [80.0]), changes=[])
    flows, then = movements(data), movements(data.at(data.quarter.previous))
    pd.testing.assert_frame_equal(duel.duel(data, flows, {}), duel.duel(data, flows, {}, then))
