"""Causes and points of attention in words, German and English, each with its verdict."""

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


def told(*claims):
    """Return what explains a quarter of which only the claims matter."""
    judged, none = patterns.judged(claims), pd.DataFrame()
    figures = pd.DataFrame([("win_rate", "usual"), ("slipped", "above")], columns=["key", "place"])
    funnel = Funnel(None, 0, 0, 0, none, none, none)
    return Explained(figures, None, {}, funnel, judged, found.ranked(judged))


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
         "no competitor named: 10.0% were won instead of the usual 40.0%",
         "kein Mitbewerber genannt: 10,0 % gewonnen statt wie üblich 40,0 %"),
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
        "This is a pattern. It cost about €250,000.",
        "Nothing else stands out.",
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


def test_outside_the_usual_range_is_not_within_the_usual_swing():
    """A figure that its table calls unusual, or a claim that alone would hold, is no usual swing."""
    slipped = Claim("figure", "slipped", "", 9e5, 4e5, -5e5, LUCK, 9, favourable=False)
    rare = Claim(*[0.04 if one == LUCK else one for one in vars(RATE).values()])
    others = [Claim(**vars(RIVAL) | {"subject": str(n), "chance": 1.0}) for n in range(9)]
    for claim in (slipped, rare):
        explained = told(claim, *others)
        assert causes.lines(explained, ENGLISH)[0].endswith(": unusual, but chance may explain it.")
        first = causes.lead(explained, DECIDED, ENGLISH)[0]
        assert first.startswith("That is unusual, but chance may explain it. It cost")


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
        "[€4,000] 1 deal with a passed closing day: New day, or close them? owners of the deals",
        "[–] 3 open deals older than deals that still close: Revive them, or close them? "
        "owners of the deals",
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
    assert causes.attention(nothing, told(), ENGLISH).text.strip().startswith("Nothing")
    assert causes.questions(nothing, told(), ENGLISH) == [
        "Nothing in the data asks for a decision."
    ]
