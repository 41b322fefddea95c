"""Causes and points of attention in words, German and English, each with its verdict."""

import dataclasses
import math

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.measures import Measure
from qbr_lib.metrics import attention as points
from qbr_lib.metrics import causes as found
from qbr_lib.metrics import patterns
from qbr_lib.metrics.explained import Explained
from qbr_lib.metrics.patterns import TOO_EARLY, Claim
from qbr_lib.metrics.stages import Funnel
from qbr_lib.present import causes
from qbr_lib.words import in_language

ENGLISH, GERMAN = (Formats(in_language(one), "EUR") for one in ("en", "de"))
WON, LOST = "bookings.won_count", "bookings.lost_count"
DECIDED = {WON: Measure(WON, 10.0, 10), LOST: Measure(LOST, 10.0, 10)}
SURE, LUCK = 0.0001, 0.6
CREATED = Claim("figure", "created", "", 80.0, 100.0, -250_000.0, SURE, 80, favourable=False)
RATE = Claim("figure", "win_rate", "", 0.25, 0.35, -90_000.0, LUCK, 40, favourable=False)
RIVAL = Claim("rate", "competitor", "Kontora", 0.1, 0.4, -80_000.0, LUCK, 20, favourable=False)


def told(*claims, above=(), alone=None):
    """Return what explains a quarter; figures `above` their usual range, and the deal `alone`."""
    judged, none = patterns.judged(claims), pd.DataFrame()
    funnel = Funnel(None, 0, 0, 0, none, none, none)
    figures = pd.DataFrame({"key": list(above), "place": ["above"] * len(above)})
    return Explained(figures, None, {}, funnel, judged, found.ranked(judged), alone)


def row(claim):
    """Return a claim as a row of the causes."""
    return patterns.judged([claim]).iloc[0]


@pytest.mark.parametrize(
    ("kind", "name", "subject", "value", "usual", "english", "german"),
    [
        ("figure", "created", "", 80.0, 100.0,
         "80 deals were created instead of the usual 100",
         "80 Deals entstanden statt wie üblich 100"),
        ("figure", "leads.created", "", 3.0, 9.0,
         "New leads: 3 instead of the usual 9",
         "Neue Leads: 3 statt wie üblich 9"),
        ("driver", "win_rate", "", 0.25, 0.35,
         "The win rate was 25.0% instead of 35.0% the quarter before",
         "Die Abschlussquote lag bei 25,0 % statt 35,0 % im Vorquartal"),
        ("rate", "competitor", "Kontora", 0.1, 0.4,
         "Against Kontora 10.0% were won instead of the usual 40.0%",
         "Gegen Kontora wurden 10,0 % gewonnen statt wie üblich 40,0 %"),
        ("rate", "competitor", "", 0.1, 0.4,
         "Of the deals without an entry 10.0% were won instead of the usual 40.0%",
         "Von den Deals ohne Angabe wurden 10,0 % gewonnen statt wie üblich 40,0 %"),
        ("rate", "size", "small", 0.1, 0.4,
         "small deals: 10.0% were won instead of the usual 40.0%",
         "kleine Deals: 10,0 % gewonnen statt wie üblich 40,0 %"),
        ("stage", "days", "Proposal", 40.0, 20.0,
         "Deals stayed 40 days in Proposal instead of the usual 20 days",
         "Deals blieben 40 Tage in Proposal statt wie üblich 20 Tage"),
    ],
)  # fmt: skip
def test_a_claim_in_words(kind, name, subject, value, usual, english, german):
    """Every kind of claim has its sentence; a part without a name is called so, in both languages."""
    one = row(Claim(kind, name, subject, value, usual, 1.0, LUCK, 30, favourable=False))
    plain = {"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "}
    texts = [causes.phrase(one, formats) for formats in (ENGLISH, GERMAN)]
    assert [text.translate(str.maketrans(plain)) for text in texts] == [english, german]


def test_no_name_is_taken_for_a_field():
    """What people typed is told as it is, braces and brackets among it."""
    odd = Claim("rate", "product", "{value} <b>%s", 0.1, 0.4, 1.0, LUCK, 30, favourable=False)
    assert causes.phrase(row(odd), ENGLISH).startswith("{value} <b>%s: ")


def test_headline_and_what_stands_below():
    """The heaviest cause, its verdict and worth, the part behind it; then what else is a pattern."""
    explained = told(CREATED, RATE)
    assert causes.finding(explained, DECIDED, ENGLISH).startswith("80 deals were created")
    assert causes.lead(explained, DECIDED, ENGLISH) == [
        "This is a pattern. At this quarter's win rate and deal size that is about €250,000.",
        "Otherwise no pattern shows.",
    ]
    rate = Claim(*[SURE if one == LUCK else one for one in vars(RATE).values()])
    first, second = causes.lead(told(CREATED, rate, RIVAL), DECIDED, ENGLISH)
    assert "Against" not in first
    assert second.endswith("the usual 35.0%: a pattern.")
    behind = causes.lead(told(rate, RIVAL), DECIDED, ENGLISH)[0]
    assert behind.startswith("This is a pattern. It cost about €90,000. Against Kontora")


def test_what_is_too_early_is_not_within_the_usual():
    """Where nothing is known of the usual swing, nothing is said to lie within it."""
    before = Claim("driver", "win_rate", "", 0.2, 0.3, -5.0, TOO_EARLY, 30, favourable=False)
    assert causes.lead(told(before), DECIDED, ENGLISH) == [
        "Whether that is a pattern, it is too early to say. It cost about €5."
    ]
    assert causes.lines(told(before), ENGLISH)[0].endswith(
        ": too early to say whether that is a pattern."
    )
    calm = causes.lines(told(RATE), ENGLISH)
    assert calm[0].endswith("the usual 35.0%: within the usual swing.")


def test_too_few_deals_and_nothing_to_tell():
    """Below twenty decided deals no cause is named, and none where the data tells of none."""
    few = DECIDED | {LOST: Measure(LOST, 9.0, 9)}
    explained = told(CREATED)
    assert causes.finding(explained, few, ENGLISH).startswith("Too few deals")
    assert causes.lead(explained, few, ENGLISH) == []
    assert causes.finding(told(), DECIDED, ENGLISH).startswith("What made the quarter cannot")
    assert causes.lead(told(), DECIDED, ENGLISH) == []


def test_points_of_attention():
    """Each with money, question and role; unknown money is a dash, an agreement says so."""
    listed = pd.DataFrame(
        [
            ("cause", "volume", 80, -250_000.0, 0.9999, "lead"),
            ("overdue", "", 1, 4_000.0, 0.3, "owners"),
            ("stale", "", 3, math.nan, 0.05, "owners"),
            ("commitments", "", 2, math.nan, 1.0, "team"),
        ],
        columns=points.COLUMNS,
    )
    explained = told(CREATED, RATE)
    assert causes.attention_finding(listed, ENGLISH) == "4 points need attention"
    lines = causes.attention(listed, explained, ENGLISH).text.splitlines()
    assert lines == [
        "[€250,000] 80 deals were created instead of the usual 100: Where do the next deals come "
        "from, and who opens them? team lead",
        "[€4,000] 1 deal with a passed closing day: New day, or close them? deal owners",
        "[without an amount] 3 stale deals: Revive them, or close them? deal owners",
        "[agreed] 2 commitments are overdue: What stands in the way, and does it still matter? "
        "whole team",
    ]
    asked = causes.questions(listed, explained, ENGLISH)
    assert asked[0] == "Where do the next deals come from, and who opens them?"
    assert asked[1] == "1 deal with a passed closing day: New day, or close them?"
    assert len(asked) == 3


def test_nothing_asks_for_attention():
    """An empty list says so, as headline, text and question."""
    nothing = pd.DataFrame(columns=points.COLUMNS)
    assert causes.attention_finding(nothing, ENGLISH) == "Nothing asks for attention"
    assert causes.attention(nothing, told(), ENGLISH).text == ""  # the headline says it
    assert causes.questions(nothing, told(), ENGLISH) == [
        "Nothing in the data asks for a decision."
    ]


MORE = Claim("figure", "created", "", 150.0, 100.0, 900.0, 0.9, 40, favourable=True)
LARGER = Claim("figure", "average", "", 150.0, 100.0, 500.0, 0.8, 40, favourable=True)
SAID = [
    "150 deals were created instead of the usual 100",
    "Won deals brought €150 on average instead of the usual €100",
]
USUAL = "within the usual swing"


@pytest.mark.parametrize(
    ("claims", "above", "expected"),
    [
        ([MORE, LARGER], [], [f"{one}." for one in SAID] + ["Both lie within the usual swing."]),
        ([MORE], [], [f"{SAID[0]}: {USUAL}."]),
        (
            [MORE, LARGER],
            ["created"],
            [f"{SAID[0]}: outside the usual range, but no pattern.", f"{SAID[1]}: {USUAL}."],
        ),
        (
            [dataclasses.replace(MORE, chance=SURE), LARGER],
            ["created"],
            [f"{SAID[0]}: a pattern.", f"{SAID[1]}: {USUAL}."],
        ),
        ([], [], []),
    ],
    ids=["both usual", "one", "outside", "pattern", "nothing"],
)
def test_two_causes_and_where_they_stand(claims, above, expected):
    """What is outside the usual range is never called usual, and one verdict is said once."""
    assert causes.lines(told(*claims, above=above), ENGLISH) == expected


def test_what_slipped_is_not_lost():
    """No worth is told of it, and outside its usual range it is not called usual."""
    slipped = Claim("figure", "slipped", "", 900.0, 100.0, -800.0, LUCK, 9, favourable=False)
    assert causes.lead(told(slipped, above=["slipped"]), DECIDED, ENGLISH)[0] == (
        "That lies outside the usual range, but chance alone can explain it."
    )


def test_the_deal_that_made_the_quarter():
    """A single deal that made the heaviest cause is named with it, on both places."""
    deal = pd.Series({"name": "Pumpe", "amount": 1_120_000.0})
    explained = told(LARGER, RATE, alone=deal)
    explained = dataclasses.replace(explained, causes=explained.causes.iloc[::-1])
    said = "One deal, Pumpe, alone brought €1.12M."
    lines = causes.lines(explained, ENGLISH)
    assert [said in line for line in lines] == [True, False, False]
    assert said in causes.lead(explained, DECIDED, ENGLISH)[0]


def test_a_further_pattern_of_the_same_cause():
    """More deals and more meetings are one cause, yet both patterns are told, and none denied."""
    created = dataclasses.replace(MORE, chance=SURE)
    meetings = dataclasses.replace(created, name="activity.meetings", money=math.nan)
    said = causes.lead(told(created, meetings, LARGER), DECIDED, ENGLISH)
    assert said[1:] == ["Meetings: 150 instead of the usual 100: a pattern."]
    volume = dataclasses.replace(created, kind="driver", name="volume", money=800.0)
    assert causes.lead(told(created, volume), DECIDED, ENGLISH)[1:] == []
