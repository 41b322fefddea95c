"""How goals fit together: shares, sums, orphans, and goals in each other's way."""

import math

import pytest

from qbr_lib.goals import alignment
from qbr_lib.record import Record
from qbr_lib.words import in_language

PLAN = {"quarter": "2026-Q4", "kind": "revenue"}
ACCOUNTS = {"accounts": [{"account_id": "a", "name": "Werft"}]}


def _rep(number, value):
    return PLAN | {"scope": "rep", "scope_id": f"r{number}", "value": value}


def test_share_of_the_company_goal(make_slice, make_goal):
    """Your 120,000 is 8 % of the company's 1,500,000, by the plan or by the parameters."""
    goal = make_goal(target=120_000.0, parent="company-revenue-2026-Q4")
    plan = {"targets": [PLAN | {"scope": "company", "value": 1_500_000.0}]}
    stated = {"quarter": "2026-Q4", "kind": "revenue", "value": 1_500_000.0}
    for data in (make_slice(tables=plan), make_slice(company_goals=[stated])):
        row = alignment.links(data, Record(goals=(goal,))).iloc[0]
        assert (row["state"], row["whole"]) == ("linked", 1_500_000.0)
        assert row["share"] == pytest.approx(0.08)
        assert math.isnan(row["gap_share"])


def test_share_of_the_gap(make_slice, make_goal):
    """From 20 to 30 is half of what the goal above asks more, from 80 to 100."""
    whole = make_goal(id="w", baseline=80.0, target=100.0)
    part = make_goal(id="p", baseline=20.0, target=30.0, parent="w", scope={"territory": "Küste"})
    found = alignment.links(make_slice(), Record(goals=(whole, part))).set_index("goal")
    assert found.loc["p", "share"] == pytest.approx(0.3)
    assert found.loc["p", "gap_share"] == pytest.approx(0.5)


def test_the_group_s_goal_is_known_for_its_own_teams(make_slice, make_goal):
    """A group is above its teams, another group is not."""
    rows = [
        PLAN | {"scope": "group", "scope_id": one, "value": v}
        for one, v in (("N", 10.0), ("S", 90.0))
    ]
    goal = make_goal(target=5.0, parent="group-revenue-2026-Q4")
    data = make_slice(tables={"targets": rows}, groups={"nord": "N"})
    assert alignment.links(data, Record(goals=(goal,)))["share"].to_list() == [0.5]


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"parent": None}, "none"),
        ({"parent": "nowhere"}, "unknown"),
        ({"parent": "g"}, "unknown"),
        ({"parent": "w", "metric": "conversion.win_rate"}, "other"),
        ({"parent": "w"}, "linked"),
    ],
    ids=["orphan", "unknown parent", "its own parent", "other measure", "linked"],
)
def test_orphans(make_slice, make_goal, given, state):
    """A goal without a parent, with one that does not exist, or one it does not add up with."""
    record = Record(goals=(make_goal(**given), make_goal(id="w", target=200.0)))
    assert alignment.links(make_slice(), record)["state"].iloc[0] == state


def test_sum_of_the_children(make_slice, make_goal):
    """Goals of the record that name one as parent and measure the same are its parts."""
    parts = [make_goal(id=f"p{n}", parent="w", target=30.0) for n in range(3)]
    other = make_goal(id="o", parent="w", metric="bookings.won_count")
    record = Record(goals=(make_goal(id="w", target=100.0), *parts, other))
    found = alignment.sums(make_slice(), record)
    assert found[["goal", "parts", "n", "source"]].to_numpy().tolist() == [["w", 90.0, 3, "goals"]]


@pytest.mark.parametrize(
    ("people", "reps", "told"),
    [("named", 2, True), ("pseudonym", 2, False), ("pseudonym", 5, True)],
)
def test_sum_of_the_people_s_targets(make_slice, make_goal, people, reps, told):
    """The plan's targets of people are parts of the team's; of too few they tell one person's."""
    tables = {"targets": [_rep(n, 30.0) for n in range(reps)]}
    data = make_slice(tables=tables, privacy={"people": people})
    found = alignment.sums(data, Record(goals=(make_goal(),)))
    assert found["parts"].to_list() == ([30.0 * reps] if told else [])


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ({"target": 1.0}, {"target": 2.0}, ["two_targets"]),
        ({"scope": {"account": "a"}}, {"scope": {"team": "nord", "account": "Werft"}, "target": 2.0}, ["two_targets"]),
        ({"scope": {"account": "a"}, "owner": "r1"}, {"scope": {"account": "a"}, "owner": "r2"}, ["account"]),
        ({"scope": {"account": "a", "rep": "r1"}}, {"scope": {"account": "Werft", "rep": "r2"}}, ["account"]),
        ({"scope": {"account": "a"}}, {"scope": {"account": "b"}, "target": 2.0}, []),
        ({"metric": "bookings.won_count"}, {"target": 2.0}, []),
        ({"scope": {"account": "a"}}, {"scope": {"team": "nord"}, "target": 2.0}, []),
    ],
    ids=["two targets", "by id and name", "one account, two owners", "one account, two reps",
         "two accounts", "two measures", "part and whole"],
)  # fmt: skip
def test_goals_in_each_other_s_way(make_slice, make_goal, one, other, kind):
    """Two targets for the same, or one account in two goals; part and whole are none of it."""
    record = Record(goals=(make_goal(id="x", **one), make_goal(id="y", **other)))
    found = alignment.clashes(make_slice(tables=ACCOUNTS), record)
    assert found["kind"].to_list() == kind


def test_a_part_and_its_whole_may_share_an_account(make_slice, make_goal):
    """A goal that names the other as its parent is its part."""
    whole = make_goal(id="w", scope={"account": "a"}, target=9.0)
    part = make_goal(id="p", scope={"account": "a", "rep": "r1"}, parent="w", target=3.0)
    assert alignment.clashes(make_slice(tables=ACCOUNTS), Record(goals=(whole, part))).empty


def test_without_goals_nothing_is_said(make_slice):
    """An empty record has no links, sums or clashes."""
    for found in (alignment.links, alignment.sums, alignment.clashes):
        assert found(make_slice(), Record()).empty


def test_what_a_reader_calls_a_goal_above(make_goal):
    """Its title, or whose it is; an unknown id stays as it is."""
    words, record = in_language("de"), Record(goals=(make_goal(title="Umsatz"),))
    named = [alignment.called(one, record, words) for one in ("g", "company-revenue-2026-Q4", "x")]
    assert named == ["Umsatz", "das Unternehmensziel", "x"]


def test_people_and_territories_are_splits_of_their_own(make_slice, make_goal):
    """The same money is in both: each adds up for itself, and to the cent."""
    scopes = [{"rep": "r1"}, {"rep": "r2"}, {"territory": "Küste"}]
    values = [60.1, 39.9, 100.0]
    parts = [
        make_goal(id=f"p{n}", parent="w", target=value, scope={"team": "nord", **scope})
        for n, (scope, value) in enumerate(zip(scopes, values, strict=True))
    ]
    found = alignment.sums(make_slice(), Record(goals=(make_goal(id="w"), *parts)))
    assert found[["parts", "n"]].to_numpy().tolist() == [[100.0, 2], [100.0, 1]]
