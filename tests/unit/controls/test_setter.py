"""The slider: its twin on a page, and its handlers without a browser."""

import dataclasses

import pytest

from qbr_lib.controls import how, setter
from qbr_lib.formats import Formats
from qbr_lib.goals import alignment, driver_plan, proposals, records, requirement
from qbr_lib.measures import NO_OPEN_DEAL, NO_PARTS, Unavailable
from qbr_lib.outlook import current
from qbr_lib.present import requirement as takes
from qbr_lib.present.outlook import odds as outlook_odds
from qbr_lib.record import Record, read
from qbr_lib.words import in_language
from tests.simulation.worlds import WORLDS, team
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing
from tests.unit.present.test_outlook import made as outlook

ENGLISH = Formats(in_language("en"), "EUR")


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Make a setter of a team that won 100,000 in the quarter, its outlook no more than values."""
    monkeypatch.setattr(setter.TargetSetter, "_requirement", lambda self: None)
    monkeypatch.setattr(how.shares, "divisible", lambda *_: Unavailable("x", NO_PARTS))
    deals = [closing(1, "2026-07-01", 100_000.0)]
    data = build_slice(deals, source={"kind": "folder", "path": "x"})
    data = dataclasses.replace(data, root=tmp_path, folder="nord")
    draft = proposals.revenue(data, ENGLISH)
    stored = records.of(data, data.quarter)
    found = outlook((100_000.0, 150_000.0), booked=0.0)
    return setter.TargetSetter(data, stored, draft, found, ENGLISH)


def test_a_headless_run_shows_the_twin_and_writes_nothing(made, tmp_path):
    """No widget, no file: the proposal with what it asks for."""
    bundle = made._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "Proposed, not recorded: €115,000" in bundle["text/plain"]
    assert "2 deals to win, 2 to decide" in bundle["text/plain"]
    assert "Chance of the target: 7 of 10" in bundle["text/plain"]
    assert list(tmp_path.iterdir()) == []


def test_a_person_sees_the_widgets(made, monkeypatch):
    """Where somebody is at the other end, the slider itself is shown."""
    monkeypatch.setattr(setter, "attended", lambda: True)
    assert "application/vnd.jupyter.widget-view+json" in made._repr_mimebundle_()


def test_what_is_typed_moves_the_slider(made):
    """A typed amount moves it, a wrong text is told and moves nothing; undo goes back."""
    made.view()
    made.slider.value = 120_000.0
    assert made.target.value == 120_000.0
    assert "€120,000" in made.told.value
    assert made.slider.shown == "€120,000"
    made.slider.typed = ["130,000", 1]
    assert (made.slider.value, made.target.value) == (130_000.0, 130_000.0)
    made.slider.typed = ["much", 2]
    assert "This is no number" in made.slider.error
    assert made.target.value == 130_000.0
    made.on_undo()
    assert (made.slider.value, made.target.value) == (120_000.0, 120_000.0)
    made.on_undo()
    made.on_undo()
    assert made.target.value == 115_000.0


def test_a_value_outside_the_range_is_told(made):
    """The slider goes back to where it was, with the message beside it."""
    made.view()
    made.slider.typed = ["9,000,000,000", 1]
    assert made.slider.value == made.target.value == 115_000.0
    assert "outside the slider's range" in made.slider.error


def test_recorded_with_who_and_why(made):
    """Without a name nothing is written; with one the record holds the target."""
    made.view()
    path = records.place(made.data, made.data.quarter)
    made.on_save()
    assert "needs who and why" in made.state.value
    assert not path.exists()
    made.slider.value = 120_000.0
    made.by.value, made.reason.value = "team lead", "agreed"
    made.on_save()
    goal = read(path).record.goals[0]
    assert (goal.current, goal.revisions[0].by) == (120_000.0, "team lead")
    assert (goal.plan.decided, goal.plan.win_rate, goal.plan.revenue) == (2, 1.0, 120_000.0)
    evidence = goal.revisions[0].evidence
    assert evidence.probability == pytest.approx(0.6, abs=0.001)
    assert evidence.as_of == made.data.as_of
    assert "Recorded on" in made.state.value
    assert not made.target.dirty
    assert "As recorded" in made.twin().text
    assert "agreed are" not in made.told.value
    made.slider.value = 125_000.0
    assert "agreed are €120,000" in made.told.value  # a trial is told from what is agreed


def test_without_an_outlook_a_target_is_recorded_without_evidence(made):
    """The slider says nothing of a chance then, and the rest is recorded as ever."""
    made.found = Unavailable("outlook.p10", NO_OPEN_DEAL)
    made.view()
    assert "Chance" not in made.told.value + made.twin().text
    made.by.value, made.reason.value = "team lead", "agreed"
    made.on_save()
    path = records.place(made.data, made.data.quarter)
    assert read(path).record.goals[0].revisions[0].evidence is None


def test_a_conflict_is_told_and_loses_nothing(made):
    """A record changed by hand in between is shown, not overwritten."""
    made.view()
    path = records.place(made.data, made.data.quarter)
    path.parent.mkdir(parents=True)
    path.write_text("decisions: [by hand]\n", encoding="utf-8")
    made.by.value, made.reason.value = "lead", "why"
    made.on_save()
    assert "by hand" in made.state.value
    assert path.read_text(encoding="utf-8") == "decisions: [by hand]\n"


def test_text_of_a_person_is_escaped(made):
    """What a person types never becomes markup."""
    made.view()
    made._tell("<script>alert(1)</script>")
    assert "<script>" not in made.state.value


@pytest.fixture
def whole(tmp_path):
    """Make a setter with its levers, of a steady team."""
    data = team(WORLDS["steady"], 7)
    own = build_slice(source={"kind": "folder", "path": "x"}).organisation
    organisation = data.organisation.model_copy(update={"source": own.source})
    data = dataclasses.replace(data, organisation=organisation, root=tmp_path, folder="nord")
    found = current.outlook(data, data.quarter.next)
    draft = proposals.revenue(data, ENGLISH)
    made = setter.TargetSetter(data, records.of(data, data.quarter), draft, found, ENGLISH)
    made.view()
    return made


def test_at_rest_the_slider_is_the_page(whole):
    """Chance, requirement and plan are those that the notebook's cells tell."""
    value = whole.target.value
    assert whole.plan() == driver_plan.drivers(whole.data, value)
    need = requirement.requirement(whole.data, whole.found)
    for line in takes.sentences(need, value, ENGLISH):
        assert line in whole.told.value
    assert outlook_odds(whole.found, value, ENGLISH) in whole.told.value


def test_the_plan_as_set_is_recorded(whole):
    """The moved win rate is the plan's, which comes to the target; the words say how levers stood."""
    board = whole.how.board.board
    whole.how.board.sliders["win_rate"].value = rate = board.usual("win_rate") * 1.1
    whole.how.board.choice.value = "new"
    assert whole.dirty
    asked = whole.how.board.board.value("new")
    whole.by.value, whole.reason.value = "lead", "agreed"
    whole.on_save()
    goal = read(records.place(whole.data, whole.data.quarter)).record.goals[0]
    assert goal.plan.win_rate == pytest.approx(rate, abs=0.0001)
    assert goal.plan.leads_to(goal.current)
    told = goal.revisions[0].evidence
    assert told.probability == pytest.approx(whole.found.chance(goal.current), abs=0.0001)
    assert f"New deals a week {ENGLISH.number(asked, 1)}" in told.text
    assert not whole.dirty


def test_levers_that_solve_the_target_move_the_slider(whole):
    """It stands where 7 of 10 cases come to; undo goes back step by step."""
    first, rate = whole.target.value, whole.how.board.board.usual("win_rate")
    whole.how.board.choice.value = "target"
    usual = whole.target.value
    assert usual == whole.slider.value == whole.how.board.board.solved != first
    whole.how.board.sliders["win_rate"].value = rate * 1.2
    assert whole.target.value > usual
    whole.on_undo()
    assert whole.target.value == usual
    assert whole.how.board.sliders["win_rate"].value == rate
    whole.on_undo()
    assert (whole.target.value, whole.how.board.choice.value) == (first, "chance")
    assert whole.past == []


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """Make a setter of a team of two people, of whom Ada won twice what Bo did."""
    monkeypatch.setattr(setter.TargetSetter, "_requirement", lambda self: None)
    people = [
        {"rep_id": f"r{n}", "name": name, "team_id": "nord"} for n, name in enumerate(["Ada", "Bo"])
    ]
    deals = [
        closing(10 * n + r, "2026-08-01", 20_000.0 / (r + 1), owner_id=f"r{r}")
        for n in range(5)
        for r in (0, 1)
    ]
    source, privacy = {"kind": "folder", "path": "x"}, {"people": "named"}
    data = build_slice(deals, tables={"reps": people}, privacy=privacy, source=source)
    data = dataclasses.replace(data, root=tmp_path, folder="nord")

    def make():
        draft = proposals.revenue(data, ENGLISH).model_copy(update={"target": 180_000.0})
        found = Unavailable("outlook.p10", NO_OPEN_DEAL)
        made = setter.TargetSetter(data, records.of(data, data.quarter), draft, found, ENGLISH)
        made.view()
        made.by.value, made.reason.value = "lead", "agreed"
        return made

    return make


def _goals(made):
    return read(records.place(made.data, made.data.quarter)).record.goals


def test_parts_are_recorded_with_the_target(shared):
    """One write holds the goal and its parts, with who and why, and they add up to the cent."""
    made = shared()
    view = made.how.split
    view.grid.typed = ["r0", 2, "100,000.01", 1]
    view.fill.click()
    view.record.value = True
    made.on_save()
    whole, ada, bo = _goals(made)
    assert (ada.scope, ada.owner, ada.parent) == ({"team": "nord", "rep": "r0"}, "Ada", whole.id)
    assert (ada.current, bo.current) == (100_000.01, 79_999.99)
    assert bo.title == "Bo wins €80,000 in 2026-Q4"
    assert round(ada.current + bo.current, 2) == whole.current == 180_000.0
    assert {(one.revisions[0].by, one.revisions[0].reason) for one in (whole, ada, bo)} == {
        ("lead", "agreed")
    }
    assert {one.baseline for one in (ada, bo)} == {None}
    assert alignment.sums(made.data, Record(goals=(whole, ada, bo)))["parts"].to_list() == [
        whole.current
    ]
    assert not made.dirty


def test_recorded_parts_stand_in_the_table_and_are_agreed_anew(shared):
    """Opened again they are there; one that changes gets an agreement, the others none."""
    made = shared()
    made.how.split.record.value = True
    made.on_save()
    again = shared()
    assert again.how.split.record.value
    assert again.how.split.split.parts.to_list() == [120_000.0, 60_000.0]
    assert not again.dirty
    again.how.split.grid.typed = ["r1", 2, "65,000", 1]
    assert again.dirty
    again.on_save()
    whole, ada, bo = _goals(again)
    assert [len(one.revisions) for one in (whole, ada, bo)] == [1, 1, 2]
    assert (bo.original, bo.current) == (60_000.0, 65_000.0)


def test_parts_below_the_target_are_not_recorded(shared):
    """What is missing is said and nothing is written, not even the target."""
    made = shared()
    made.how.split.grid.typed = ["r0", 2, "100,000", 1]
    made.how.split.record.value = True
    made.on_save()
    assert "€20,000 less than the target" in made.state.value
    assert not records.place(made.data, made.data.quarter).exists()


def test_parts_that_nobody_asked_to_record_are_not(shared):
    """A proposal is never recorded by itself."""
    made = shared()
    made.on_save()
    assert [one.id for one in _goals(made)] == [made.draft.id]


def test_undo_takes_back_what_was_typed(shared):
    """Parts, basis and the mark to record them go back step by step; the dirty mark follows."""
    made = shared()
    made.on_save()
    assert not made.dirty
    made.how.split.grid.typed = ["r0", 2, "100,000", 1]
    made.how.split.record.value = True
    assert made.dirty
    made.on_undo()
    assert not made.how.split.record.value
    made.on_undo()
    assert made.how.split.split.by_hand == {}
    assert made.past == []
    assert not made.dirty


def test_a_part_changed_by_hand_meanwhile_is_a_conflict(shared):
    """The second of two is told, and neither target nor parts are written."""
    first, second = shared(), shared()
    first.how.split.record.value = second.how.split.record.value = True
    first.on_save()
    before = records.place(first.data, first.data.quarter).read_bytes()
    second.on_save()
    assert "changed since" in second.state.value
    assert records.place(first.data, first.data.quarter).read_bytes() == before
