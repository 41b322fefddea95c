"""What made a quarter: each claim belongs to one cause, and the heaviest that holds comes first."""

import math

import pandas as pd
import pytest

from qbr_lib.metrics import causes, patterns
from qbr_lib.metrics.patterns import TOO_EARLY, Claim

SURE, LUCK = 0.0001, 0.6


def claim(kind, name, money, chance=LUCK, *, subject="", value=1.0, usual=2.0, good=False):
    """Return a claim of which only what matters is given."""
    return Claim(kind, name, subject, value, usual, money, chance, 30, good)


def ranked(*claims):
    """Return the causes of claims judged together."""
    return causes.ranked(patterns.judged(claims))


def told(*claims):
    """Return cause, name and subject of the causes of claims judged together."""
    found = ranked(*claims)
    return list(zip(found["cause"], found["name"], found["subject"], strict=True))


@pytest.mark.parametrize(
    ("kind", "name", "cause"),
    [
        ("driver", "volume", "volume"),
        ("driver", "mix", "size"),
        ("driver", "deal_size", "size"),
        ("figure", "average", "size"),
        ("figure", "slipped", "slipped"),
        ("figure", "leads.created", "volume"),
        ("figure", "won", ""),
        ("rate", "territory", "win_rate"),
        ("stage", "conversion", "time"),
    ],
)
def test_every_claim_has_its_cause(kind, name, cause):
    """A claim speaks of one cause; revenue itself is the outcome and none."""
    assert causes.cause_of(kind, name) == cause


def test_money_where_chance_explains_it_counts_half():
    """A pattern of 60 outweighs 100 that are within the usual swing, and 130 outweigh the pattern."""
    pattern = claim("figure", "created", -60.0, SURE)
    for money, first in ((100.0, "volume"), (130.0, "slipped")):
        assert ranked(pattern, claim("figure", "slipped", money))["cause"][0] == first


def test_a_pattern_tells_its_cause():
    """One competitor against whom it is a pattern is told, not the win rate of all deals."""
    whole = claim("figure", "win_rate", -500.0)
    rival = claim("rate", "competitor", -90.0, SURE, subject="Kontora")
    assert told(whole, rival) == [("win_rate", "competitor", "Kontora")]


@pytest.mark.parametrize("subject", ["Kontora", ""])
def test_a_part_stands_behind_the_whole_team(subject):
    """Without a pattern the whole team's figure is told; deals that name no competitor are a part."""
    whole = claim("figure", "win_rate", -10.0)
    part = claim("rate", "competitor", -900.0, subject=subject)
    assert told(part, whole) == [("win_rate", "win_rate", "")]
    assert ranked(part, whole)["kind"].tolist() == ["figure"]


def test_what_is_too_early_tells_no_usual():
    """One or two quarters make no usual: then only the quarter before is told."""
    early = claim("figure", "win_rate", -900.0, TOO_EARLY)
    before = claim("driver", "win_rate", -10.0, TOO_EARLY)
    assert told(early) == []
    found = ranked(early, before)
    assert found["kind"].tolist() == ["driver"]
    assert not found["pattern"].any()


def test_what_did_not_change_is_no_cause():
    """A figure as it always was, one without a usual, and revenue are told of nowhere."""
    same = claim("figure", "created", 0.0, value=2.0)
    unknown = claim("figure", "average", 5.0, usual=math.nan)
    assert told(same, unknown, claim("figure", "won", -9.0, SURE)) == []
    assert causes.ranked(patterns.judged([])).columns.tolist() == causes.COLUMNS


def test_order_of_claims_does_not_matter():
    """The same claims in any order give the same causes."""
    claims = [
        claim("figure", "created", -5.0),
        claim("figure", "slipped", 5.0),
        claim("stage", "days", -5.0, subject="Proposal"),
        claim("stage", "days", -5.0, subject="Qualified"),
    ]
    pd.testing.assert_frame_equal(ranked(*claims), ranked(*claims[::-1]))


def test_the_part_that_did_most():
    """Of the parts that went the cause's way the one of most money, the unnamed one among them."""
    judged = patterns.judged(
        [
            claim("figure", "win_rate", -500.0, SURE),
            claim("rate", "competitor", -90.0, subject="Kontora"),
            claim("rate", "competitor", -95.0),
            claim("rate", "competitor", 200.0, subject="Alpha", good=True),
            claim("stage", "days", -800.0, subject="Proposal"),
            claim("rate", "product", math.nan, subject="Service"),
        ]
    )
    part = causes.part_of(judged, "win_rate", favourable=False)
    assert (part["name"], part["subject"], part["money"]) == ("competitor", "", -95.0)
    assert causes.part_of(judged, "slipped", favourable=False) is None


LARGER = claim("figure", "average", 1_000.0, value=150.0, usual=100.0, good=True)


@pytest.mark.parametrize(
    ("claims", "amount", "named"),
    [
        ([LARGER], 600.0, True),
        ([LARGER], 599.0, False),
        ([LARGER], math.nan, False),
        ([LARGER, claim("figure", "created", 5e6, good=True)], 600.0, False),
        ([claim("driver", "deal_size", 1_000.0, usual=100.0, good=True)], 600.0, False),
        ([claim("figure", "average", -1_000.0, usual=100.0)], 1e6, False),
        ([], 600.0, False),
    ],
    ids=["half", "less", "no amount", "not first", "not on usual", "smaller", "no cause"],
)
def test_one_deal_alone(claims, amount, named):
    """A deal is named where what it brought above the usual deal is half of the cause or more."""
    won = pd.DataFrame({"name": ["Pumpe"], "amount": [amount]})
    found = causes.alone(ranked(*claims), won)
    assert (found is not None and found["name"] == "Pumpe") == named
    assert causes.alone(ranked(*claims), won.head(0)) is None
