"""The goals page and the follow-up page: what they say, in both languages."""

import datetime as dt
import math

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.goals import driver_plan, progress
from qbr_lib.measures import NO_WIN_YET, Measure, Unavailable
from qbr_lib.periods import Quarter
from qbr_lib.present import agreed, follow_up, goals, head, obstacles
from qbr_lib.present import requirement as takes
from qbr_lib.record import Commitment, Goal, Obstacle, Record, Revision, Stored, Support, Trigger
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing
from tests.unit.present.test_outlook import made

ENGLISH = Formats(in_language("en"), "EUR")
GERMAN = Formats(in_language("de"), "EUR")
AFTER = Quarter(2026, 4)
GONE = Unavailable("outlook.p10", NO_WIN_YET)


def _goal(**given):
    known = {"id": "g", "title": "Revenue", "kind": "revenue", "metric": "bookings.won_amount",
             "scope": {"team": "nord"}, "owner": "team", "target": 2_116_000.0}  # fmt: skip
    return Goal(**(known | given))


def _data(as_of="2026-11-11", **given):
    deals = [closing(n, "2026-08-01", 40_000.0) for n in range(46)]
    deals += [closing(100 + n, "2026-08-01", 1.0, "lost") for n in range(98)]
    deals += [closing(500, "2026-10-10", 500_000.0)]
    return build_slice(deals, as_of=as_of, data_since="2025-01-01", **given)


def _known(data, record):
    return {o.id: o for o in driver_plan.measures(data, record) if isinstance(o, Measure)}


def test_the_goal_in_one_sentence():
    """The article's example: 15 % more than the quarter under review."""
    data, record = _data(), Record(goals=(_goal(),))
    known = _known(data, record)
    said = [goals.answer(_goal(), _goal(), known, data, one) for one in (ENGLISH, GERMAN)]
    assert [" ".join(text.split()) for text in said] == [
        "€2.12M in 2026‑Q4: 15% more than in 2026‑Q3.",
        "2,12 Mio. € in 2026‑Q4: 15 % mehr als in 2026‑Q3.",
    ]
    assert "proposed are €2.12M" in goals.answer(None, _goal(), {}, data, ENGLISH)
    assert "still open." in goals.answer(None, _goal(target=0.0), {}, data, ENGLISH)


def test_plan_and_goal_that_differ_are_both_named():
    """Two targets of one quarter stand in one sentence; equal ones need none."""
    data, record = _data(), Record(goals=(_goal(),))
    known = _known(data, record)
    said = goals.sentences(known, 2_000_000.0, data, ENGLISH)
    assert said == ["The plan names €2,000,000, the goal agreed is €2,116,000."]
    assert goals.sentences(known, 2_116_000.0, data, ENGLISH) == []


def test_without_a_goal_the_page_says_where_to_set_one(tmp_path):
    """The banner names the file; with a goal there is none."""
    stored = Stored(tmp_path / "records" / "2026-Q3" / "nord.yml", Record(), "")
    assert "records/2026-Q3/nord.yml" in goals.banner(stored, None, _data(), ENGLISH).text
    assert goals.banner(stored, _goal(), _data(), ENGLISH).text == ""
    early = goals.banner(stored, _goal(), _data(as_of="2026-09-20"), ENGLISH)
    assert "The quarter is not finished. 10 days left." in early.text


def test_an_agreed_goal_without_revenue_yet():
    """A team without a won deal has a goals page that says what cannot be planned."""
    data = build_slice(data_since="2025-01-01")
    steps = driver_plan.steps(data, _goal())
    assert goals.steps_table(steps, GONE, data, ENGLISH).text == ""
    assert "there is no growth to plan" in takes.finding(None, steps, ENGLISH)


def test_arguments_come_from_the_past():
    """What was never reached speaks against a target, what was reached speaks for it."""
    data = _data()
    low, high = (driver_plan.steps(data, _goal(target=t)) for t in (1_000_000.0, 9_000_000.0))
    usual = (math.nan, math.nan)
    assert goals.arguments(low, usual, ENGLISH)[0] == ["1 earlier quarter came to as much."]
    good, bad = goals.arguments(high, (1e6, 2e6), ENGLISH)
    assert good == []
    assert bad[:2] == [
        "No earlier quarter came to as much.",
        "It lies above the team's usual range.",
    ]
    assert "must be decided" in bad[2]
    assert len(goals.arguments(high, (1e6, 2e6), ENGLISH, likely=True)[1]) == 2


def test_the_chosen_step_is_marked():
    """The agreed target is the row that stands out; its decisions are in brackets."""
    steps = driver_plan.steps(_data(), _goal())
    shown = goals.steps_table(steps, GONE, _data(), ENGLISH)
    assert "Chance" not in shown.text
    assert 'class="chosen"' in shown.html
    assert "53 (+7)" in shown.text
    assert "166 (+22)" in shown.text


def test_each_step_has_its_chance():
    """Beside every target stands how often it is reached; the glance has that of the goal."""
    data, found = _data(), made((1_840_000.0, 2_392_000.0))
    steps = driver_plan.steps(data, _goal())
    text = goals.steps_table(steps, found, data, ENGLISH).text
    assert "5 of 10" in next(line for line in text.splitlines() if "€2,116,000" in line)
    assert "almost certain" in next(line for line in text.splitlines() if line.startswith("Hold"))
    usual = driver_plan.usual_revenue(data)
    told = goals.glance(_goal(), _goal(), {}, steps, usual, found, data, ENGLISH).text
    assert "Chance of the target: 5 of 10 (within reach, likely €1.90M to €2.34M)" in told
    assert "Against\n1. No earlier quarter" in told
    low = made((1_840_000.0, 2_130_000.0))
    told = goals.glance(_goal(), _goal(), {}, steps, usual, low, data, ENGLISH).text
    assert "Against\n1. The target of €2.12M is reached in about 1 of 20 such quarters." in told


def test_the_target_asked_for_is_the_agreed_one():
    """Else that of the plan; without either there is none."""
    plan = {"quarter": "2026-Q4", "scope": "team", "scope_id": "nord", "kind": "revenue"}
    told = plan | {"metric": "bookings.won_amount", "value": 2e6}
    planned = _data(tables={"targets": [told]})
    assert driver_plan.aim(planned, _goal()) == 2_116_000.0
    assert driver_plan.aim(planned, None) == 2e6
    assert driver_plan.aim(_data(), None) is None


def test_agreed_goals_and_open_kinds():
    """Recorded goals with what cannot be measured; kinds without a goal as proposals."""
    data = _data()
    record = Record(goals=(_goal(), _goal(id="m", kind="market_share", metric="market.share")))
    frame = progress.goals(data, record, AFTER)
    assert agreed.finding(frame, data, ENGLISH) == "2 goals agreed, 1 can be measured"
    assert "needs the table market" in agreed.recorded(record, frame, ENGLISH).text
    draft = _goal(id="a", kind="activity", metric="activity.calls", title="Calls", target=90.0)
    assert "Calls" in agreed.open_kinds(record, [draft, _goal()], ENGLISH).text
    assert agreed.open_kinds(record, [_goal()], ENGLISH).text == ""


def test_obstacles_and_support_are_listed():
    """Each with its tag; an empty record says so."""
    record = Record(
        obstacles=(Obstacle(id="o", what="Price", likelihood="high", counter="No discounts"),),
        support=(Support(id="s", what="Training", state="promised", due=dt.date(2026, 10, 20)),),
    )
    assert agreed.plan_finding(record, GERMAN) == (
        "1 Hindernis vorhergesehen, eine Bitte um Unterstützung"
    )
    text = agreed.plan(record, dt.date(2026, 10, 20), ENGLISH).text
    assert "[likely] Price" in text
    assert "[promised] Training" in text
    assert "[overdue] Training" in agreed.plan(record, dt.date(2026, 10, 21), ENGLISH).text
    assert "No obstacle" in agreed.plan_finding(Record(), ENGLISH)


def _followed(*given, as_of="2026-11-11"):
    data, record = _data(as_of), Record(goals=given)
    return data, record, progress.goals(data, record, AFTER)


def test_the_follow_up_in_two_sentences():
    """How many are on course, then the one that is furthest behind with what is usual."""
    _, _, frame = _followed(_goal(target=8_000_000.0), _goal(id="b", target=100.0))
    said = follow_up.answer(frame, ENGLISH)
    assert said.startswith("1 of 2 goals on course. Furthest behind: Revenue, €500,000 where €")
    assert said.endswith("are due by now.")


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("2026-09-30", "The quarter has not begun. It begins on 1 October 2026."),
        ("2026-11-11", "The quarter is not finished. 50 days left."),
        ("2026-12-31", ""),
    ],
)
def test_the_banner_says_how_much_is_left(as_of, said):
    """Not begun, running and over are told apart."""
    data, _, frame = _followed(_goal(), as_of=as_of)
    assert follow_up.banner(frame, AFTER, data, ENGLISH).text.removeprefix("! ") == said


def test_without_goals_there_is_nothing_to_follow():
    """The page says so at its head and in place of the charts."""
    data, record, frame = _followed()
    assert "No goal was recorded" in follow_up.banner(frame, AFTER, data, ENGLISH).text
    assert follow_up.finding(frame, ENGLISH) == "No goal can be followed up"
    assert "No revenue goal" in follow_up.course(None, None, AFTER, ENGLISH).text
    met = progress.obstacles(data, record, AFTER)
    (asked,) = follow_up.to_decide(record, frame, met, data, ENGLISH)
    assert asked.startswith("Which goals do we set for 2026")


def test_due_by_now_is_never_part_of_a_deal():
    """What is counted is rounded up, as the roadmap does; money stays as it is."""
    assert follow_up._usual("activity.meetings", 81.2, ENGLISH) == "82"
    assert follow_up._usual("activity.meetings", 81.0000000001, ENGLISH) == "81"
    assert follow_up._usual("bookings.won_amount", 81.2, ENGLISH) == "€81"


def test_what_is_to_decide():
    """An obstacle that occurred and an overdue commitment each put a question."""
    trigger = Trigger(metric="bookings.won_amount", below=2e6)
    record = Record(
        obstacles=(Obstacle(id="o", what="Too little", trigger=trigger),),
        commitments=(Commitment(id="c", what="Call", owner="team", due=dt.date(2026, 11, 1)),),
        support=(
            Support(id="s", what="Training", state="promised", due=dt.date(2026, 11, 2)),
            Support(id="t", what="A fair", state="given", due=dt.date(2026, 11, 2)),
            Support(id="u", what="A car", due=dt.date(2026, 12, 2)),
        ),
    )
    data = _data()
    met = progress.obstacles(data, record, AFTER)
    frame = pd.DataFrame({"title": ["Revenue"], "state": ["behind"]})
    assert follow_up.to_decide(record, frame, met, data, ENGLISH) == [
        "Too little: does the counter-measure start?",
        "Revenue: behind, what do we change?",
        "Overdue since 1 Nov 2026: Call",
        "Support due by 2 Nov 2026 has not come: Training",
    ]
    assert obstacles.finding(met, ENGLISH) == "1 obstacle has occurred"
    assert "Revenue won below €2,000,000; now €500,000." in obstacles.table(met, ENGLISH).text


def test_an_adjusted_target_shows_the_first():
    """The first target stands below the goal whose target was changed."""
    lowered = Revision(at=dt.date(2026, 10, 9), by="lead", value=1e6, reason="data")
    _, _, frame = _followed(_goal(revisions=(lowered,)))
    assert "first target €2,116,000" in follow_up.goals_table(frame, ENGLISH).text


def test_leading_measures_without_a_value_are_dashes():
    """What cannot be measured is a dash, never 0."""
    frame = pd.DataFrame([("leads.created", math.nan, 12.0)], columns=["metric", "value", "before"])
    assert "New leads" in follow_up.leading(frame, ENGLISH).text
    assert "–" in follow_up.leading(frame, ENGLISH).text


@pytest.mark.parametrize(
    ("notebook", "title"),
    [
        ("review", "Rückblick 2026‑Q3, Ziele 2026‑Q4"),
        ("goals", "Ziele 2026‑Q4, nach dem Rückblick 2026‑Q3"),
        ("follow_up", "Verlauf 2026‑Q4, Ziele aus dem Rückblick 2026‑Q3"),
    ],
)
def test_titles_say_both_quarters(notebook, title):
    """Of one cycle every page names the quarter reviewed and the one its goals are for."""
    assert head.title(_data(), GERMAN, notebook) == title
