"""How far goals, commitments and obstacles of a running quarter have come by a day."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.goals import course
from qbr_lib.goals.grading import attained, state_of
from qbr_lib.goals.kinds import evaluate, measured
from qbr_lib.measures import (
    NO_GOALS,
    NOT_BEGUN,
    NOTHING_DUE,
    REGISTRY,
    Measure,
    Outcome,
    Unavailable,
)
from qbr_lib.metrics import linearity
from qbr_lib.periods import Quarter
from qbr_lib.record import Commitment, Goal, Obstacle, Record, Support

State = Literal["reached", "on_course", "just_behind", "behind", "not_begun", "unavailable"]
ON_COURSE = ("reached", "on_course")
COLUMNS = ["id", "title", "kind", "metric", "owner", "baseline", "original", "target", "value"]
COLUMNS += ["n", "share", "expected", "attained", "state", "reason", "details", "earlier"]


def goals(data: Slice, record: Record, quarter: Quarter) -> pd.DataFrame:
    """Return each recorded goal against its expected course.

    Parameters
    ----------
    data : Slice
        Of the goals' team, as of the day.
    quarter : Quarter
        The one the goals are for.

    Returns
    -------
    DataFrame
        One row per goal in the order of the record: id, title, kind, metric, owner, baseline,
        original and last agreed target, value so far with its n, share [ratio] of the target that
        is usual by the day, expected (target × share), attained [ratio of the target], state,
        reason with its details where it cannot be measured, earlier (quarters behind the course).
        Values are in the unit of the metric. A measure that does not add up, such as a rate, is
        held against its whole target.
    """
    rows = [_row(data, goal, quarter) for goal in record.goals]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(data: Slice, goal: Goal, quarter: Quarter) -> dict[str, object]:
    outcome = evaluate(data, goal, quarter)
    row: dict[str, object] = dict.fromkeys(COLUMNS)
    row |= {name: getattr(goal, name) for name in ("id", "title", "kind", "metric", "owner")}
    row |= {"baseline": goal.baseline, "original": goal.original, "target": goal.current}
    if isinstance(outcome, Unavailable):
        reason = {"reason": outcome.reason, "details": dict(outcome.details)}
        return row | reason | {"state": "unavailable"}
    usual = course.usual(data, goal, quarter)
    share = usual.share if usual else 1.0
    reached = attained(goal.metric, outcome.value, goal.current)
    return row | {
        "value": outcome.value,
        "n": outcome.n,
        "share": share,
        "expected": goal.current * share,
        "attained": reached,
        "state": _state(data, goal, quarter, outcome, share, adds_up=usual is not None),
        "earlier": usual.n if usual else 0,
    }


def _state(
    data: Slice, goal: Goal, quarter: Quarter, outcome: Measure, share: float, *, adds_up: bool
) -> State:
    if data.as_of < quarter.first_day:
        return "not_begun"
    low = REGISTRY[goal.metric].better == "low"
    if adds_up and not low and outcome.value >= goal.current:
        return "reached"  # a rate can still fall, a loss can still come
    verdict = state_of(goal.metric, outcome.value, goal.current * share)
    return {"met": "on_course", "just_missed": "just_behind"}.get(verdict, "behind")  # type: ignore[return-value]


def overdue(one: Commitment | Support, day: dt.date) -> bool:
    """Tell whether a commitment is open, or support has not come, although its day has passed."""
    waits = one.state in ("open", "requested", "promised")
    return waits and one.due is not None and one.due < day


def obstacles(data: Slice, record: Record, quarter: Quarter) -> pd.DataFrame:
    """Return the foreseen obstacles, and whether the measure of each has crossed its threshold.

    Returns
    -------
    DataFrame
        what, goal, likelihood, counter, metric, below, above, value, state (met, quiet,
        unavailable, not_begun, watched by people: no measure), reason, details.
    """
    rows = [_obstacle(data.at(quarter), one) for one in record.obstacles]
    names = ["what", "goal", "likelihood", "counter", "metric", "below", "above"]
    return pd.DataFrame(rows, columns=[*names, "value", "state", "reason", "details"])


def _obstacle(data: Slice, one: Obstacle) -> dict[str, object]:
    row: dict[str, object] = {
        "what": one.what,
        "goal": one.goal,
        "likelihood": one.likelihood,
        "counter": one.counter,
        "state": "watched",
    }
    if one.trigger is None:
        return row
    row |= {name: getattr(one.trigger, name) for name in ("metric", "below", "above")}
    outcome = measured(data, one.trigger.metric)
    if data.as_of < data.quarter.first_day:
        return row | {"state": "not_begun"}
    if isinstance(outcome, Unavailable):
        reason = {"reason": outcome.reason, "details": dict(outcome.details)}
        return row | reason | {"state": "unavailable"}
    # What adds up over the quarter is held against the part of the threshold that is due by now.
    values = linearity.flow(data, one.trigger.metric)
    due = 1.0 if values is None else linearity.course(values, data, data.quarter, data.as_of).share
    under = one.trigger.below is not None and outcome.value < one.trigger.below * due
    over = one.trigger.above is not None and outcome.value > one.trigger.above
    return row | {"value": outcome.value, "state": "met" if under or over else "quiet"}


def recorded(record: Record, quarter: Quarter, frame: pd.DataFrame) -> list[Outcome]:
    """Return how many goals are recorded for a quarter, and how many can be measured.

    Parameters
    ----------
    frame : DataFrame
        As `goals` returns it.
    """
    n = len(record.goals)
    told = {"quarter": str(quarter)}
    found: list[Outcome] = [Measure("goals.recorded", float(n), n)]
    if not n:
        return [*found, Unavailable("goals.measurable", NO_GOALS, told)]
    known = int((frame["state"] != "unavailable").sum())
    return [*found, Measure("goals.measurable", float(known), n)]


def measures(
    record: Record, quarter: Quarter, day: dt.date, frame: pd.DataFrame, met: pd.DataFrame
) -> list[Outcome]:
    """Return all figures of a follow-up: goals, commitments, obstacles.

    Parameters
    ----------
    day : date
        The day of the data.
    frame, met : DataFrame
        As `goals` and `obstacles` return them.
    """
    on_course: Outcome = Unavailable("goals.on_course", NO_GOALS, {"quarter": str(quarter)})
    if day < quarter.first_day:
        on_course = Unavailable("goals.on_course", NOT_BEGUN, {"quarter": str(quarter)})
    elif len(frame):
        n = int(frame["state"].isin(ON_COURSE).sum())
        on_course = Measure("goals.on_course", float(n), len(frame))
    occurred = Measure("loop.obstacles_met", float((met["state"] == "met").sum()), len(met))
    return [*recorded(record, quarter, frame), on_course, *commitments(record, day), occurred]


def commitments(record: Record, day: dt.date) -> list[Outcome]:
    """Return the share of commitments kept among those due by a day, and how many are overdue."""
    over = [c for c in record.commitments if c.due < day or (c.due == day and c.state == "done")]
    due = [c for c in over if c.state != "dropped"]
    late = sum(overdue(one, day) for one in record.commitments)
    behind: Outcome = Measure("loop.commitments_overdue", float(late), len(record.commitments))
    if not due:
        return [Unavailable("loop.commitments_kept", NOTHING_DUE, {"day": day.isoformat()}), behind]
    kept = sum(one.state == "done" for one in due)
    return [Measure("loop.commitments_kept", kept / len(due), len(due)), behind]
