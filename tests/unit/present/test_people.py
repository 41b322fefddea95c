"""Notes in their place, participants, contributions and feedback; nothing where nothing is."""

import dataclasses

import pytest
from bs4 import BeautifulSoup

from qbr_lib.data.people import People
from qbr_lib.formats import Formats
from qbr_lib.periods import Quarter
from qbr_lib.present import people
from qbr_lib.present.preparation import SECTIONS
from qbr_lib.record import Record
from qbr_lib.words import in_language
from tests.notebooks.hostile import TEXTS
from tests.unit.metrics.conftest import build_slice

ENGLISH = Formats(in_language("en"), "EUR")
GERMAN = Formats(in_language("de"), "EUR")
RECORD = Record.model_validate(
    {
        "participants": [
            {"name": "Teamleitung", "role": "leitet", "present": True},
            {"name": "Innendienst", "present": False},
            "Vertrieb",
        ],
        "contributions": [
            {"by": "Vertrieb", "section": "why", "text": "Der Preis war zu hoch."},
            {"section": "why", "text": "Zu viele Freigaben."},
            {"by": "Vertrieb", "text": "Mehr Zeit."},
        ],
        "notes": [
            {
                "section": "result",
                "text": "Erste Zeile\n\nZweite Zeile",
                "by": "Teamleitung",
                "at": "2026-10-02",
            }
        ],
        "feedback": [
            {"question": "Hilfreich?", "rating": 4},
            {"question": "Was fehlte?", "answer": "Nichts"},
            "Kürzer",
        ],
    }
)


def plain(text):
    """Return a text with simple spaces."""
    return " ".join(text.split())


def test_a_note_stands_in_its_section():
    """A paragraph a line, signed with author and day; other sections stay without."""
    shown = people.notes(RECORD, "result", GERMAN)
    page = BeautifulSoup(shown.html, "lxml")
    assert [one.get_text() for one in page.aside.find_all("p")] == [
        "Erste Zeile",
        "Zweite Zeile",
        "Anmerkung: Teamleitung, 2. Oktober 2026",
    ]
    assert people.notes(RECORD, "wins", GERMAN).html == ""


def test_contributions_stand_with_the_notes():
    """Named or unnamed, in the section that they belong to."""
    page = BeautifulSoup(people.notes(RECORD, "why", ENGLISH).html, "lxml")
    by = [one.get_text() for one in page.find_all(class_="by")]
    assert by == ["Contribution: Vertrieb", "Contribution"]


@pytest.mark.parametrize("section", SECTIONS)
def test_an_empty_record_shows_nothing(section):
    """A first cycle leaves no heading behind."""
    data = build_slice([])
    assert people.notes(Record(), section, ENGLISH).html == ""
    assert people.meeting(Record(), [], data, ENGLISH).html == ""
    assert people.meeting(Record(), [(Quarter(2026, 2), Record())], data, ENGLISH).text == ""


def test_the_meeting():
    """Who was there, who brought what where, and how the meetings were rated over the cycles."""
    before = Record.model_validate({"feedback": [{"question": "Hilfreich?", "rating": 2}]})
    shown = people.meeting(RECORD, [(Quarter(2026, 2), before)], build_slice([]), ENGLISH)
    text = plain(shown.text)
    assert "3 participants 1 noted as there" in text
    assert "Teamleitung leitet ● there Innendienst ○ not there Vertrieb –" in text
    assert "2 of 3 participants brought something" in text
    assert "Why 2 Vertrieb The whole review 1 Vertrieb Result 1 Teamleitung" in text
    assert "2026‑Q2 2.0 1 2026‑Q3 4.0 1" in text
    assert "Was fehlte?: Nichts Remark: Kürzer" in text


def test_no_contribution_is_lost():
    """One for the whole review, or for a section that no page has, stands with the meeting."""
    given = [{"text": "Mehr Zeit."}, {"by": "Vertrieb", "section": "Ergebnis", "text": "Zu spät."}]
    record = Record.model_validate({"contributions": [*given, {"section": "why", "text": "dort"}]})
    page = BeautifulSoup(people.meeting(record, [], build_slice([]), ENGLISH).html, "lxml")
    assert [plain(one.get_text(" ")) for one in page.find_all("aside")] == [
        "Mehr Zeit. Contribution",
        "Zu spät. Contribution: Vertrieb, Ergebnis",
    ]


def test_who_is_not_told_apart_is_not_counted():
    """Where everybody is “a person”, nobody can say how many of them brought something."""
    data = dataclasses.replace(build_slice([]), people=People("off"))
    text = people.meeting(RECORD, [], data, ENGLISH).text
    assert "brought something" not in text
    assert "Who brought what" in text


def test_hostile_texts_stay_texts():
    """What people typed runs nothing, opens nothing and turns nothing."""
    given = {
        "participants": [{"name": one, "role": one} for one in TEXTS],
        "contributions": [{"by": one, "section": one, "text": one} for one in TEXTS]
        + [{"by": one, "section": "why", "text": one} for one in TEXTS],
        "notes": [{"section": "why", "text": one, "by": one} for one in TEXTS],
        "feedback": [{"question": one, "answer": one} for one in TEXTS],
    }
    record = Record.model_validate(given)
    shown = people.notes(record, "why", ENGLISH) + people.meeting(
        record, [], build_slice([]), ENGLISH
    )
    page = BeautifulSoup(shown.html, "lxml")
    assert not page.find_all(["script", "img", "h1", "a"])
    assert len(page.find_all("aside")) == 3 * len(TEXTS)
    assert "<script>alert(1)</script>" in page.get_text()
