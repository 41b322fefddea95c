"""Splits proposed to people and territories: who carries what, and the goals they become."""

import dataclasses

import pytest

from qbr_lib.formats import Formats
from qbr_lib.goals import shares
from qbr_lib.periods import Quarter
from qbr_lib.record import Record
from qbr_lib.words import in_language
from tests.unit.goals.test_units import NAMED, REPS, _deals, _held

ENGLISH = Formats(in_language("en"), "EUR")
AFTER = Quarter(2026, 4)


@pytest.fixture
def people(make_slice):
    """Make a team of Ada, Bo at half a target, and Cy who has left."""
    return make_slice(_deals(), tables={"reps": REPS}, privacy=NAMED)


def test_what_nobody_holds_any_more(people):
    """Cy brought 50 of 9,050 and has left: the others carry that share of the target."""
    known = shares.divisible(people)
    assert known.frame["name"].to_list() == ["Ada", "Bo"]
    assert known.vacant == pytest.approx(50 / 9_050)


def test_deals_without_an_owner_are_vacant(make_slice):
    """A deal that no unit holds counts as nobody's, whoever is there."""
    deals = [
        *_deals(),
        *(dict(one, opportunity_id=f"x{n}", owner_id=None) for n, one in enumerate(_deals()[:60])),
    ]
    known = shares.divisible(make_slice(deals, tables={"reps": REPS}, privacy=NAMED))
    whole = known.frame["history"].sum() / (1 - known.vacant)
    assert known.frame["history"].sum() == pytest.approx(9_000.0)
    assert whole == pytest.approx(9_050 + 60 * 150 / 4)


def test_what_each_reaches_from_below(people):
    """The sum of what each reaches in six of ten quarters, held against the target."""
    known = shares.divisible(people)
    found = shares.proposed(known, 10_000.0)
    safe = known.drawn.quantile(0.4).sum()
    assert found.over == pytest.approx(safe / 10_000.0 - 1)


def test_a_market_is_shared_by_the_people_in_it(make_slice):
    """Two in Küste share 900 as 450 each; who has left has no part of it."""
    reps = [dict(one, territory="Küste") for one in REPS]
    market = [
        {
            "quarter": "2026-Q3",
            "territory": "Küste",
            "market_size": 900.0,
            "source": "x",
            "as_of": "2026-09-30",
        }
    ]
    data = make_slice(_deals(), tables={"reps": reps, "market": market}, privacy=NAMED)
    data = dataclasses.replace(data, teams=data.teams.assign(territory="Küste"))
    known = shares.divisible(data)
    assert known.frame["potential"].to_list() == [450.0, 450.0]
    assert "market" in known.bases
    weights = known.shares(1.0, "market")
    assert weights["r1"] == pytest.approx((6_000 / 9_000 + 0 / 70 + 450 / 900) / 3)


def test_territories_become_goals_where_people_are_not_named(make_slice, make_goal):
    """Each is a goal of its own below the team's, without a baseline; what is 0 is none."""
    data = _held(make_slice(_deals(), privacy={"people": "off"}), {"Küste": 6, "Heide": 6})
    known, whole = shares.divisible(data), make_goal(leading=("conversion.win_rate",))
    parts = known.frame["history"].map(lambda value: value if value > 4_000 else 0.0)
    (goal, value), *others = shares.children(
        whole, parts, known, Record(goals=(whole,)), AFTER, ENGLISH
    )
    assert others == []
    assert (goal.id, goal.scope) == ("g-kueste", {"team": "nord", "territory": "Küste"})
    assert goal.title == "Win €6,050 in Küste in 2026-Q4"
    assert (goal.parent, goal.owner, goal.baseline) == ("g", "team", None)
    assert value == known.frame.loc["Küste", "history"]
    assert "Ada" not in repr(known)


def test_ids_are_never_taken_twice(people, make_goal):
    """An id that something else has gets a number."""
    known, whole = shares.divisible(people), make_goal()
    other = make_goal(id="g-r1", scope={"team": "sued"})
    record = Record(goals=(whole, other))
    ids = [
        goal.id
        for goal, _ in shares.children(whole, known.frame["history"], known, record, AFTER, ENGLISH)
    ]
    assert ids == ["g-r1-2", "g-r2"]


def test_what_is_recorded_is_found_again(people, make_goal):
    """By scope and parent, whatever the id; the last agreement counts."""
    known, whole = shares.divisible(people), make_goal()
    mine = make_goal(id="mine", scope={"team": "nord", "rep": "r1"}, parent="g", target=70.0)
    foreign = make_goal(id="x", scope={"team": "nord", "rep": "r2"}, parent="other")
    record = Record(goals=(whole, mine, foreign))
    assert shares.recorded(whole, known, record) == {"r1": 70.0}
    (goal, value), _ = shares.children(whole, known.frame["history"], known, record, AFTER, ENGLISH)
    assert (goal.id, value) == ("mine", 6_000.0)
