"""The goals of all teams: what is asked of company and groups against what the teams agreed on."""

import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr_lib.data import slices
from qbr_lib.data.sample.organisation import TEAMS
from qbr_lib.goals import proposals, views
from qbr_lib.record import Goal, Record
from tests.unit.metrics.conftest import build_slice

GROUPS = {"nord": "N", "ost": "N", "sued": "S"}
REVENUE = {"kind": "revenue", "metric": "bookings.won_amount"}
MEETINGS = {"kind": "activity", "metric": "activity.meetings"}


def _plan(scope, scope_id, value, **more):
    return {"quarter": "2026-Q4", "kind": "revenue", "scope": scope, "scope_id": scope_id,
            "value": value} | more  # fmt: skip


def _goal(team, target, **given):
    known = REVENUE | {"id": "g", "title": f"Goal of {team}", "scope": {"team": team},
                       "owner": "team", "target": target}  # fmt: skip
    return Goal(**(known | given))


def _all(goals, plan=(), scope="company", **organisation):
    """Return a scope's slice and its teams with their goals."""
    tables = {"targets": list(plan)}
    teams = tuple(goals)
    data = build_slice(scope=scope, teams=teams, groups=GROUPS, tables=tables, name=(
        "Probe" if scope == "company" else GROUPS[teams[0]]), **organisation)  # fmt: skip
    agreed = [
        views.Agreed(
            build_slice(teams=(team,), groups=GROUPS, tables=tables, **organisation),
            Record(goals=given),
        )
        for team, given in goals.items()
    ]
    return data, agreed


def _sums(*args, **given):
    data, agreed = _all(*args, **given)
    return views.sums(data, agreed).set_index(["scope", "scope_id"])


def _open(*args, **given):
    data, agreed = _all(*args, **given)
    frame = views.unsettled(agreed, views.sums(data, agreed))
    return frame[["kind", "team", "what"]].to_numpy().tolist()


THREE = {
    "nord": (_goal("nord", 150.0),),
    "ost": (_goal("ost", 90.0),),
    "sued": (_goal("sued", 150.0),),
}
PLAN = [
    _plan("company", None, 420.0),
    _plan("group", "N", 260.0),
    _plan("group", "S", 160.0),
    _plan("team", "nord", 160.0),
    _plan("team", "ost", 100.0),
    _plan("team", "sued", 160.0),
]


def test_company_group_team_by_hand():
    """The company asks 420, the teams agreed on 390: 30 too little, 20 of them in one group."""
    found = _sums(THREE, PLAN)
    assert found["agreed"].to_dict() == {
        ("team", "nord"): 150.0, ("team", "ost"): 90.0, ("group", "N"): 240.0,
        ("team", "sued"): 150.0, ("group", "S"): 150.0, ("company", ""): 390.0,
    }  # fmt: skip
    assert found["gap"].to_dict() == {
        ("team", "nord"): -10.0, ("team", "ost"): -10.0, ("group", "N"): -20.0,
        ("team", "sued"): -10.0, ("group", "S"): -10.0, ("company", ""): -30.0,
    }  # fmt: skip
    assert found.loc[("team", "nord"), "share"] == pytest.approx(150 / 420)
    assert _open(THREE, PLAN) == [["none", one, ""] for one in THREE]


def test_more_than_asked_is_told_as_well():
    """A gap has both directions."""
    found = _sums(THREE, [_plan("company", None, 300.0)])
    assert found.loc[("company", ""), "gap"] == 90.0


def test_a_group_s_own_view():
    """A group is held against its own target, not the company's."""
    two = {team: THREE[team] for team in ("nord", "ost")}
    found = _sums(two, PLAN, scope="group")
    assert found.loc[("group", "N"), ["asked", "agreed", "gap"]].to_list() == [260.0, 240.0, -20.0]
    assert ("company", "") not in found.index


def test_the_company_goal_of_the_parameters():
    """`company_goals` of org.yml counts as the table's row does, for its own measure alone."""
    stated = {"quarter": "2026-Q4", "kind": "revenue", "value": 400.0}
    assert _sums(THREE, company_goals=[stated]).loc[("company", ""), "gap"] == -10.0
    other = stated | {"metric": "bookings.won_count"}
    found = _sums(THREE, company_goals=[other]).reset_index().set_index(["metric", "scope"])
    assert math.isnan(found.loc[("bookings.won_amount", "company"), "asked"])
    assert found.loc[("bookings.won_count", "company"), ["asked", "missing"]].to_list() == [
        400.0,
        3,
    ]


def test_what_does_not_add_up_has_no_sum():
    """Shares of a market stand beside each other; nothing is added."""
    goals = {
        team: (_goal(team, 0.1, kind="market_share", metric="market.share"),) for team in THREE
    }
    found = _sums(goals)
    assert found.loc[[("group", "N"), ("company", "")], "agreed"].isna().all()
    assert found["share"].isna().all()


def test_the_chance_is_the_recorded_one():
    """Of the last agreement; nothing is made up where none is recorded."""
    chance = {
        "at": "2026-10-05",
        "by": "lead",
        "value": 150.0,
        "reason": "so",
        "evidence": {"probability": 0.6},
    }
    later = {key: chance[key] for key in ("by", "value", "reason")} | {"at": "2026-11-05"}
    for revisions, expected in (((chance,), 0.6), ((chance, later), math.nan), ((), math.nan)):
        goals = {"nord": (_goal("nord", 150.0, revisions=revisions),)}
        assert _sums(goals).loc[("team", "nord"), "chance"] == pytest.approx(expected, nan_ok=True)


LINKED = {"parent": "company-revenue-2026-Q4"}
ASKED = [_plan("company", None, 420.0)]
ACCOUNT = {"kind": "account", "scope": {"account": "a"}, "id": "a"}
TERRITORY = {"kind": "territory", "scope": {"team": "x", "territory": "Küste"}, "id": "t"}


@pytest.mark.parametrize(
    ("goals", "plan", "told"),
    [
        ({"nord": (), "sued": ()}, ASKED, ["missing", "nord, sued", "bookings.won_amount"]),
        ({"nord": (), "sued": ()}, [_plan("team", "sued", 9.0)], ["missing", "sued", "bookings.won_amount"]),
        ({"nord": (_goal("nord", 420.0),)}, ASKED, ["none", "nord", ""]),
        ({"nord": (_goal("nord", 420.0, parent="x"),)}, ASKED, ["unknown", "nord", "x"]),
        ({"nord": (_goal("nord", 9.0, metric="bookings.won_count", **LINKED),)}, ASKED, ["other", "nord", LINKED["parent"]]),
        ({t: (_goal(t, 9.0, **ACCOUNT),) for t in ("nord", "sued")}, (), ["account", "nord, sued", "a"]),
        ({t: (_goal(t, 9.0, **TERRITORY),) for t in ("nord", "sued")}, (), ["territory", "nord, sued", "Küste"]),
        ({t: (_goal(t, v, scope={"group": "N"}),) for t, v in (("nord", 1.0), ("ost", 2.0))}, (), ["two_targets", "nord, ost", "N"]),
        (THREE, [*ASKED, _plan("group", "N", 500.0)], ["plan", "Probe", "bookings.won_amount"]),
    ],
    ids=["no goal", "no goal, planned", "orphan", "unknown parent", "mismatch", "account", "territory",
         "two targets", "plan"],
)  # fmt: skip
def test_what_does_not_fit_together(goals, plan, told):
    """Missing and orphaned goals, mismatches, one part claimed twice, two targets, an uneven plan."""
    assert told in _open(goals, plan)


def test_an_account_by_its_id_and_its_name_is_one():
    """One team names it by id, another by name."""
    accounts = [{"account_id": "a", "name": "Werft"}]
    goals = [
        _goal("nord", 9.0, **ACCOUNT),
        _goal("sued", 9.0, **ACCOUNT | {"scope": {"account": "Werft"}}),
    ]
    agreed = [
        views.Agreed(
            build_slice(teams=(team,), tables={"accounts": accounts}), Record(goals=(goal,))
        )
        for team, goal in zip(("nord", "sued"), goals, strict=True)
    ]
    assert [tuple(one)[:2] for one in views._claimed(agreed)] == [("account", "nord, sued")]


def test_nothing_is_claimed_twice_by_one_team_or_two_measures():
    """A team's own goals are its own business; another measure is another goal."""
    goals = {
        "nord": (_goal("nord", 9.0, **ACCOUNT), _goal("nord", 3.0, **ACCOUNT | {"id": "b"})),
        "sued": (_goal("sued", 2.0, **ACCOUNT | {"metric": "bookings.won_count"}),),
    }
    assert _open(goals) == []


def test_goals_of_people_are_not_in_it():
    """A portfolio shows no goal of a person."""
    goals = {"nord": (_goal("nord", 9.0, scope={"rep": "r1"}), _goal("nord", 9.0, **ACCOUNT))}
    data, agreed = _all(goals)
    assert views.parts(data, agreed)["part"].to_list() == ["a"]
    assert views.sums(data, agreed).empty


@given(
    st.lists(st.tuples(st.integers(0, 10**10), st.booleans()), min_size=3, max_size=3),
    st.one_of(st.none(), st.integers(1, 10**11)),
)
def test_teams_groups_and_company_reconcile_to_the_cent(cents, asked):
    """The groups' sums are the company's, and its gap is its sum less what it asks."""
    goals = {
        team: (_goal(team, value / 100),) if told else ()
        for team, (value, told) in zip(THREE, cents, strict=True)
    }
    plan = [] if asked is None else [_plan("company", None, asked / 100)]
    found = _sums(goals, plan)
    if found.empty:
        return
    expected = [round(v * 100) for v in found.xs("team")["agreed"].fillna(0)]
    assert expected == [value if told else 0 for value, told in cents]
    whole = found.loc[("company", "")]
    groups = found.xs("group")["agreed"]
    if any(told for _, told in cents):
        assert round(whole["agreed"] * 100) == sum(expected) == round(groups.sum() * 100)
        if asked is not None:
            assert round(whole["gap"] * 100) == sum(expected) - asked
    assert whole["goals"] + whole["missing"] == len(cents)


def test_shares_of_the_agreed_add_up_to_one():
    """Where nothing is asked, the teams' shares are of what they agreed on."""
    found = _sums(THREE)
    assert found.xs("team")["share"].sum() == pytest.approx(1.0)
    assert pd.isna(found.loc[("company", ""), "gap"])


def test_a_goal_on_a_measure_that_only_one_team_has():
    """Others are not called missing where nobody above asks for it."""
    goals = {"nord": (_goal("nord", 9.0, **MEETINGS),), "sued": ()}
    assert _open(goals) == []


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """Return the sample company and its teams with their records."""
    root = tmp_path_factory.mktemp("sample")
    (root / "parameters").mkdir()
    shipped = Path(__file__).parents[3] / "parameters" / "org.yml"
    (root / "parameters" / "org.yml").write_bytes(shipped.read_bytes())
    data = slices.open_slice("company", "2026-Q3", workspace=root)
    return data, views.gather(data, "en")


def test_the_sample_has_five_kinds_for_eight_teams(sample):
    """Every team has one goal of each kind, watched by something, agreed on by somebody."""
    _, agreed = sample
    assert [one.team.team_ids[0] for one in agreed] == [team.team_id for team in TEAMS]
    for one in agreed:
        assert [goal.kind for goal in one.record.goals] == list(proposals.LEADING)
        assert all(goal.leading and goal.revisions for goal in one.record.goals)


def test_the_sample_reconciles_to_the_cent(sample):
    """Company, groups and teams: what is asked adds up, what is agreed adds up, and so do gaps."""
    data, agreed = sample
    frame = views.sums(data, agreed)
    adding = frame.groupby("metric").filter(lambda rows: rows["agreed"].iloc[-1] > 0)
    assert set(adding["metric"]) == {"bookings.won_amount", "activity.meetings"}
    for _, rows in adding.groupby("metric"):
        whole, teams = rows.iloc[-1], rows.loc[rows["scope"] == "team"]
        groups = rows.loc[rows["scope"] == "group"]
        for name in ("asked", "agreed", "gap"):
            cents = [round(float(part[name].sum()) * 100) for part in (teams, groups)]
            assert cents == [round(float(whole[name]) * 100)] * 2
            told = teams.groupby("group")[name].sum()
            assert (groups.set_index("name")[name] == told.reindex(groups["name"])).all()
    revenue = frame.loc[frame["metric"] == "bookings.won_amount"].iloc[-1]
    assert revenue["gap"] < 0  # the teams agreed on less, and the page says so
    assert views.unsettled(agreed, frame)["kind"].to_list() == ["none", "territory"]
