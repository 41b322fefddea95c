"""What is celebrated, in words: the chance beside it, at most five, counts before names."""

import math

import pytest

from qbr_lib.formats import Formats
from qbr_lib.metrics.feats import Milestone
from qbr_lib.present.celebrate import celebrations
from qbr_lib.record.entries import Celebration
from qbr_lib.words import in_language

ENGLISH = Formats(in_language("en"), "EUR")
GERMAN = Formats(in_language("de"), "EUR")
NAN = math.nan
ITEMS = {
    "goals": Milestone("goals", "Calls; Visits", 2.0, NAN, NAN, n=3),
    "target": Milestone("target", "", 1.06, 0.5, 2e6, n=1, people=4),
    "streak": Milestone("streak", "", 1.02, 0.125, 2e6, n=3),
    "best": Milestone("best_quarter", "", 2e6, 1 / 12, 2e6, n=12),
    "deals": Milestone("deals", "", 500.0, 0.1, NAN, n=10),
    "money": Milestone("money", "", 1e6, 0.1, 2e5, n=10),
    "largest": Milestone("largest", "Pump", 9e5, 0.08, 9e5, people=2, activities=23),
    "fastest": Milestone("fastest", "Pump", 11.0, 0.1, 4e4, person="Ada", people=1, activities=1),
    "first": Milestone("first", "Pump", NAN, 1 / 7, NAN, column="industry", what="Ports"),
    "only": Milestone("largest_of_quarter", "Pump", 5e4, NAN, 5e4),
    "often": Milestone("target", "", 1.0, 0.8, 2e6),
    "sure": Milestone("target", "", 1.0, 1.0, 2e6),
    "young": Milestone("target", "", 1.0, NAN, 2e6),
}
LINES = {
    "goals": "[as agreed] 2 of 3 goals reached: Calls; Visits",
    "target": "[about 1 quarter in 2] The target is reached: 106% of target. 4 people",
    "streak": "[about 1 quarter in 8] Target reached 3 quarters in a row: 102% of target this time.",
    "best": "[about 1 quarter in 12] Most revenue in one quarter since the data begins: €2,000,000. "
    "Without any change, 12 quarters bring about 3 such records.",
    "deals": "[about 1 quarter in 10] Deal number 500 won: Counted since the data begins.",
    "money": "[about 1 quarter in 10] €1.00M won in all: Counted since the data begins.",
    "largest": "[about 1 quarter in 12] Largest deal so far: Pump: €900,000, more than any deal won "
    "before. 2 people, 23 activities",
    "fastest": "[about 1 quarter in 10] Fastest win so far among the larger deals: Pump: €40,000, "
    "11\u00a0days from creation to closing. Ada, 1 activity",
    "first": "[about 1 quarter in 7] First deal in the industry Ports: Pump, without an amount; the "
    "first since the data begins.",
    "only": "[every quarter has one] Largest win of the quarter: Pump",
    "often": "[most quarters] The target is reached: 100% of target.",
    "sure": "[about every quarter] The target is reached: 100% of target.",
    "young": "[reached] The target is reached: 100% of target.",
}


@pytest.mark.parametrize("name", ITEMS)
def test_each_rule_in_words(name):
    """Title, text, how often such a thing comes, and who took part."""
    assert celebrations([ITEMS[name]], [], ENGLISH).text == LINES[name]
    assert celebrations([ITEMS[name]], [], GERMAN).text != LINES[name]


def test_at_most_five_and_what_people_recorded_stays_whole():
    """What people recorded takes the room of what was found, and all of it is shown."""
    noted = [Celebration(what=f"<b>{n}", with_whom="all.", how="Dinner!") for n in range(3)]
    found = list(ITEMS.values())
    assert len(celebrations(found, [], ENGLISH).text.splitlines()) == 5
    lines = celebrations(found, noted, ENGLISH).text.splitlines()
    assert [line.split("]")[0] for line in lines[1:]] == [
        "[about 1 quarter in 2",
        *["[from the record"] * 3,
    ]
    assert lines[-1] == "[from the record] <b>2: With: all. How: Dinner."
    assert "<b>" not in celebrations([], noted, ENGLISH).html
    assert len(celebrations(found, noted * 3, ENGLISH).text.splitlines()) == 9
    assert celebrations([], [Celebration(what="x")], ENGLISH).text == "[from the record] x"


def test_nothing_to_celebrate_is_nothing():
    """No frame without an item."""
    assert celebrations([], [], ENGLISH).html == ""
