"""Goals at the edges of what the data holds: unknown stays unknown, and nothing counts twice."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from qbr_lib.data.holders import COLUMNS as HOLDER_COLUMNS
from qbr_lib.data.holders import TOO_FEW
from qbr_lib.data.slices import HOLDERS
from qbr_lib.goals import course, grading
from qbr_lib.goals.kinds import evaluate
from qbr_lib.measures import CUT_QUARTER, NO_AMOUNT, NO_CONVERSIONS, NOT_BY_SCOPE
from qbr_lib.metrics import leads, market
from qbr_lib.periods import Quarter
from qbr_lib.record import Evidence, Record, Verdict
from qbr_lib.words import in_language

QUARTER = Quarter(2026, 3)
SIZE = {"quarter": "2026-Q3", "territory": "Küste", "source": "s", "as_of": "2026-09-30"}


def test_a_quarter_the_data_does_not_hold_cannot_be_graded(make_slice, make_goal, deals):
    """An export that begins later says nothing of what was reached then."""
    data = make_slice(deals, as_of="2026-10-05", data_since="2026-07-02")
    found = grading.proposed(data, make_goal(), QUARTER, in_language("en"))
    told = in_language("en").say(CUT_QUARTER, quarter="2026-Q3")
    assert (found.state, found.value, found.reason) == ("not_gradable", None, told)


def test_a_verdict_of_later_data_is_not_known_yet(make_slice, make_goal, deals):
    """Seen from an earlier day a goal is open, with what the data of that day says."""
    day = dt.date(2026, 12, 1)
    later = Verdict(state="met", value=5e5, at=day, by="qbr grade", evidence=Evidence(as_of=day))
    record = Record(goals=(make_goal(verdict=later),))
    row = grading.grades(make_slice(deals, as_of="2026-10-05"), record, QUARTER).iloc[0]
    assert (row["state"], row["value"]) == ("open", 90.0)


@pytest.mark.parametrize("metric", ["bookings.attainment", "bookings.target"])
def test_a_part_has_no_share_of_the_team_s_target(make_slice, make_goal, deals, metric):
    """What an account brought is not held against the whole team's target."""
    goal = make_goal(metric=metric, scope={"team": "nord", "account": "a"})
    assert evaluate(make_slice(deals), goal, QUARTER).reason == NOT_BY_SCOPE


def test_a_territory_that_few_people_hold_is_withheld(make_slice, make_goal, deals):
    """Below the organisation's minimum a territory tells of persons; named, it may be seen."""
    goal = make_goal(scope={"team": "nord", "territory": "Küste"})
    for people, withheld in (("off", True), ("named", False)):
        data = make_slice(deals, privacy={"people": people})
        row = dict.fromkeys(HOLDER_COLUMNS) | {
            "column": "territory", "quarter": "2026-Q3", "value": "Küste", "people": 1
        }  # fmt: skip
        frame = pd.DataFrame([row], columns=HOLDER_COLUMNS)
        data = dataclasses.replace(data, tables=dict(data.tables) | {HOLDERS: frame})
        found = evaluate(data, goal, QUARTER)
        assert (getattr(found, "reason", "") == TOO_FEW) == withheld


def test_the_pipeline_of_an_earlier_day_is_unknown(make_slice, make_goal, deals):
    """No figure of the pipeline stands for the same point of the last quarter."""
    goal = make_goal(leading=("pipeline.slipped",))
    frame = course.leading(make_slice(deals, changes=[]), Record(goals=(goal,)), QUARTER)
    assert frame["before"].isna().all()


def test_parts_of_a_market_are_not_added_to_the_whole(make_slice, deals):
    """A territory sized as a whole and by segment counts once."""
    sizes = [SIZE | {"market_size": 600.0}, SIZE | {"market_size": 300.0, "segment": "A"}]
    data = make_slice(deals, tables={"market": sizes}, scope="company")
    assert market.measures(data)[0].value == pytest.approx(60 / 600)


def test_columns_that_are_missing_make_no_zero(make_slice, deals):
    """Without amounts there is no share, without conversions no rate."""
    data = make_slice(deals, tables={"market": [SIZE | {"market_size": 6.0}]}, absent=("amount",))
    assert market.measures(data)[0].reason == NO_AMOUNT
    rows = [{"lead_id": "l", "created_on": "2026-08-01", "team_id": "nord"}]
    data = make_slice(deals, tables={"leads": rows})
    blind = data.columns["leads"] - {"converted_on"}
    data = dataclasses.replace(data, columns=dict(data.columns) | {"leads": blind})
    assert leads.measures(data)[1].reason == NO_CONVERSIONS
