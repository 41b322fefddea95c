"""The minutes: everything agreed on with who and when, nothing else, and a sentence for nothing."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from qbr_lib.formats import Formats
from qbr_lib.periods import Quarter
from qbr_lib.publish.minutes import Minutes, render, week_near
from qbr_lib.record import Record
from qbr_lib.words import in_language

QUARTER = Quarter.parse("2026-Q3")
GOAL = {
    "id": "g1",
    "title": "More revenue",
    "kind": "revenue",
    "metric": "bookings.won_amount",
    "scope": {"team": "nord"},
    "owner": "whole team",
    "baseline": "900",
    "target": "1000",
}
FULL = {
    "participants": [
        {"name": "Ada", "role": "team lead", "present": "true"},
        "Ben",
        {"name": "Cem", "present": "false"},
    ],
    "decisions": [{"what": "No new day", "by": "Ada", "at": "2026-10-05", "goal": "g1"}],
    "goals": [
        GOAL
        | {
            "revisions": [
                {"at": "2026-10-05", "by": "Ada", "value": "1000", "reason": "agreed"},
                {"at": "2026-11-09", "by": "Ben", "value": "950", "reason": "two moved"},
            ]
        }
    ],
    "commitments": [{"id": "c1", "what": "Call them", "owner": "Ben", "due": "2026-11-06"}],
    "support": [
        {"id": "s1", "what": "A training", "owner": "HR", "due": "2026-10-20", "state": "promised"}
    ],
    "obstacles": [
        {
            "id": "o1",
            "what": "Prices fall",
            "goal": "g1",
            "trigger": {"metric": "conversion.win_rate", "below": "0.25"},
            "counter": "Ask the lead",
        }
    ],
}


def page(record, language="en", team="Nord"):
    """Return the minutes of a record, parsed."""
    formats = Formats(in_language(language), "EUR")
    made = render(
        Minutes(Record.model_validate(record), QUARTER, formats),
        team=team,
        organisation="Probe",
        where="parameters/records/2026-Q3/nord.yml",
    )
    return BeautifulSoup(made, "lxml")


def told(record, language="en"):
    """Return what the page says, one line a piece."""
    return page(record, language).main.get_text("\n", strip=True).splitlines()


def test_everything_agreed_is_there():
    """Each entry stands under its heading with who, when, from what to what, why and for which goal."""
    assert told(FULL) == [
        *("Who took part", "Ada (team lead), Ben", "Not there: Cem"),
        *("Decided", "No new day", "Ada · 5 Oct 2026 · More revenue"),
        *("Goals", "Goal", "Baseline", "Target", "Agreed"),
        *("More revenue", "whole team", "€900", "€950"),
        *("5 Oct 2026, Ada: agreed", "9 Nov 2026, Ben: from €1,000 to €950, two moved"),
        *("Commitments", "What", "Who", "By when", "State"),
        *("Call them", "Ben", "6 Nov 2026", "open"),
        *("Support", "What", "Who", "By when", "State"),
        *("A training", "HR", "20 Oct 2026", "promised"),
        *("Obstacles", "Prices fall"),
        "seen by: Win rate below 25.0% · Ask the lead · Revenue won",
        "Next checkpoints",
        "29 October 2026: after a third of the quarter",
        "3 December 2026: after two thirds of the quarter",
        "from 1 January 2027 on: review of 2026-Q4",
    ]


def test_german():
    """The German page speaks German and writes numbers and days as Germans do."""
    lines = told(FULL, "de")
    assert "05.10.2026, Ada: agreed" in lines
    assert "09.11.2026, Ben: von 1.000\u00a0€ auf 950\u00a0€, two moved" in lines
    assert "29. Oktober 2026: nach einem Drittel des Quartals" in lines
    assert page(FULL, "de").html["lang"] == "de"


@pytest.mark.parametrize("section", FULL)
def test_a_section_without_entries_is_left_out(section):
    """What nobody recorded has no heading; the rest stands as before."""
    without = {name: entries for name, entries in FULL.items() if name != section}
    heads = {head.get_text() for head in page(FULL).main.find_all("h2")}
    left = {head.get_text() for head in page(without).main.find_all("h2")}
    assert len(heads - left) == 1
    assert left < heads


@pytest.mark.parametrize("record", [{}, {"minutes": "60"}, {"feedback": ["How was it?"]}])
def test_an_empty_record_gives_a_sentence(record):
    """Nothing agreed on is said in one sentence, with the file where it belongs."""
    assert told(record) == [
        "Nothing is recorded of this meeting yet. "
        "What is agreed stands in parameters/records/2026-Q3/nord.yml."
    ]


def test_what_people_typed_stays_text():
    """Markup in names and reasons is shown, not run; the page holds no script at all."""
    hostile = "<script>alert(1)</script>{{ 7 * 7 }}"
    record = {
        "decisions": [hostile],
        "participants": [hostile],
        "goals": [GOAL | {"title": hostile}],
    }
    found = page(record, team=hostile)
    assert found.find_all("script") == []
    assert found.main.get_text().count(hostile) == 3


@given(st.integers(2000, 2099), st.integers(1, 4), st.integers(1, 12), st.floats(0, 1))
def test_a_checkpoint_is_the_nearest_start_of_a_week(year, number, starts, part):
    """It lies in the quarter, whole weeks after its first day, at most half a week from the part."""
    quarter = Quarter(year, number, starts)
    day = week_near(quarter, part)
    days = (quarter.last_day - quarter.first_day).days + 1
    assert quarter.contains(day)
    assert (day - quarter.first_day).days % 7 == 0
    last = quarter.week_starts(quarter.weeks)
    wanted = min(days * part, (last - quarter.first_day).days)
    assert abs((day - quarter.first_day).days - wanted) <= 3.5


def test_checkpoints_of_a_fiscal_year():
    """Of a quarter from February to April, 89 days: after 28 and after 56 days."""
    quarter = Quarter.parse("2027-Q1", starts=2)
    first = quarter.first_day
    assert [
        (week_near(quarter, part) - first) / dt.timedelta(days=1) for part in (1 / 3, 2 / 3)
    ] == [
        28,
        56,
    ]
