"""Goals to start from: of each kind that the data can measure, the plan's figure first."""

import pytest

from qbr_lib.formats import Formats
from qbr_lib.goals import proposals, smart, wording
from qbr_lib.measures import NO_WIN_YET, Unavailable
from qbr_lib.record import Record
from qbr_lib.words import in_language
from tests.unit.metrics.test_bookings import closing
from tests.unit.present.test_outlook import made

ENGLISH, GERMAN = (Formats(in_language(one), "EUR") for one in ("en", "de"))
TARGET = {"quarter": "2026-Q4", "scope": "team", "scope_id": "nord", "kind": "revenue"}


def _data(make_slice, **tables):
    deals = [
        closing(1, "2026-07-01", 60_000.4, account_id="a", territory="Küste"),
        closing(2, "2026-07-10", 40_000.0, account_id="b", territory="Heide"),
        closing(3, "2026-08-10", 9_000.0, "lost", account_id="b", territory="Heide"),
    ]
    size = {"quarter": "2026-Q3", "source": "s", "as_of": "2026-09-30"}
    market = [size | {"territory": "Küste", "market_size": 600_004.0}]
    data = make_slice(deals, tables={"market": market} | tables)
    data.teams["territory"] = data.teams["team_id"].map({"nord": "Küste"}).astype("str")
    return data


def test_the_example_by_hand(make_slice):
    """Without a plan every kind asks for 15 % more than the quarter under review."""
    found = {goal.kind: goal for goal in proposals.propose(_data(make_slice), ENGLISH)}
    assert {kind: (goal.baseline, goal.target) for kind, goal in found.items()} == {
        "revenue": (100_000.0, 115_000.0),
        "account": (2.0, 3.0),
        "territory": (60_000.0, 69_000.0),
        "market_share": (0.1, 0.115),
    }
    assert found["revenue"].title == "Grow revenue to €115,000 in 2026-Q4 (+15%)"
    assert found["revenue"].leading == ("conversion.win_rate", "bookings.average_won_amount")
    assert found["territory"].scope == {"team": "nord", "territory": "Küste"}
    assert {goal.id for goal in found.values()} == {
        "revenue-2026-Q4",
        "account-2026-Q4",
        "territory-2026-Q4",
        "market-share-2026-Q4",
    }


def test_the_plan_goes_first(make_slice):
    """A recorded target is taken, and the other kinds grow as much as it asks."""
    plan = [TARGET | {"value": 120_000.0}, {**TARGET, "scope": "company", "value": 9e6}]
    found = {g.kind: g for g in proposals.propose(_data(make_slice, targets=plan), GERMAN)}
    assert (found["revenue"].target, found["revenue"].parent) == (
        120_000.0,
        "company-revenue-2026-Q4",
    )
    assert found["territory"].target == 72_000.0
    assert (
        found["revenue"].title
        == "Umsatz in 2026-Q4 auf 120.000\N{NO-BREAK SPACE}€ steigern (+20\N{NO-BREAK SPACE}%)"
    )


@pytest.mark.parametrize("formats", [ENGLISH, GERMAN], ids=["en", "de"])
@pytest.mark.parametrize("growth", [0.15, 0.0, -0.1, 3.0])
def test_a_title_says_what_how_much_and_until_when(make_slice, formats, growth):
    """A proposal passes the rules on wording and names the quarter it is for."""
    account = {**TARGET, "scope": "account", "scope_id": "a", "kind": "account", "value": 5000.0}
    for given in ({}, {"targets": [account]}):
        data = _data(make_slice, **given)
        record = Record(goals=tuple(proposals.propose(data, formats, growth=growth)))
        assert len(record.goals) == 4
        found = smart.checks(data, record, Unavailable("outlook.p10", NO_WIN_YET), formats)
        told = found.loc[found["rule"].isin(["one", "wording", "quarter"])]
        assert set(told["state"]) == {"pass"}, told.to_string()
        assert all(wording.quarters(goal.title) == {(2026, 4)} for goal in record.goals)


def test_a_plan_after_an_odd_quarter_moves_no_other_kind(make_slice):
    """A plan of many times the quarter is the revenue's alone, and is not called growth."""
    plan = [TARGET | {"value": 4_000_000.0}]
    found = {g.kind: g for g in proposals.propose(_data(make_slice, targets=plan), ENGLISH)}
    assert (found["revenue"].target, found["revenue"].title) == (
        4e6,
        "Win €4.00M of revenue in 2026-Q4",
    )
    assert found["territory"].target == 69_000.0


def test_a_plan_for_a_part_counts_where_the_team_sells(make_slice):
    """An account's planned figure is taken by a team that won something with it."""
    row = {**TARGET, "scope": "account", "kind": "account", "value": 5000.0}
    for account, metric in (("a", "bookings.won_amount"), ("z", "bookings.won_accounts")):
        data = _data(make_slice, targets=[row | {"scope_id": account}])
        found = {goal.kind: goal for goal in proposals.propose(data, ENGLISH)}
        assert found["account"].metric == metric


@pytest.mark.parametrize("growth", [0.0, 0.2, -0.1])
def test_growth_is_what_is_asked(make_slice, growth):
    """The growth of the call counts; only a rise is called growth."""
    found = proposals.propose(_data(make_slice), ENGLISH, growth=growth)[0]
    assert found.target == 100_000 * (1 + growth)
    assert ("Grow" in found.title) == (growth > 0)


def test_nothing_to_measure_proposes_nothing(make_slice):
    """A team without any deal has no proposal, and a slider that starts at 0."""
    data = make_slice()
    assert proposals.propose(data, ENGLISH) == []
    goal = proposals.revenue(data, ENGLISH)
    assert (goal.target, goal.id, goal.scope) == (0.0, "revenue-2026-Q4", {"team": "nord"})


def test_the_company_target_of_the_parameters(make_slice):
    """`company_goals` of org.yml counts as well as the table."""
    goal = {"quarter": "2026-Q4", "kind": "revenue", "value": 5e6}
    data = make_slice(company_goals=[goal])
    assert proposals.company_target(data, data.quarter.next) == 5e6
    assert proposals.company_target(data, data.quarter) is None


def test_what_is_likely_is_proposed_where_no_plan_is(make_slice):
    """Six of ten such quarters reach it, to two digits; a plan and a growth asked for go before."""
    data, found = _data(make_slice), made((1_000_000.0, 2_000_000.0))
    goals = {goal.kind: goal for goal in proposals.propose(data, ENGLISH, found)}
    assert goals["revenue"].target == 1_400_000.0
    assert proposals.revenue(data, ENGLISH, found) == goals["revenue"]
    assert (
        proposals.propose(data, ENGLISH, found, growth=0.0)[0].target == goals["revenue"].baseline
    )
    planned = _data(make_slice, targets=[TARGET | {"value": 123_456.0}])
    assert proposals.revenue(planned, ENGLISH, found).target == 123_456.0


def test_others_do_not_fall_with_a_lower_revenue(make_slice):
    """Where less revenue is likely than in the quarter before, parts of it fall, counts hold."""
    data, found = _data(make_slice), made((60_000.0, 110_000.0))
    goals = proposals.propose(data, ENGLISH, found)
    held = {goal.kind: round(goal.target / goal.baseline, 3) for goal in goals}
    assert held == {"revenue": 0.8, "account": 1.0, "territory": 0.8, "market_share": 1.0}


def test_without_amounts_deals_are_counted(make_slice):
    """A team whose export has no amounts is still proposed how many deals to win."""
    deals = [closing(n, "2026-08-01", None) for n in range(4)]
    goal = proposals.propose(make_slice(deals), ENGLISH)[0]
    assert (goal.metric, goal.baseline, goal.target) == ("bookings.won_count", 4.0, 5.0)
    assert goal.title == "Win 5 deals in 2026-Q4"


DEALS = [closing(1, "2026-07-01", 60_000.0, account_id="a", territory="Küste")]
LOST = [closing(1, "2026-07-01", 60_000.0, "lost", account_id="a", territory="Küste")]


@pytest.mark.parametrize(
    ("kind", "deals", "given", "reason"),
    [
        ("revenue", LOST, {}, "there was none of it in 2026-Q3 to grow from"),
        ("account", DEALS, {"absent": ("account_id",)}, "needs the column account_id of opportunities"),
        ("account", LOST, {}, "there was none of it in 2026-Q3 to grow from"),
        ("activity", DEALS, {}, "needs the table activities"),
        ("territory", [DEALS[0] | {"territory": None}], {}, "needs the column territory of opportunities"),
        ("market_share", DEALS, {}, "needs the table market"),
    ],
    ids=["no win", "no accounts", "no win with an account", "no activities", "no territory", "no market"],
)  # fmt: skip
def test_a_kind_that_cannot_be_measured_says_why(make_slice, kind, deals, given, reason):
    """Of each kind without a proposal the reason is given, of the others none."""
    data = make_slice(deals, **given)
    goals = proposals.propose(data, ENGLISH)
    found = proposals.refused(data, goals, ENGLISH)
    assert {*found} | {goal.kind for goal in goals} == set(proposals.LEADING)
    assert ENGLISH.words.say(found[kind].reason, **found[kind].details) == reason
    assert all(goal.leading for goal in goals)


def test_nothing_to_watch_on_the_way_is_refused(make_slice):
    """A goal whose early signs cannot be measured is not proposed."""
    plan = [TARGET | {"value": 5.0}]
    data = make_slice(tables={"targets": plan}, absent=("created_on",))
    assert proposals.propose(data, ENGLISH) == []
    found = proposals.refused(data, [], ENGLISH)["revenue"]
    assert found.reason == "nothing that moves before it can be measured"
