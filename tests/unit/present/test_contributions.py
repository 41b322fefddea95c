"""What each person adds, on the goals page."""

import math

import pandas as pd

from qbr_lib.formats import Formats
from qbr_lib.goals.roadmap import PEOPLE
from qbr_lib.present import contributions
from qbr_lib.words import in_language

ENGLISH, GERMAN = (Formats(in_language(one), "EUR") for one in ("en", "de"))
ROW = dict(zip(PEOPLE, ("Anna", "", "", "revenue", "bookings.won_amount", 120e3, 0.08, 0.02, "targets"), strict=True))  # fmt: skip


def _frame(*rows):
    return pd.DataFrame([ROW | row for row in rows], columns=PEOPLE)


def test_value_and_shares():
    """Your 120,000 is 8 % of the team's and 2 % of the company's goal; the sum stands below."""
    text = contributions.people(_frame({}, {"person": "Ben", "of_company": math.nan}), ENGLISH).text
    assert "Anna (Revenue won)  €120,000" in text
    assert text.count("8.0%") == 2
    assert "Sum (Revenue won)   €240,000               16.0%" in text.replace("—", "–")
    german = contributions.people(_frame({}), GERMAN).text
    assert "8,0\xa0%" in german
    assert "Am Teamziel" in german


def test_without_people_nothing_is_shown():
    """Nobody's goal, no chapter."""
    assert contributions.people(_frame(), ENGLISH).html == ""
