"""The roadmap: the result's weeks and shares, the record's dates, a sheet for each person."""

import re

import pytest
from bs4 import BeautifulSoup

from qbr_lib.formats import Formats
from qbr_lib.publish.minutes import Minutes
from qbr_lib.publish.roadmap import Roadmap, render
from qbr_lib.record import Record
from qbr_lib.words import in_language
from tests.unit.publish.test_minutes import FULL, GOAL, QUARTER

SHARE = {"kind": "revenue", "metric": "bookings.won_amount", "source": "targets"}
PEOPLE = [
    SHARE | {"person": "Ben", "id": "", "title": "", "value": 400.0, "of_team": 0.4, "of_company": 0.02},
    SHARE | {"person": "Eve", "id": "", "title": "", "value": 600.0, "of_team": 0.6, "of_company": None},
]  # fmt: skip


def _weeks(person, goal, values):
    days = ("2026-10-07", "2026-12-31")
    return [
        {"person": person, "goal": goal, "metric": "bookings.won_amount", "week": n, "day": day,
         "value": value, "quarters": 9}
        for n, (day, value) in enumerate(zip(days, values, strict=True), start=1)
    ]  # fmt: skip


TABLES = {
    "individual": PEOPLE,
    "weeks": [*_weeks("", "g1", (70.0, 1000.0)), *_weeks("Ben", "", (28.0, 400.0)), *_weeks("Eve", "", (42.0, 600.0))],
    "dates": [{"day": "2026-11-25", "kind": "last_new_deal", "value": 8}],
}  # fmt: skip


def page(record=FULL, tables=TABLES, language="en", team="Nord"):
    """Return the roadmap of a record, parsed."""
    formats = Formats(in_language(language), "EUR")
    minutes = Minutes(Record.model_validate(record), QUARTER, formats)
    made = render(Roadmap(minutes, tables), team=team, organisation="Probe")
    return BeautifulSoup(made, "lxml")


def lines(part):
    """Return what a part says, one line a piece."""
    return part.get_text("\n", strip=True).splitlines()


def test_the_team_s_sheet():
    """Goals, weeks, what happens by when, and what to watch for."""
    main = page().main
    for one in main.find_all("section"):
        one.decompose()
    assert lines(main) == [
        *("Goals", "Goal", "Baseline", "Target", "More revenue", "€900", "€950"),
        *("Week by week", "If the quarter fills up as 9 quarters of the team did before."),
        *("By", "Revenue won", "7 Oct 2026", "€70", "31 Dec 2026", "€1,000"),
        *("What happens by when", "By", "What", "Who"),
        *("20 Oct 2026", "A training", "promised", "HR"),
        *("29 Oct 2026", "Checkpoint after a third of the quarter", "team"),
        *("6 Nov 2026", "Call them", "open", "Ben"),
        *("25 Nov 2026", "The last day on which a new deal still helps in this quarter"),
        *("until then 8 new deals a week", "team"),
        *("3 Dec 2026", "Checkpoint after two thirds of the quarter", "team"),
        *("What to watch for", "Prices fall", "seen by: Win rate below 25.0% · Ask the lead"),
    ]


def test_each_person_has_a_sheet():
    """Own goal with its shares, own weeks, own commitments; then the team's dates without others'."""
    ben, eve = page().find_all("section")
    assert lines(ben)[:4] == [
        "Ben", "Nord · Roadmap 2026-Q4", "Revenue won",
        "€400, 40.0% of the team's goal, 2.0% of the company goal",
    ]  # fmt: skip
    assert "€600, 60.0% of the team's goal" in lines(eve)  # nothing above is known
    assert "€28" in lines(ben)
    assert "€42" in lines(eve)
    assert "Own commitments" in lines(ben)
    assert "Call them" in lines(ben)
    assert "Call them" not in lines(eve)
    assert "A training" in lines(eve)


def test_german():
    """The German page speaks German."""
    said = lines(page(language="de").main)
    assert "Wenn sich das Quartal füllt wie bisher 9 Quartale des Teams." in said
    assert "400\xa0€, 40,0\xa0% des Teamziels, 2,0\xa0% des Unternehmensziels" in said
    assert not re.search(r"\b(By|week|goal|quarter|until)\b", " ".join(said))


@pytest.mark.parametrize("quarters", [0, 1])
def test_what_the_weeks_rest_on(quarters):
    """Too few earlier quarters are said; one is singular."""
    weeks = [row | {"quarters": quarters} for row in TABLES["weeks"]]
    said = " ".join(lines(page(tables=TABLES | {"weeks": weeks}).main))
    assert ("Spread evenly" in said) == (quarters == 0)
    assert ("as 1 quarter of the team did" in said) == (quarters == 1)


def test_without_weeks_and_people_the_dates_are_left():
    """Sections without content are left out; the record's dates stay."""
    said = lines(page({"goals": [GOAL]}, {"individual": [], "weeks": [], "dates": []}).main)
    assert "Week by week" not in said
    assert "What to watch for" not in said
    assert "Checkpoint after a third of the quarter" in said


def test_what_people_typed_stays_text():
    """Markup in names is shown, not run."""
    hostile = "<script>alert(1)</script>"
    tables = TABLES | {"individual": [PEOPLE[0] | {"person": hostile}]}
    found = page(FULL | {"goals": [GOAL | {"title": hostile}]}, tables, team=hostile)
    assert found.find_all("script") == []
    assert found.find("section").h2.get_text() == hostile
