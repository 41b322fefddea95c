"""What the commands do to records."""

import dataclasses
import datetime as dt

import pytest

from qbr_lib.errors import ParameterError
from qbr_lib.formats import Formats
from qbr_lib.goals import cycle, records
from qbr_lib.outlook import current
from qbr_lib.record import Revision, read
from qbr_lib.words import in_language
from tests.unit.metrics.test_bookings import closing

ENGLISH = Formats(in_language("en"), "EUR")
AGREED = Revision(at=dt.date(2026, 10, 5), by="lead", value=80.0, reason="data")


@pytest.fixture
def placed(make_slice, deals, tmp_path):
    """Return a function that makes the slice of a team with its place in a workspace."""

    def make(**given):
        data = make_slice(deals, source={"kind": "folder", "path": "x"}, **given)
        return dataclasses.replace(data, root=tmp_path, folder="nord")

    return make


def test_a_draft_is_written_once(placed):
    """Proposals go into an empty record; a record with goals stays byte for byte."""
    data = placed()
    stored = cycle.draft(data, records.of(data, data.quarter), ENGLISH, growth=0.15)
    assert stored.path == data.root / "parameters" / "records" / "2026-Q3" / "nord.yml"
    assert [goal.kind for goal in stored.record.goals] == ["revenue", "account", "territory"]
    before = stored.path.read_bytes()
    again = cycle.draft(data, read(stored.path), ENGLISH, growth=0.5)
    assert (again.record, stored.path.read_bytes()) == (stored.record, before)


def test_an_agreement_is_added(placed):
    """The last agreement counts, the first target stays."""
    data = placed()
    stored = cycle.draft(data, records.of(data, data.quarter), ENGLISH, growth=0.15)
    goal_id = stored.record.goals[0].id
    goal = cycle.agree(data, stored, goal_id, AGREED).record.goal(goal_id)
    assert (goal.original, goal.current, goal.adjusted) == (104.0, 80.0, True)


def test_an_agreed_revenue_target_carries_its_chance(placed, deals):
    """As of the day of the data; other goals, and teams without an outlook, carry none."""
    data = placed()
    stored = cycle.draft(data, records.of(data, data.quarter), ENGLISH, growth=0.15)
    revenue, account, _ = (goal.id for goal in stored.record.goals)
    stored = cycle.agree(data, stored, revenue, AGREED)
    assert stored.record.goal(revenue).revisions[-1].evidence is None  # nothing is open
    deals.append(closing(9, None, 70.0, "open"))
    open_ = placed()
    chance = current.outlook(open_, open_.quarter.next).chance(80.0)
    stored = cycle.agree(open_, stored, revenue, AGREED)
    stored = cycle.agree(open_, stored, account, AGREED)
    evidence = read(stored.path).record.goal(revenue).revisions[-1].evidence
    assert (evidence.probability, evidence.as_of) == (round(chance, 4), open_.as_of)
    assert stored.record.goal(account).revisions[-1].evidence is None


def test_a_target_of_a_past_quarter_is_refused(placed):
    """What is agreed on after the quarter would change its verdict: nothing is written."""
    data = placed()
    stored = cycle.draft(data, records.of(data, data.quarter), ENGLISH, growth=0.15)
    late = AGREED.model_copy(update={"at": dt.date(2027, 1, 1)})
    before = stored.path.read_bytes()
    with pytest.raises(ParameterError) as caught:
        cycle.agree(data, stored, stored.record.goals[0].id, late)
    assert str(caught.value) == (
        "A target is agreed on while its quarter runs.\n"
        "  Where: goal for 2026-Q4\n"
        "  Got: an agreement of 2027-01-01\n"
        "  Wanted: a day up to 2026-12-31\n"
        "  Edit: give the day it was agreed on with --on, or set a goal for the next quarter"
    )
    assert stored.path.read_bytes() == before


def test_an_unknown_goal_is_refused(placed):
    """The nearest id is named, and nothing is written."""
    data = placed()
    stored = cycle.draft(data, records.of(data, data.quarter), ENGLISH, growth=0.15)
    before = stored.path.read_bytes()
    with pytest.raises(ParameterError, match="revenue-2026-Q4"):
        cycle.agree(data, stored, "revenue-2026-Q3", AGREED)
    assert stored.path.read_bytes() == before


def test_verdicts_are_written_once(placed, make_goal):
    """Past goals are judged, a verdict stands as it is, and a running quarter has none."""
    early = placed(quarter="2026-Q2", as_of="2026-06-30")
    stored = cycle.draft(early, records.of(early, early.quarter), ENGLISH, growth=0.15)
    running = placed(as_of="2026-09-29")
    words = in_language("en")
    assert cycle.grade(running, stored, early.quarter, words)[1] == []
    over = placed(as_of="2026-10-05")
    proposed, judged = cycle.grade(over, stored, early.quarter, words, write=False)
    assert (proposed, len(judged)) == (stored, 3)
    graded, judged = cycle.grade(over, stored, early.quarter, words)
    assert [(g.id, v.state, v.value) for g, v in judged][:1] == [("revenue-2026-Q3", "met", 90.0)]
    text = stored.path.read_bytes()
    assert cycle.grade(over, graded, early.quarter, words)[1] == []
    assert stored.path.read_bytes() == text
    assert b"&id" not in text
    in_time = AGREED.model_copy(update={"at": dt.date(2026, 9, 30)})
    with pytest.raises(ParameterError, match="has its verdict"):
        cycle.agree(early, graded, "revenue-2026-Q3", in_time)
