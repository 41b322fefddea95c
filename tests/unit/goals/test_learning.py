"""What several records tell together: repeated causes, ratings, who brought what, experiments."""

import datetime as dt

import numpy as np
import pytest
from scipy import stats

from qbr_lib.goals import learning
from qbr_lib.outlook import looks
from qbr_lib.periods import Quarter
from qbr_lib.record import Experiment, Record
from tests.unit.metrics.test_bookings import TARGET

NOW = Quarter(2026, 3)


def setback(cause, **known):
    """Return a record with one setback."""
    entry = {"expected": "e", "happened": "h", "cause": cause}
    return Record.model_validate({"setbacks": [entry | known]})


@pytest.mark.parametrize(
    ("cause", "same"),
    [
        ("The person who decides came in late", True),
        ("Came in LATE: the person, who decides.", True),
        ("The person who decides came in early", False),
        ("Late", False),
        ("", False),
        (None, False),
        ("no one", False),
    ],
)
def test_a_cause_is_repeated_where_its_words_are(make_slice, cause, same):
    """The same words in any order and case; nothing of small words alone, nothing of no cause."""
    before = [(NOW.shift(-n), setback("The person who decides came in late")) for n in (1, 3)]
    before += [(NOW.shift(-2), setback("no one")), (NOW.shift(-4), Record())]
    frame = learning.setbacks(make_slice([]), setback(cause), before)
    assert frame["before"].tolist() == [("2026-Q2", "2025-Q4") if same else ()]


def test_setbacks_name_their_deals(make_slice):
    """A deal of the team is named, an id that it does not have stays as it is."""
    data = make_slice([{"opportunity_id": "d1", "name": "Pumpe"}, {"opportunity_id": "d2"}])
    frame = learning.setbacks(data, setback(None, deals=["d1", "d2", "x"]), [])
    assert frame["deals"].tolist() == [("Pumpe", "d2", "x")]
    assert learning.setbacks(data, Record(), []).empty


def test_an_experiment_without_both_shares_has_no_difference():
    """One share alone, or none, is nothing to compare."""
    told = {"id": "e", "hypothesis": "h"}
    assert learning.difference(Experiment(**told)) is None
    assert learning.difference(Experiment(**told, tried={"of": 5, "reached": 1})) is None


@pytest.mark.parametrize("weeks", [1, 2, 8, 13, 26])
def test_early_readings_deceive_rarely(weeks):
    """One a week and the last at the end: of experiments without effect 5 to 5.5 % are called one."""
    ends = NOW.last_day
    one = Experiment(id="e", hypothesis="h", starts=ends - dt.timedelta(weeks=weeks), ends=ends)
    early = {learning.level(one, day) for day in (one.starts, ends - dt.timedelta(days=1))}
    assert len(early) == 1
    assert max(early) <= 0.01 + 1e-9
    levels = [*early] * (weeks - 1) + [learning.level(one, ends)]
    luck = looks.false_alarms(stats.norm.isf(np.array(levels) / 2))
    assert 0.05 - 1e-9 <= luck <= 0.0555


def test_a_reading_without_an_end_is_no_early_one():
    """No end, 5 %; no start, that of a quarter; an end before the start is like one reading."""
    day, known = NOW.first_day, {"id": "e", "hypothesis": "h"}
    assert learning.level(Experiment(**known, starts=day), day) == 0.05
    quarter = {"ends": day + dt.timedelta(weeks=13)}
    open_, whole = Experiment(**known, **quarter), Experiment(**known, **quarter, starts=day)
    assert learning.level(open_, day) == learning.level(whole, day) < 0.01
    turned = Experiment(**known, starts=day + dt.timedelta(days=9), ends=day + dt.timedelta(days=2))
    assert learning.level(turned, day) == pytest.approx(0.01, abs=1e-5)


def test_revenue_targets_by_origin(make_slice, make_goal):
    """The plan's, the goal's first and last; what does not exist is left out."""
    lower = {"at": NOW.first_day, "by": "lead", "value": 90.0, "reason": "less"}
    record = Record(goals=(make_goal(target=100.0, revisions=(lower,)),))
    data = make_slice([], tables={"targets": [TARGET | {"value": 95.0}]})
    assert learning.targets(data, record) == {"plan": 95.0, "first": 100.0, "last": 90.0}
    assert learning.targets(make_slice([]), Record()) == {}


def test_ratings_over_the_cycles():
    """The mean per cycle, oldest first; cycles without a rating are left out."""
    good, mixed = ([{"question": "q", "rating": n} for n in rated] for rated in ((5,), (2, 3)))
    cycles = [
        (NOW, Record.model_validate({"feedback": [*mixed, {"question": "q", "answer": "a"}]})),
        (NOW.shift(-1), Record()),
        (NOW.shift(-2), Record.model_validate({"feedback": good})),
    ]
    rows = learning.feedback(cycles).to_dict(orient="records")
    assert rows == [
        {"quarter": "2026-Q1", "rating": 5.0, "n": 1},
        {"quarter": "2026-Q3", "rating": 2.5, "n": 2},
    ]
    assert learning.feedback([]).empty


def test_who_brought_what():
    """Texts by section, each person once; who stays unnamed counts as a text alone."""
    record = Record.model_validate(
        {
            "participants": ["Ana", "Ben Roth", "Cem"],
            "contributions": [
                {"by": "Ana", "section": "why", "text": "a"},
                {"by": "Ana", "section": "why", "text": "b"},
                {"section": "why", "text": "c"},
                {"by": "ben  roth", "text": "d"},
            ],
            "notes": [{"section": "result", "text": "e", "by": "Guest"}],
        }
    )
    rows = learning.contributions(record).to_dict(orient="records")
    assert rows == [
        {"section": "why", "texts": 3, "people": ("Ana",)},
        {"section": "", "texts": 1, "people": ("ben  roth",)},
        {"section": "result", "texts": 1, "people": ("Guest",)},
    ]
    assert learning.contributors(record) == 2
    assert learning.contributions(Record()).empty
