"""What the pages say of where a quarter will end, in both languages."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.measures import NO_WIN_YET, OVER, Measure, Unavailable
from qbr_lib.outlook import current
from qbr_lib.outlook.current import Outlook
from qbr_lib.periods import Quarter
from qbr_lib.present import given, outlook
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing

ENGLISH = Formats(in_language("en"), "EUR")
GERMAN = Formats(in_language("de"), "EUR")
MONTHS = ("2025-08-05", "2025-11-05", "2026-02-05", "2026-05-05", "2026-08-05")


def made(whole, *, booked=471_258.0, gives_way=False, held=(108, 143), quarters=11, grade="events"):
    """Return an outlook by hand: an even spread of values, and how often its ranges held."""
    low, high = whole
    now = SimpleNamespace(
        key=SimpleNamespace(quarter=Quarter(2026, 4)), booked=booked, naive=1_760_000.0
    )
    found = Outlook(
        SimpleNamespace(line=SimpleNamespace(grade=grade)),
        now,
        SimpleNamespace(quarters=quarters),
        np.linspace(low, high, 1001),
        gives_way,
    )
    inside, weeks = held
    rows = pd.DataFrame({"actual": [1.0] * inside + [9.0] * (weeks - inside), "low_80": 0.0})
    quarter = [n % quarters for n in range(weeks)]
    found.__dict__["_week_before"] = None
    found.__dict__["rows"] = rows.assign(high_80=2.0, quarter=quarter)
    return found


FOUND = made((1_000_000.0, 2_000_000.0))


def _plain(text):
    return text.replace("\u00a0", " ").replace("\u2011", "-")


def test_the_range_in_one_sentence():
    """The ends of eight cases in ten, the middle, and what is booked."""
    assert [_plain(outlook.range_told(FOUND, one)) for one in (ENGLISH, GERMAN)] == [
        "2026-Q4 will likely end between €1.1M and €1.9M (8 of 10 cases), most likely near €1.5M; "
        "€471,258 are booked.",
        "2026-Q4 endet voraussichtlich zwischen 1,1 Mio. € und 1,9 Mio. € (8 von 10 Fällen), am "
        "ehesten bei 1,5 Mio. €; 471.258 € sind gebucht.",
    ]
    nothing = outlook.range_told(made((1e6, 2e6), booked=0.0), ENGLISH)
    assert nothing.endswith("nothing is booked yet.")


@pytest.mark.parametrize(
    ("aim", "said", "cell"),
    [
        (1_900_000.0, "is reached in about 1 of 10 such quarters", "1 of 10"),
        (1_742_000.0, "is reached in about 5 of 20 such quarters", "5 of 20"),
        (1_720_000.0, "is reached in about 3 of 10 such quarters", "3 of 10"),
        (1_500_000.0, "is reached in about 5 of 10 such quarters", "5 of 10"),
        (1_030_000.0, "is reached in about 19 of 20 such quarters", "19 of 20"),
        (1_976_000.0, "is reached in about 1 of 20 such quarters", "1 of 20"),
        (3_000_000.0, "is hardly ever reached in such quarters", "hardly any"),
        (600_000.0, "is almost surely reached", "almost certain"),
        (471_258.0, "is already reached", "reached"),
    ],
)
def test_a_chance_is_so_many_of_ten(aim, said, cell):
    """No chance is told more exactly than five points; the ends and what is booked have words."""
    assert said in outlook.chance_told(FOUND, aim, ENGLISH)
    assert outlook.finding(FOUND, aim, ENGLISH) in outlook.chance_told(FOUND, aim, ENGLISH)
    assert outlook.odds(FOUND, aim, ENGLISH) == cell


@pytest.mark.parametrize("aim", [None, 0.0, -5.0])
def test_without_a_target_there_is_no_chance(aim):
    """The headline is the likely end then, and nothing alarms."""
    data = build_slice()
    assert outlook.chance_told(FOUND, aim, ENGLISH) == ""
    assert "will likely end near €1.5M" in outlook.finding(FOUND, aim, ENGLISH)
    assert outlook.alarm(FOUND, aim, data, ENGLISH) == outlook.glance(FOUND, aim, data, ENGLISH)
    assert "most likely near" in outlook.noted(FOUND, aim, data, ENGLISH)[0]
    assert "Target of the plan" not in outlook.levels(FOUND, aim, ENGLISH, agreed=False).text


def test_how_often_ranges_held():
    """In weeks and quarters; too early below four quarters; nothing of it where it gave way."""
    assert outlook.held(FOUND, ENGLISH) == (
        "In 108 of 143 past weeks (11 quarters) the range held."
    )
    early = made((1e6, 2e6), held=(20, 26), quarters=2)
    assert outlook.held(early, ENGLISH).endswith("2 quarters to look back on.")
    assert "week" in outlook.held(made((1e6, 2e6), held=(20, 52), quarters=4), ENGLISH)
    assert "€1.76M, could be found" in outlook.held(made((1e6, 2e6), gives_way=True), ENGLISH)


def test_one_unlikely_week_is_told_and_only_the_second_is_an_alarm():
    """A week ago the same target was likelier than one in five: no alarm yet, but the chance."""
    data, found = build_slice(), made((1_000_000.0, 2_000_000.0))
    found.__dict__["_week_before"] = made((1_500_000.0, 2_500_000.0))
    assert outlook.alarm(found, 1_900_000.0, data, ENGLISH) == []
    (said,) = outlook.noted(found, 1_900_000.0, data, ENGLISH)
    assert _plain(said).startswith("The target of €1.90M is reached in about")
    found.__dict__["_week_before"] = made((900_000.0, 1_950_000.0))
    assert len(outlook.alarm(found, 1_900_000.0, data, ENGLISH)) == 1


def test_a_target_that_is_unlikely_is_an_alarm_and_a_safe_one_a_note():
    """At 20 % or less it is a question to the meeting, at 95 % or more a note, between neither."""
    data = build_slice(thresholds={"alarm_low": 0.2, "alarm_high": 0.95})
    (said,) = outlook.alarm(FOUND, 1_900_000.0, data, ENGLISH)
    assert said.endswith("in about 1 of 10 such quarters. What do we change?")
    assert "most likely near" in outlook.noted(FOUND, 1_900_000.0, data, ENGLISH)[0]
    assert outlook.alarm(FOUND, 1_500_000.0, data, ENGLISH) == []
    assert outlook.alarm(FOUND, 1_010_000.0, data, ENGLISH) == []
    assert "almost surely" in outlook.noted(FOUND, 1_010_000.0, data, ENGLISH)[0]
    assert "most likely" in outlook.noted(FOUND, 400_000.0, data, ENGLISH)[0]
    (shown,) = outlook.glance(FOUND, 1_900_000.0, data, ENGLISH)
    assert (shown.value, shown.alert) == ("1 of 10", True)


def test_levels_stand_in_order_beside_the_target():
    """Nine, six and two of ten, growing, with the recorded target in its place."""
    told = outlook.levels(FOUND, 1_500_000.0, ENGLISH, agreed=True).text.splitlines()[3:]
    assert [line.split("  ")[0] for line in told] == [
        "Safe",
        "Realistic",
        "Agreed target",
        "Stretch",
    ]
    assert [line.split()[-3:] for line in told] == [[n, "of", "10"] for n in ("9", "6", "5", "2")]


@pytest.mark.parametrize("grade", ["events", "plans", "ages"])
def test_the_picture_says_what_it_rests_on(grade):
    """The data it was made from stands below; the numbers are folded behind it."""
    shown = outlook.picture(made((1e6, 2e6), grade=grade), 2.4e6, GERMAN)
    assert GERMAN.words.say(outlook.BASIS[grade]) in shown.text
    assert "Grundlage" in shown.text
    assert "2.400.000" in shown.text
    assert "Ziel" not in outlook.picture(made((1e6, 2e6)), None, GERMAN).text.split("Gebucht")[1]


@pytest.mark.parametrize(
    ("reason", "details", "said"),
    [
        (NO_WIN_YET, {}, "No outlook: no deal has been won yet"),
        (OVER, {"quarter": "2026-Q4"}, "No outlook: 2026-Q4 is over"),
    ],
)
def test_without_an_outlook_one_sentence_says_why(reason, details, said):
    """No picture, no table, no alarm, and nothing fails."""
    gone, data = Unavailable("outlook.p10", reason, details), build_slice()
    assert outlook.finding(gone, 1e6, ENGLISH) == said
    assert outlook.noted(gone, 1e6, data, ENGLISH) == [f"{said}."]
    assert outlook.picture(gone, 1e6, ENGLISH).html == ""
    assert outlook.levels(gone, 1e6, ENGLISH, agreed=False).html == ""
    assert not outlook.sentences(gone, ENGLISH)
    assert not outlook.alarm(gone, 1e6, data, ENGLISH)
    assert not outlook.glance(gone, 1e6, data, ENGLISH)
    assert given.graded(gone, {}, data, ENGLISH) == []
    why = said.removeprefix("No outlook: ")
    assert given.row(gone, {}, data, ENGLISH).text.endswith(f"before the quarter: {why}.")


def _won(day="2026-08-05", amount=50_000.0):
    return [closing(n, one, amount) for n, one in enumerate(MONTHS) if one <= day]


@pytest.mark.parametrize(
    "deals",
    [
        [],
        _won("2026-08-05"),
        [closing(n, day, 50_000.0, "lost") for n, day in enumerate(MONTHS)],
        [closing(1, "2026-08-05", 50_000.0)],
        _won(amount=None),
        _won(amount=0.0),
    ],
    ids=["no deal", "nothing open", "all lost", "one quarter", "no amounts", "amounts of 0"],
)
def test_poor_data_is_told(deals):
    """Whatever the data lacks, both pages get a sentence and every measure a reason."""
    data = build_slice(deals, data_since="2025-07-01")
    found = current.outlook(data, data.quarter.next)
    assert isinstance(found, Unavailable)
    assert {one.reason for one in current.measures(found, None)} == {found.reason}
    assert outlook.finding(found, None, GERMAN).startswith("Kein Ausblick: ")
    before = current.given(data, data.quarter)
    assert given.row(before, {}, data, GERMAN).text


@pytest.mark.parametrize(
    ("won", "place"), [(1.15e6, "within"), (1.85e6, "within"), (1.05e6, "below"), (1.95e6, "above")]
)
def test_the_outlook_given_is_graded(won, place):
    """What came is placed in the range that was given, in a sentence and in the appendix."""
    data = build_slice(quarter="2026-Q4", as_of="2027-01-05")
    measures = {"bookings.won_amount": Measure("bookings.won_amount", won, 3)}
    (said,) = given.graded(FOUND, measures, data, ENGLISH)
    assert said.startswith("On the day before the quarter began, the outlook was €1.10M to €1.90M")
    assert said.endswith(f": {place} the range.")
    assert f"{place} the range" in given.row(FOUND, measures, data, ENGLISH).text
    assert given.graded(FOUND, {}, data, ENGLISH) == []
    assert "–" in given.row(FOUND, {}, data, ENGLISH).text


def test_a_near_miss_is_told_in_full():
    """Where shortened amounts would look alike, the sentence names them to the unit."""
    data = build_slice(quarter="2026-Q4", as_of="2027-01-05")
    measures = {"bookings.won_amount": Measure("bookings.won_amount", 1_900_100.0, 3)}
    (said,) = given.graded(FOUND, measures, data, ENGLISH)
    assert "€1,100,000 to €1,900,000; it came to €1,900,100: above the range." in said


def test_a_running_quarter_is_not_graded():
    """Its outlook stands beside what is won so far."""
    data = build_slice(quarter="2026-Q4", as_of="2026-11-11")
    measures = {"bookings.won_amount": Measure("bookings.won_amount", 471_258.0, 3)}
    (said,) = given.graded(FOUND, measures, data, ENGLISH)
    assert said.endswith("€471,258 are won so far.")
    assert "not over yet" in given.row(FOUND, measures, data, ENGLISH).text
