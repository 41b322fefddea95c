"""Causes in words: what happened, and where it stands between the usual swing and a pattern."""

import dataclasses

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.measures import Measure
from qbr_lib.metrics import causes as found
from qbr_lib.metrics.explained import Explained
from qbr_lib.metrics.patterns import TOO_EARLY, Claim, judged
from qbr_lib.metrics.stages import Funnel
from qbr_lib.present import causes
from qbr_lib.words import in_language

ENGLISH = Formats(in_language("en"), "EUR")
DECIDED = {"bookings.won_count": Measure("bookings.won_count", 40.0, 40)}
USUAL = "within the usual swing"


def claim(name, money, chance, *, kind="figure", subject="", value=150.0):
    """Return a favourable claim about something that is usually 100."""
    return Claim(kind, name, subject, value, 100.0, money, chance, 40, favourable=money > 0)


def explained(*claims, above=(), alone=None):
    """Return what these claims explain; the figures in `above` lie outside their usual range."""
    figures = pd.DataFrame({"key": list(above), "place": ["above"] * len(above)})
    told = judged(claims)
    none = pd.DataFrame()
    funnel = Funnel(None, 0, 0, 0, none, none, none)
    return Explained(figures, None, {}, funnel, told, found.ranked(told), alone)


CREATED = claim("created", 900.0, 0.9)
AVERAGE = claim("average", 500.0, 0.8)
EARLY = dataclasses.replace(CREATED, kind="driver", name="volume", chance=TOO_EARLY)
BOTH = ["150 deals were created instead of the usual 100"]
BOTH.append("Won deals brought €150 on average instead of the usual €100")


@pytest.mark.parametrize(
    ("claims", "above", "expected"),
    [
        (
            [CREATED, AVERAGE],
            [],
            [f"{one}." for one in BOTH] + ["Both lie within the usual swing."],
        ),
        ([CREATED], [], [f"{BOTH[0]}: {USUAL}."]),
        (
            [CREATED, AVERAGE],
            ["created"],
            [f"{BOTH[0]}: outside the usual range, but no pattern.", f"{BOTH[1]}: {USUAL}."],
        ),
        (
            [claim("created", 900.0, 0.0001), AVERAGE],
            ["created"],
            [f"{BOTH[0]}: a pattern.", f"{BOTH[1]}: {USUAL}."],
        ),
        (
            [EARLY, dataclasses.replace(AVERAGE, chance=TOO_EARLY)],
            [],
            [
                "150 deals were decided instead of 100 the quarter before: "
                "too early to say whether that is a pattern."
            ],
        ),
        ([], [], []),
    ],
    ids=["both usual", "one", "outside", "pattern", "early", "nothing"],
)
def test_two_causes_and_where_they_stand(claims, above, expected):
    """What is outside the usual range is never called usual, and one verdict is said once."""
    assert causes.lines(explained(*claims, above=above), ENGLISH) == expected


def test_below_the_headline():
    """Verdict and worth in one sentence each; no claim that all else is usual."""
    told = causes.lead(explained(CREATED, AVERAGE, above=["average"]), DECIDED, ENGLISH)
    assert told == [
        "That lies within the usual swing. At this quarter's win rate and deal size that is about "
        "€900.",
        "Otherwise no pattern shows.",
    ]
    slipped = explained(claim("slipped", -900.0, 0.5), above=["slipped"])
    assert causes.lead(slipped, DECIDED, ENGLISH)[0] == (
        "That lies outside the usual range, but chance alone can explain it."
    )
    assert causes.lead(slipped, {}, ENGLISH) == []
    early = explained(dataclasses.replace(AVERAGE, kind="driver", name="mix", chance=TOO_EARLY))
    assert causes.lead(early, DECIDED, ENGLISH) == [
        "Whether that is a pattern, it is too early to say. It brought about €500."
    ]


def test_a_further_pattern_of_the_same_cause():
    """More deals and more meetings are one cause, yet both patterns are told, and none denied."""
    created = claim("created", 900.0, 0.0001)
    told = causes.lead(
        explained(created, claim("activity.meetings", float("nan"), 0.0001), AVERAGE),
        DECIDED,
        ENGLISH,
    )
    assert told[1:] == ["Meetings: 150 instead of the usual 100: a pattern."]
    volume = claim("volume", 800.0, 0.0001, kind="driver")
    assert causes.lead(explained(created, volume), DECIDED, ENGLISH)[1:] == []


def test_the_deal_that_made_the_quarter():
    """A single deal that made the heaviest cause is named with it, on both places."""
    deal = pd.Series({"name": "Pumpe", "amount": 1_120_000.0})
    told = explained(AVERAGE, claim("win_rate", 100.0, 0.9, value=0.5), alone=deal)
    said = "One deal, Pumpe, alone brought €1.12M."
    lines = causes.lines(told, ENGLISH)
    assert [said in line for line in lines] == [True, False, False]
    assert said in causes.lead(told, DECIDED, ENGLISH)[0]


@pytest.mark.parametrize(
    ("column", "subject", "expected"),
    [
        ("competitor", "Kontora", "Against Kontora 20.0% were won instead of the usual 30.0%"),
        (
            "competitor",
            "",
            "Of the deals without an entry 20.0% were won instead of the usual 30.0%",
        ),
        ("size", "small", "small deals: 20.0% were won instead of the usual 30.0%"),
    ],
)
def test_parts_have_names(column, subject, expected):
    """A part is called as on the rest of the page, and one without a value is told as such."""
    row = pd.Series(
        {"kind": "rate", "name": column, "subject": subject, "value": 0.2, "usual": 0.3}
    )
    assert causes.phrase(row, ENGLISH) == expected


def test_points_without_an_amount():
    """What waits without any amount is no 0; where nothing waits, nothing stands below the head."""
    point = {"key": "stale", "subject": "", "n": 3, "money": float("nan"), "owner": "owners"}
    told = causes.attention(pd.DataFrame([point]), explained(), ENGLISH).text
    assert told == "[without an amount] 3 stale deals: Revive them, or close them? deal owners"
    assert causes.attention(pd.DataFrame(), explained(), ENGLISH).text == ""
