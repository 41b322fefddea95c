"""Agenda, firmness of the figures and rival definitions, as a page shows them."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.metrics import agenda, duel, quality
from qbr_lib.present import preparation
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice

ENGLISH = Formats(in_language("en"), "EUR")
GERMAN = Formats(in_language("de"), "EUR")
ROWS = [
    ("bookings.won_amount", 100.0, 100.0, 148.0, (("rejected", 1), ("missing_amount", 2))),
    ("conversion.win_rate", 0.5, 0.5, 0.5, ()),
    ("cycle.median_days_won", 60.0, 58.0, 61.0, (("missing_created", 3),)),
]
BOUNDS = pd.DataFrame(ROWS, columns=quality.COLUMNS)
DUEL = pd.DataFrame(
    [
        ("attainment", "plan", "ratio", 1.02, np.nan, "met", True),
        ("attainment", "first", "ratio", 0.98, np.nan, "missed", True),
        ("win_rate", "win_rate", "ratio", 0.3, 0.4, "worse", True),
        ("win_rate", "win_rate_by_amount", "ratio", 0.5, 0.4, "better", True),
        ("win_rate", "created", "ratio", 0.2, 0.2, "same", True),
        ("coverage", "full", "ratio", 2.44, 2.4, "same", False),
        ("coverage", "remaining", "ratio", 3.0, 2.6, "better", False),
    ],
    columns=duel.COLUMNS,
)
BUSY = dict.fromkeys(agenda.SECTIONS, 2)


def plain(text):
    """Return a text with simple spaces."""
    return " ".join(text.split())


def test_the_agenda_adds_up_on_the_page():
    """Each section with its minutes and question, the sum below, in both languages."""
    plan = agenda.agenda({"grades": 1, "attention": 3})
    text = plain(preparation.agenda(plan, ENGLISH).text)
    assert text.startswith("Times by the weight of the findings")
    assert "Last quarter's goals 20 What do we take from the goal that was not met?" in text
    assert "What needs attention 50 Who takes which of the 3 points, and by when?" in text
    assert "Sum 90" in text
    german = plain(preparation.agenda(plan, GERMAN).text)
    assert "Was Aufmerksamkeit braucht 50 Wer übernimmt welchen der 3 Punkte" in german
    assert preparation.minutes(plan, "attention", GERMAN) == "50\u00a0Min."


@pytest.mark.parametrize("weighed", [{}, dict.fromkeys(agenda.SECTIONS, 1), BUSY])
def test_every_section_has_a_question(weighed):
    """Whether there is nothing, one thing or more to talk about, each row asks one."""
    html = preparation.agenda(agenda.agenda(weighed), ENGLISH).html
    assert html.count("?</td>") == len(agenda.SECTIONS)


def test_an_even_agenda_names_no_part():
    """Where nothing stands out, no part is said to take most of the time."""
    assert preparation.agenda_finding(agenda.agenda({}), ENGLISH) == "90 minutes, spread evenly"
    plan = agenda.agenda({"attention": 3})
    assert "What needs attention" in preparation.agenda_finding(plan, ENGLISH)


def test_the_one_sentence_on_doubt():
    """Only the headline that could move most is said, with how many rows are to be mended."""
    assert preparation.doubt(BOUNDS, ENGLISH) == (
        "Revenue won: €100 to €148 possible once 3 doubtful rows are mended."
    )
    assert "sobald 3 zweifelhafte Zeilen geklärt sind" in preparation.doubt(BOUNDS, GERMAN)
    assert preparation.doubt(BOUNDS.iloc[1:], ENGLISH) == ""
    assert preparation.doubt(BOUNDS.head(0), ENGLISH) == ""


def test_the_table_says_why():
    """Only headlines with doubtful rows, each with its bounds and causes."""
    text = plain(preparation.firmness(BOUNDS, build_slice([]), ENGLISH).text)
    assert "Revenue won €100 €100 €148 1 rejected row, 2 deals without an amount" in text
    assert "Days to win 60 days 58 days 61 days 3 deals without a creation day" in text
    assert "Win rate" not in text
    assert "name no team" not in text


def test_rows_of_no_team_are_told_apart():
    """They move no team's figure but are told; the company counts them."""
    team = dataclasses.replace(build_slice([]), hygiene={"without_team": 2})
    said = preparation.firmness(BOUNDS.head(0), team, ENGLISH).text
    assert said == (
        "No bad row could move a headline. 2 rejected rows name no team and count for none."
    )
    company = dataclasses.replace(team, scope="company")
    said = preparation.firmness(BOUNDS.head(0), company, ENGLISH).text
    assert said == "No bad row could move a headline."


def test_disputes_are_said_only_where_conclusions_part():
    """One sentence a disputed measure: one definition for either side."""
    attainment, rate = map(plain, preparation.disputes(DUEL, ENGLISH))
    assert attainment == (
        "Attainment: met by the plan; missed by the goal first agreed. Which one counts?"
    )
    assert rate == ("Win rate: worse by number; better by amount. Which one counts?")
    assert preparation.disputes(DUEL.iloc[5:], ENGLISH) == []
    assert "Was zählt?" in preparation.disputes(DUEL, GERMAN)[0]


def test_all_definitions_stand_in_the_appendix():
    """Every variant with both values and its conclusion; nothing where there is none."""
    text = plain(preparation.definitions(DUEL, ENGLISH).text)
    assert "Coverage of the full target 2.4× 2.4× much the same" in text
    assert "by the plan 102% – met" in text
    assert "much the same" in text
    assert preparation.definitions(DUEL.head(0), ENGLISH).html == ""


@pytest.mark.parametrize("formats", [ENGLISH, GERMAN], ids=["en", "de"])
def test_every_variant_has_its_words(formats):
    """Each measure, variant, conclusion and cause can be said."""
    rows = [
        (measure, variant, "ratio", 1.0, 1.0, end, False)
        for measure in preparation._DISPUTED
        for variant in preparation._VARIANTS
        for end in preparation._CONCLUSIONS
    ]
    assert preparation.definitions(pd.DataFrame(rows, columns=duel.COLUMNS), formats).text
    causes = ("rejected", "missing_amount", "negative_amount", "missing_created", "overdue")
    said = {preparation._cause(one, n, formats.words) for one in causes for n in (1, 2)}
    assert len(said) == 2 * len(causes)
