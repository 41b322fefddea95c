"""Whose record counts: what people wrote, else the sample's own."""

from dataclasses import replace

import pytest

from qbr_lib.data import slices
from qbr_lib.goals import records
from qbr_lib.periods import Quarter
from qbr_lib.record import read

CYCLE = Quarter(2026, 2)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """Open a team of the sample organisation in a workspace of its own."""
    root = tmp_path_factory.mktemp("w")
    return slices.open_slice("sued", "2026-Q3", workspace=root)


def test_the_sample_has_records_of_past_cycles(sample):
    """Five kinds of goals, agreed on and graded, stand under build/ and never elsewhere."""
    stored = records.of(sample, CYCLE)
    assert stored.path.is_relative_to(sample.root / "build" / "records")
    assert not (sample.root / "parameters").exists()
    goals = stored.record.goals
    kinds = ["revenue", "account", "activity", "territory", "market_share"]
    assert [goal.kind for goal in goals] == kinds
    assert all(goal.verdict and goal.leading and goal.baseline is not None for goal in goals)
    assert records.of(sample, CYCLE) == stored


def test_what_other_code_made_is_not_read(sample, monkeypatch):
    """The sample's records stand by what made them; those of an older library are left alone."""
    stored = records.of(sample, CYCLE)
    monkeypatch.setattr(records, "_code", lambda: "older")
    other = records.of(sample, CYCLE)
    assert other.path != stored.path
    assert other.record == stored.record


def test_its_running_goals_have_no_verdict(sample):
    """The goals of the running quarter are agreed on and open; older cycles have no record."""
    running = records.of(sample, CYCLE.next).record.goals
    assert running
    assert {goal.verdict for goal in running} == {None}
    assert records.of(sample, CYCLE.shift(-4)).digest == ""


def test_its_meetings_fill_every_section(sample):
    """A first look shows what each section is for, and what became of plans once they are over."""
    running, last = (records.of(sample, one).record for one in (CYCLE.next, CYCLE))
    sections = [name for name in type(running).model_fields if name not in ("minutes",)]
    filled = {name for name in sections if getattr(running, name)}
    assert filled == set(sections) - {"celebrations"}
    assert running.experiments[0].tried is running.strategies[0].observed is None
    assert last.experiments[0].tried.of == 44
    assert last.strategies[0].observed
    assert last.ideas[0].effect


def test_earlier_records_are_those_that_exist(sample):
    """The newest first, without cycles that have none."""
    found = records.earlier(sample, CYCLE.next)
    assert [quarter for quarter, _ in found] == [CYCLE, CYCLE.previous]
    assert found[0][1] == records.of(sample, CYCLE).record
    assert records.earlier(sample, CYCLE.shift(-8)) == []


def test_its_texts_are_in_the_page_s_language(sample):
    """A German page shows a German record."""
    german = records.of(sample, CYCLE, "de").record
    assert german.commitments[0].owner == "Team"
    assert german.goals[2].title == "180 Kundengespräche in 2026-Q3 führen"


def test_what_people_wrote_goes_first(sample, tmp_path):
    """A record under parameters/ hides the sample's; copying one keeps it byte for byte."""
    theirs = records.of(sample, CYCLE)
    place = records.place(replace(sample, root=tmp_path), CYCLE)
    copied = records.own(theirs, place)
    assert place.read_bytes() == theirs.path.read_bytes()
    assert copied == read(place)
    place.write_text("decisions: [Hire one rep]\n", encoding="utf-8")
    assert records.own(theirs, place).record.decisions[0].what == "Hire one rep"


NAMED = """\
goals:
  - {id: calls-jördis-ahrens, title: Jördis Ahrens ruft an, kind: activity, metric: activity.calls,
     scope: {team: nord}, owner: Jördis Ahrens, target: 90}
commitments:
  - {id: c1, what: Angebot mit Jördis Ahrens, owner: Teamleitung, due: 2026-11-06}
participants: [{name: Jördis Ahrens, role: für Jördis Ahrens}]
contributions: [{by: Jördis Ahrens, section: why, text: Jördis Ahrens rief an}]
notes: [{section: why, by: Jördis Ahrens, text: Dank an Jördis Ahrens}]
strategies: [{id: s, what: Jördis Ahrens fragen, expected: Jördis Ahrens, observed: Jördis Ahrens}]
decisions: [{what: Jördis Ahrens übernimmt, by: Jördis Ahrens}]
ideas: [{what: Wie Jördis Ahrens, by: Jördis Ahrens, adopted: Jördis Ahrens, effect: Jördis Ahrens}]
experiments: [{id: e, hypothesis: Jördis Ahrens, group: Kunden von Jördis Ahrens}]
setbacks: [{expected: Jördis Ahrens, happened: Jördis Ahrens, cause: Jördis Ahrens fehlte}]
feedback: [{question: Jördis Ahrens?, answer: Jördis Ahrens, by: Jördis Ahrens}]
"""


@pytest.mark.parametrize("mode", ["off", "pseudonym", "named"])
def test_people_in_a_record_are_shown_as_asked(tmp_path, mode):
    """Owners, texts and ids name a known person only where the organisation says so."""
    place = tmp_path / "parameters" / "records" / str(CYCLE) / "nord.yml"
    place.parent.mkdir(parents=True)
    place.write_text(NAMED, encoding="utf-8")
    overrides = {"privacy": {"people": mode}}
    data = slices.open_slice("nord", "2026-Q3", workspace=tmp_path, overrides=overrides)
    shown = records.of(data, CYCLE)
    named = "ahrens" in shown.record.model_dump_json().casefold()
    assert named == (mode == "named")
    assert shown.record.commitments[0].owner == "Teamleitung"
    assert shown.record.notes[0].text.startswith("Dank an ")
    assert records.raw(data, CYCLE).record.goals[0].owner == "Jördis Ahrens"
    assert place.read_text(encoding="utf-8") == NAMED
