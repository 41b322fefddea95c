"""What became of a goal when its quarter is over: met, just missed, missed, or not gradable."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.goals.kinds import evaluate
from qbr_lib.measures import NO_GOALS, NO_VERDICTS, REGISTRY, Measure, Outcome, Unavailable
from qbr_lib.periods import Quarter
from qbr_lib.record import Evidence, Goal, Record, Verdict
from qbr_lib.words import Words

JUST = 0.9
BY = "qbr grade"
GRADES = ["id", "title", "kind", "metric", "original", "target", "value", "n", "attained", "state"]
GRADES += ["by", "reason", "details"]


def attained(metric: str, value: float, target: float) -> float | None:
    """Return how much of a target is reached [ratio]; None for a target of 0.

    For a measure that is better when low, such as days to win, it is target ÷ value.

    >>> attained("bookings.won_amount", 92.0, 100.0)
    0.92
    >>> attained("cycle.median_days_won", 50.0, 45.0)
    0.9
    """
    low = REGISTRY[metric].better == "low"
    over, under = (target, value) if low else (value, target)
    return over / under if under > 0 else None


def state_of(metric: str, value: float, target: float) -> str:
    """Return met, just_missed (at least 90 % of the target) or missed.

    >>> state_of("bookings.won_amount", 92.0, 100.0), state_of("bookings.won_amount", 83.0, 100.0)
    ('just_missed', 'missed')
    """
    reached = attained(metric, value, target)
    if reached is None:
        low = REGISTRY[metric].better == "low"
        return "met" if (value <= target if low else value >= target) else "missed"
    return "met" if reached >= 1 else "just_missed" if reached >= JUST else "missed"


def verdict(goal: Goal, outcome: Outcome, at: dt.date, words: Words) -> Verdict:
    """Return the verdict that the data proposes, with what it rests on.

    It is held against the last agreed target; the first one stays beside it.

    Parameters
    ----------
    outcome : Measure or Unavailable
        The goal's value once its quarter is over.
    at : date
        The day of the data.
    """
    common = {"at": at, "by": BY, "original": goal.original, "target": goal.current}
    if not isinstance(outcome, Measure):
        reason = words.say(outcome.reason, **outcome.details)
        return Verdict(state="not_gradable", reason=reason, **common)
    value = round(outcome.value, 6)
    reached = attained(goal.metric, value, goal.current)
    return Verdict(
        state=state_of(goal.metric, value, goal.current),
        value=value,
        attainment=None if reached is None else round(reached, 4),
        n=outcome.n,
        evidence=Evidence(as_of=at, value=value, n=outcome.n),
        **common,
    )


def proposed(data: Slice, goal: Goal, quarter: Quarter, words: Words) -> Verdict | None:
    """Return the verdict on a goal, None while its quarter is not over."""
    if data.as_of < quarter.last_day:
        return None
    return verdict(goal, evaluate(data, goal, quarter), data.as_of, words)


def grades(data: Slice, record: Record, quarter: Quarter) -> pd.DataFrame:
    """Return what became of the goals that were set for a quarter.

    Returns
    -------
    DataFrame
        One row per goal in the order of the record: id, title, kind, metric, original and last
        agreed target, value with its n, attained [ratio of the last target], state (met,
        just_missed, missed, not_gradable; open while no verdict is recorded), by (who gave the
        verdict), reason with its details. Values come from the recorded verdict, without one from
        the data.
    """
    rows = [_grade(data, goal, quarter) for goal in record.goals]
    return pd.DataFrame(rows, columns=GRADES)


def _grade(data: Slice, goal: Goal, quarter: Quarter) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(GRADES)
    row |= {name: getattr(goal, name) for name in ("id", "title", "kind", "metric")}
    row |= {"original": goal.original, "target": goal.current, "state": "open", "details": {}}
    given = goal.verdict
    if given is not None:
        told = {"value": given.value, "n": given.n, "attained": given.attainment, "by": given.by}
        return row | told | {"state": given.state, "reason": given.reason}
    outcome = evaluate(data, goal, quarter)
    if not isinstance(outcome, Measure):
        return row | {"reason": outcome.reason, "details": dict(outcome.details)}
    reached = attained(goal.metric, outcome.value, goal.current)
    return row | {"value": outcome.value, "n": outcome.n, "attained": reached}


def measures(frame: pd.DataFrame, quarter: Quarter) -> list[Outcome]:
    """Return how many goals have a verdict, and how many of them are met."""
    graded = int(frame["state"].isin(["met", "just_missed", "missed"]).sum())
    told = {"quarter": str(quarter)}
    if frame.empty:
        return [Unavailable(one, NO_GOALS, told) for one in ("goals.graded", "goals.met")]
    counted = Measure("goals.graded", float(graded), len(frame))
    if not graded:
        return [counted, Unavailable("goals.met", NO_VERDICTS, told)]
    return [counted, Measure("goals.met", float((frame["state"] == "met").sum()), graded)]
