"""Tables on how goals fit together and how a target could be split."""

import math

import pandas as pd
import pytest

from qbr_lib.data.holders import TOO_FEW
from qbr_lib.formats import Formats
from qbr_lib.goals import alignment as goals
from qbr_lib.goals.shares import Proposal
from qbr_lib.measures import Unavailable
from qbr_lib.present import alignment
from qbr_lib.record import Record
from qbr_lib.words import in_language

ENGLISH, GERMAN = (Formats(in_language(one), "EUR") for one in ("en", "de"))
REVENUE = "bookings.won_amount"


def _links(*rows):
    frame = pd.DataFrame(rows, columns=["goal", "parent", "state", "value", "whole", "share"])
    return frame.assign(title=frame["goal"], metric=REVENUE, gap_share=math.nan)


def test_goals_above_and_their_shares():
    """The share of the company's goal, an unknown parent, and the sum of the parts."""
    links = _links(
        ("Ours", "company-revenue-2026-Q4", "linked", 120_000.0, 1_500_000.0, 0.08),
        ("Lost", "nowhere", "unknown", 5.0, math.nan, math.nan),
        ("Alone", None, "none", 7.0, math.nan, math.nan),
    )
    sums = pd.DataFrame([("Ours", 110_000.0)], columns=["goal", "parts"])
    lines = alignment.fit(links, sums, Record(), ENGLISH).text.splitlines()
    assert lines[2].split("  ")[-1] == "€110,000"
    assert "the company's goal" in lines[2]
    assert "8.0%" in lines[2]
    assert "nowhere (in no plan and no record)" in lines[3]
    assert "no goal above it" in lines[4]
    assert alignment.fit(_links(), pd.DataFrame(columns=goals.SUMS), Record(), ENGLISH).html == ""


def _proposal(**given):
    frame = pd.DataFrame(
        {"name": ["Ada", "Bo"], "history": [6.0, 3.0], "proportional": [8.0, 4.0],
         "chance": [0.31, math.nan], "equal": [math.nan, math.nan], "balanced": [7.0, 3.5],
         "present": [1.0, 0.5]}
    )  # fmt: skip
    known = {
        "by": "rep",
        "frame": frame,
        "each": 0.6,
        "together": 0.8,
        "over": -0.1,
        "vacant": 0.08,
        "follows": 0.0,
    }
    return Proposal(**(known | {"evenness": 1.0} | given))


def test_a_split_with_its_sums():
    """Each unit's part and how often it is reached; what is not known is a dash, also as a sum."""
    text = alignment.split(_proposal(), ENGLISH).text
    ada, bo, whole = (line.split() for line in text.splitlines()[2:5])
    assert ada == ["Ada", "€6", "€8", "3", "of", "10", "–", "€7"]
    assert bo == ["Bo", "€3", "€4", "–", "–", "€4"]
    assert whole == ["Sum", "€9", "€12", "–", "€10"]
    assert "in 6 of 10 quarters, all together would reach the sum in 8 of 10." in text
    assert "What each reaches in 6 of 10 quarters adds up to 10.0% less than the target." in text
    assert "Bo counts with 50%" in text
    assert "8% of the last year's revenue" in text
    plain = alignment.split(_proposal(over=0.05, vacant=0.004), ENGLISH).text
    assert "5.0% more than the target." in plain
    assert "last year's revenue" not in plain


@pytest.mark.parametrize("formats", [ENGLISH, GERMAN])
def test_what_is_not_told_is_said(formats):
    """Without chances there is no sentence on them; a withheld split gives its reason."""
    told = alignment.split(_proposal(together=math.nan), formats).text.splitlines()[-1]
    assert formats.often(0.6) not in told
    gone = alignment.split(Unavailable(REVENUE, TOO_FEW, {"n": 5}), formats)
    assert formats.words.say(TOO_FEW, n=5) in gone.text
