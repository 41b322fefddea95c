"""The target as a model: limits, who and why, and nothing lost in the record."""

import datetime as dt

import pytest

from qbr_lib.controls.target import opened, save
from qbr_lib.errors import ParameterError, RecordConflict
from qbr_lib.record import Goal, read

DAY = dt.date(2026, 10, 5)
DRAFT = Goal(
    id="revenue-2026-Q4",
    title="Revenue",
    kind="revenue",
    metric="bookings.won_amount",
    scope={"team": "nord"},
    owner="team",
    target=115.0,
)


@pytest.fixture
def path(tmp_path):
    """Return where the record will stand."""
    return tmp_path / "parameters" / "records" / "2026-Q3" / "nord.yml"


def _open(path):
    stored = read(path)
    return stored, opened(_first(stored), DRAFT, (0.0, 200.0), 100.0)


def _first(stored):
    return next(iter(stored.record.goals), None)


def test_opened_without_a_record(path):
    """The proposal stands there, not recorded."""
    _, target = _open(path)
    assert (target.value, target.stored, target.dirty) == (115.0, None, True)
    assert target.growth == pytest.approx(0.15)


def test_saved_and_opened_again(path):
    """The goal is recorded with its agreement; what is recorded is where the slider stands."""
    stored, target = _open(path)
    save(target.moved(120.4), stored, path, by=" lead ", reason="review", at=DAY)
    again, reopened = _open(path)
    goal = again.record.goals[0]
    assert (goal.target, goal.revisions[0].by, goal.revisions[0].at) == (120.0, "lead", DAY)
    assert (reopened.value, reopened.stored, reopened.dirty) == (120.0, 120.0, False)
    save(reopened.moved(110), again, path, by="lead", reason="fewer deals", at=DAY)
    goal = read(path).record.goals[0]
    assert (goal.original, goal.current, len(goal.revisions)) == (120.0, 110.0, 2)


@pytest.mark.parametrize("value", [-1.0, 201.0, float("nan"), float("inf")])
def test_a_value_outside_is_refused_not_clamped(path, value):
    """The message names the range, and the target stays where it was."""
    _, target = _open(path)
    with pytest.raises(ParameterError) as caught:
        target.moved(value)
    assert str(caught.value) == (
        "The target lies outside the slider's range.\n"
        "  Where: revenue target\n"
        f"  Got: {value:,.0f}\n"
        "  Wanted: 0 to 200\n"
        "  Edit: choose a value in the range, or write the goal into the record by hand"
    )


@pytest.mark.parametrize(("by", "reason", "name"), [("", "x", "by"), ("x", "  ", "reason")])
def test_who_and_why_are_needed(path, by, reason, name):
    """Without them nothing is written."""
    stored, target = _open(path)
    with pytest.raises(ParameterError, match=f"an empty field '{name}'"):
        save(target, stored, path, by=by, reason=reason, at=DAY)
    assert not path.exists()


def test_a_conflict_writes_nothing(path):
    """Two people opened the same record: the second one is told, the first one's stays."""
    stored, target = _open(path)
    save(target.moved(150), stored, path, by="a", reason="first", at=DAY)
    before = path.read_bytes()
    with pytest.raises(RecordConflict, match="first"):
        save(target.moved(90), stored, path, by="b", reason="second", at=DAY)
    assert path.read_bytes() == before


def test_a_recorded_target_beyond_the_range_widens_it(path):
    """What was agreed by hand is never cut off by the slider."""
    stored, target = _open(path)
    save(target.moved(200), stored, path, by="a", reason="x", at=DAY)
    assert opened(_first(read(path)), DRAFT, (0.0, 100.0), 100.0).high == 200.0


@pytest.mark.parametrize(
    ("high", "step"), [(4.6e6, 10_000.0), (999_999.0, 1_000.0), (40.0, 1.0), (0.0, 1.0)]
)
def test_steps_are_round(high, step):
    """A hundred to a thousand steps reach the end."""
    assert opened(None, DRAFT.model_copy(update={"target": 0.0}), (0.0, high), 0.0).step == step
