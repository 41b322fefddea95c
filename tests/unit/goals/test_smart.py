"""SMART by rule: the article's example letter by letter, and every way to fall short of one."""

import dataclasses
import re
from types import SimpleNamespace

import pandas as pd
import pytest

from qbr_lib.data.holders import COLUMNS as HOLDER_COLUMNS
from qbr_lib.data.slices import HOLDERS
from qbr_lib.formats import Formats
from qbr_lib.goals import driver_plan, reach, smart
from qbr_lib.measures import NO_WIN_YET, Unavailable
from qbr_lib.outlook import current
from qbr_lib.periods import Quarter
from qbr_lib.record import Record
from qbr_lib.words import in_language
from tests.unit.metrics.test_bookings import closing

ENGLISH, GERMAN = (Formats(in_language(one), "EUR") for one in ("en", "de"))
WON = (40, 44, 41, 45, 42, 46, 43, 44, 42, 45, 43, 46)  # the last in the quarter under review
LEADING = ("leads.created", "conversion.win_rate", "bookings.average_won_amount")
PLAN = {"quarter": "2026-Q4", "scope": "company", "kind": "revenue", "value": 20_000_000.0}
FOREIGN = re.compile(r"\b(the|and|with|were|of|not|for|deals won|goal|quarters)\b")


def _likely(chance):
    return SimpleNamespace(chance=lambda amount: chance if amount else 1.0, booked=0.0)


def _deals(days=40, amount=40_000.0, won=WON):
    """Return twelve quarters with 98 deals lost in each, won so many days after creation."""
    made = []
    for back, many in enumerate(reversed(won)):
        day = pd.Timestamp(Quarter(2026, 3).shift(-back).first_day) + pd.Timedelta(days=30)
        born = {"created_on": str((day - pd.Timedelta(days=days)).date())}
        number = 1000 * back
        made += [closing(number + n, str(day.date()), amount, **born) for n in range(many)]
        lost = range(number + 500, number + 598)
        made += [closing(n, str(day.date()), 1.0, "lost", **born) for n in lost]
    return made


LEADS = [
    {"lead_id": f"l{n}", "created_on": "2026-08-01", "team_id": "nord", "source": "web"}
    for n in range(9)
]


@pytest.fixture(scope="module")
def data():
    """Return the example's team: 1,840,000 won, 46 of 144 decided deals, 40,000 on average."""
    from tests.unit.metrics.conftest import build_slice

    tables = {"leads": LEADS, "targets": [PLAN]}
    return build_slice(_deals(), tables=tables, data_since="2023-10-01")


@pytest.fixture
def example(make_goal):
    """Return the article's goal, with what was left out of it as changes."""

    def make(**given):
        known = {
            "id": "revenue",
            "title": "Grow revenue by 15 % in 2026-Q4",
            "parent": "company-revenue-2026-Q4",
            "baseline": 1_840_000.0,
            "target": 2_116_000.0,
            "leading": LEADING,
        }
        return make_goal(**(known | given))

    return make


def _checked(data, *goals, outlook=None, formats=ENGLISH):
    frame = smart.checks(data, Record(goals=goals), outlook or _likely(0.55), formats)
    return frame.loc[frame["goal"] == goals[0].id].set_index("rule")


def test_the_article_s_example(data, example):
    """15 % more next quarter, watched by leads, conversion and deal size: every letter judged."""
    found = _checked(data, example())
    told = {rule: (row["letter"], row["state"], row["text"]) for rule, row in found.iterrows()}
    assert told == {
        "metric": ("S", "pass", "One figure decides it: Revenue won."),
        "scope": ("S", "pass", "1,697 deals in the data belong to it."),
        "owner": ("S", "pass", "team answers for it."),
        "one": ("S", "pass", "The title names one goal."),
        "wording": ("S", "pass", "The title says how much."),
        "value": ("M", "pass", "In 2026‑Q3 it was €1,840,000."),
        "complete": ("M", "pass", "0 of 46 deals won have no amount."),
        "baseline": ("M", "pass", "The recorded baseline is what the data says: €1,840,000."),
        "change": ("M", "pass", "More than the usual swing: 0 of 11 changes so far were as large as the €276,000 asked for."),
        "unit": ("M", "pass", "The target is €2,116,000."),
        "leading": ("M", "pass", "Watched on the way: New leads, Win rate, Average won deal."),
        "chance": ("A", "pass", "Realistic: reached in about 11 of 20 such quarters."),
        "levels": (
            "A", "fail",
            "It takes more than ever, with the best so far in brackets: Deals to decide 166 (144).",
        ),
        "parent": ("R", "pass", "It adds to the company's goal."),
        "share": ("R", "pass", "€2,116,000 are 10.6% of the goal above."),
        "alone": ("R", "pass", "No other goal stands in its way."),
        "quarter": ("T", "pass", "It is for 2026‑Q4, which ends on 31 December 2026."),
        "checkpoints": ("T", "pass", "13 weeks are left to look at it."),
        "lead": ("T", "pass", "Of the new deals that are ever won, 100% are won within 92\xa0days."),
    }  # fmt: skip


def test_the_chance_is_the_outlook_s(data, example):
    """With the outlook of the team's own quarters 15 % above the best of them is a dream."""
    outlook = current.outlook(data, Quarter(2026, 4))
    deals = [*_deals(), {"opportunity_id": "o", "created_on": "2026-09-20", "amount": 1.0}]
    assert isinstance(outlook, Unavailable)  # nothing is open
    from tests.unit.metrics.conftest import build_slice

    running = build_slice(deals, data_since="2023-10-01")
    outlook = current.outlook(running, Quarter(2026, 4))
    for target in (1_000_000.0, 1_700_000.0, 9_000_000.0):
        row = _checked(running, example(target=target), outlook=outlook).loc["chance"]
        assert row["state"] == reach.graded(outlook.chance(target))
    assert row["state"] == "fail"


@pytest.mark.parametrize(
    ("chance", "state", "said"),
    [
        (0.02, "fail", "fewer than 1 of 10"),
        (0.1, "warn", "A stretch: reached in about 1 of 10"),
        (0.29, "warn", "A stretch: reached in about 3 of 10"),
        (0.3, "pass", "Realistic: reached in about 3 of 10"),
        (0.9, "pass", "Realistic: reached in about 9 of 10"),
        (0.98, "warn", "more than 9 of 10"),
    ],
)
def test_what_a_chance_means(data, example, chance, state, said):
    """Below 1 of 10 unrealistic, up to 3 a stretch, above 9 hardly a goal; never more exact."""
    row = _checked(data, example(), outlook=_likely(chance)).loc["chance"]
    assert row["state"] == state
    assert said in row["text"]


def test_what_is_booked_is_reached(data, example):
    """A target below what is won already asks for nothing more, and is no trifle either."""
    row = _checked(data, example(), outlook=SimpleNamespace(booked=3e6)).loc["chance"]
    assert (row["state"], row["text"]) == ("pass", "It is reached already.")


SECOND = {"id": "second", "target": 2_000_000.0}
ACCOUNT = {"kind": "account", "scope": {"team": "nord", "account": "a"}}
FAILURES = [
    # what is given, what else is in the record, rule, state, how it says so
    ({"kind": "activity"}, {}, "metric", "fail", "kind and its measure “Revenue won” do not fit"),
    ({"kind": "activity", "metric": "activity.done"}, {}, "metric", "warn", "not better by itself"),
    ({"scope": {"team": "sued"}}, {}, "scope", "fail", "the goal is that of another team"),
    ({"scope": {"account": "x"}}, {}, "scope", "fail", "no deal of x is in the data"),
    ({"scope": {"rep": "r1"}}, {}, "scope", "unknown", "figures of one person are not shown"),
    ({"owner": " TBD "}, {}, "owner", "fail", "Nobody answers for it yet."),
    ({"title": "Umsatz und Marge steigern"}, {}, "one", "fail", "“und” joins two goals"),
    ({"title": "Teile und Service: 2 Mio."}, {}, "one", "warn", "“und” may join"),
    ({"title": "Umsatz steigern"}, {}, "wording", "fail", "“steigern” does not say by how much"),
    ({"title": "Revenue"}, {}, "wording", "warn", "no number; the target is €2,116,000"),
    ({"title": "Revenue is to be raised by 15%"}, {}, "wording", "warn", "does not say who acts"),
    ({"metric": "market.share"}, {}, "value", "fail", "needs the table market"),
    ({"scope": {"rep": "r1"}}, {}, "value", "unknown", "figures of one person are not shown"),
    ({"baseline": None}, {}, "baseline", "warn", "in 2026‑Q3 it was €1,840,000"),
    ({"baseline": 1_720_000.0}, {}, "baseline", "fail", "€1,720,000 is that of 2026‑Q2; in 2026‑Q3"),
    ({"baseline": 1.0}, {}, "baseline", "fail", "baseline is €1; in 2026‑Q3 it was €1,840,000"),
    ({"target": 1_900_000.0}, {}, "change", "warn", "10 of 11 changes so far were as large as the €60,000"),
    ({"target": 1_840_000.0}, {}, "change", "warn", "no more than was reached: €1,840,000 after"),
    ({"target": 0.0}, {}, "unit", "fail", "€0 asks for nothing"),
    ({"metric": "conversion.win_rate", "target": 35.0}, {}, "unit", "fail", "3,500.0% cannot be right"),
    ({"leading": ()}, {}, "leading", "fail", "Nothing is watched on the way: a measure"),
    ({"leading": ("activity.calls",)}, {}, "leading", "warn", "not measured: Calls"),
    ({"metric": "bookings.won_count", "target": 47.0}, {}, "chance", "fail", "Unrealistic: 0 of 12"),
    ({"metric": "bookings.won_count", "target": 45.0}, {}, "chance", "pass", "4 of 12 earlier quarters"),
    ({"metric": "bookings.won_count", "target": 46.0}, {}, "chance", "warn", "A stretch: 2 of 12 earlier quarters"),
    ({"metric": "bookings.won_count", "target": 9.0}, {}, "chance", "warn", "Hardly a goal: 12 of 12"),
    ({"target": 1_880_000.0}, {}, "levels", "warn", "Deals to decide 148 (144)"),
    ({"parent": None}, {}, "parent", "warn", "no goal above it; the company's goal would fit"),
    ({"parent": None, "metric": "leads.created"}, {}, "parent", "warn", "It names no goal above it."),
    ({"parent": "sales-2026"}, {}, "parent", "fail", "sales-2026 above it, which is in no plan"),
    ({"target": 200_000.0}, {}, "share", "warn", "€200,000 are only 1.0% of the goal above"),
    (
        {"parent": "w", "target": 1_841_000.0},
        {"id": "w", "baseline": 0.0, "target": 2e6},
        "share", "warn", "It closes only 0% of what the goal above asks more",
    ),
    ({}, {"id": "p", "parent": "revenue", "target": 1e6}, "parts", "fail", "€1,000,000, €1,116,000 less"),
    ({}, {"id": "p", "parent": "revenue", "target": 3e6}, "parts", "warn", "€3,000,000, €884,000 more"),
    ({}, {"id": "p", "parent": "revenue"}, "parts", "pass", "add up to it: €2,116,000"),
    ({}, SECOND, "alone", "fail", "Two targets for the same: €2,116,000 and €2,000,000"),
    (ACCOUNT, ACCOUNT | {"id": "o", "title": "Other"}, "alone", "warn", "a stands in another goal too: Other"),
    ({"title": "15 % more in 2027-Q1"}, {}, "quarter", "fail", "names 2027‑Q1, the goal is for 2026‑Q4"),
    ({"title": "15 % more than in Q3 2026"}, {}, "quarter", "warn", "names 2026‑Q3, the goal is for"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "beside", "rule", "state", "said"), FAILURES)
def test_every_way_to_fall_short(data, example, given, beside, rule, state, said):
    """Each rule says in both languages what is wrong, with its numbers."""
    goals = [example(**given), *([example(**beside)] if beside else [])]
    row = _checked(data, *goals).loc[rule]
    assert row["state"] == state
    assert said in row["text"]
    german = _checked(data, *goals, formats=GERMAN).loc[rule, "text"]
    assert german != row["text"]
    assert not FOREIGN.search(german)
    assert all(text.endswith(".") and "{" not in text for text in (row["text"], german))


def _late(data, day):
    return dataclasses.replace(data, as_of=pd.Timestamp(day).date())


def test_time_runs_out(data, example, make_slice):
    """Fewer than two weeks to look at it; new deals too slow for what is left; the quarter over."""
    late = _checked(_late(data, "2026-12-20"), example())
    assert late.loc["checkpoints", ["state", "text"]].to_list() == [
        "fail", "Too late to steer: 1 week is left.",
    ]  # fmt: skip
    assert late.loc["lead", "state"] == "fail"
    assert "0% of those that are ever won" in late.loc["lead", "text"]
    over = _checked(_late(data, "2027-01-05"), example()).loc["quarter"]
    assert (over["state"], over["text"]) == ("unknown", "2026‑Q4 is over.")
    assert "Es bleibt 1 Woche" in " ".join(
        _checked(_late(data, "2026-12-20"), example(), formats=GERMAN)["text"]
    )
    slow = make_slice(_deals(days=110), data_since="2023-01-01")
    assert _checked(slow, example()).loc["lead", "state"] == "fail"


def test_what_counts_at_once_is_never_too_late(data, example):
    """Leads and activities count on their day; only deals take their time."""
    row = _checked(_late(data, "2026-12-20"), example(metric="leads.created")).loc["lead"]
    assert (row["state"], row["text"]) == ("pass", "It counts on the day it happens.")


def test_missing_amounts_are_counted(example, make_slice):
    """More than one in twenty won deals without an amount is worth a look."""
    blank = [closing(n, "2026-08-02", None, created_on="2026-07-01") for n in range(90000, 90003)]
    row = _checked(make_slice([*_deals(), *blank]), example()).loc["complete"]
    assert (row["state"], row["text"]) == ("warn", "3 of 49 deals won have no amount.")


@pytest.mark.parametrize(
    ("deals", "unknown"),
    [
        ([], {"change", "lead", "levels", "chance"}),
        ([closing(1, "2026-08-01", 100.0)], {"change", "lead", "levels", "chance"}),
        ([closing(1, "2026-08-01", 100.0, "lost")], {"change", "lead", "levels", "chance"}),
        (_deals(won=(40, 44, 41)), {"change", "levels", "chance"}),
    ],
    ids=["no deal", "one win", "all lost", "three quarters"],
)
def test_what_the_data_does_not_tell(example, make_slice, deals, unknown):
    """Little data is said to be little; it is neither met nor failed, and nothing is raised."""
    gone = Unavailable("outlook.p10", NO_WIN_YET)
    data = make_slice(deals, data_since="2026-01-01")
    for formats in (ENGLISH, GERMAN):
        found = _checked(data, example(target=9e6, baseline=None), outlook=gone, formats=formats)
        assert set(found.index[found["state"] == "unknown"]) == unknown
    told = smart.letters(found.reset_index()).set_index("letter")
    assert told.loc["A", "judged"] == 0


@pytest.mark.parametrize(("others", "told"), [(1, "such quarters"), (100, "earlier quarters")])
def test_a_territory_that_is_nearly_the_team_has_its_outlook(example, make_slice, others, told):
    """But for a few deals elsewhere it is judged as the team is; else by its own past."""
    deals = [one | {"territory": "Küste"} for one in _deals()]
    deals += [closing(90000 + n, "2026-08-01", territory="Heide") for n in range(others)]
    data = make_slice(deals, data_since="2023-10-01")
    goal = example(kind="territory", scope={"team": "nord", "territory": "Küste"})
    assert told in _checked(data, goal).loc["chance", "text"]


def test_a_territory_of_few_tells_nothing_of_its_past(example, make_slice):
    """In quarters when few held it, not even how often it reached the target is counted."""
    deals = [one | {"territory": "Küste"} for one in _deals()]
    deals += [closing(90000 + n, "2026-08-01", territory="Heide") for n in range(100)]
    data = make_slice(deals, data_since="2023-10-01", privacy={"people": "off"})
    quarters = [data.quarter.shift(-back) for back in range(12)]
    rows = [
        dict.fromkeys(HOLDER_COLUMNS)
        | {"column": "territory", "quarter": str(q), "value": "Küste", "people": 6 if n < 5 else 1}
        for n, q in enumerate(quarters)
    ]
    tables = dict(data.tables) | {HOLDERS: pd.DataFrame(rows, columns=HOLDER_COLUMNS)}
    shared = dataclasses.replace(data, tables=tables)
    goal = example(kind="territory", scope={"team": "nord", "territory": "Küste"})
    assert "of 5 earlier quarters" in _checked(shared, goal).loc["chance", "text"]
    few = dataclasses.replace(shared, tables=tables | {HOLDERS: tables[HOLDERS].assign(people=1)})
    found = _checked(few, goal)
    assert found.loc[["scope", "value", "chance"], "state"].to_list() == ["unknown"] * 3


def test_letters_are_counted_apart(data, example):
    """No grade over all letters: met and judged rules by letter, in the order of the word."""
    frame = smart.checks(data, Record(goals=(example(),)), _likely(0.5), ENGLISH)
    told = smart.letters(frame)
    assert "".join(told["letter"]) == "SMART"
    assert told[["passed", "judged"]].to_numpy().tolist() == [
        [5, 5],
        [6, 6],
        [1, 2],
        [3, 3],
        [3, 3],
    ]


def test_a_plan_within_the_best_is_fine(data, example):
    """Levels that were all reached before pass."""
    plan = driver_plan.drivers(data, 1_800_000.0)
    found = _checked(data, example(target=1_800_000.0, drivers=plan)).loc["levels"]
    assert found["state"] == "pass"


def test_without_goals_nothing_is_checked(data):
    """An empty record has an empty table."""
    frame = smart.checks(data, Record(), _likely(0.5), ENGLISH)
    assert frame.empty
    assert smart.letters(frame).empty
