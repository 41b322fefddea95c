"""The course of a running quarter: its goal's week by week, and what moves before it."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.goals.kinds import measured, within
from qbr_lib.measures import Measure, Unavailable
from qbr_lib.metrics import linearity
from qbr_lib.periods import Quarter
from qbr_lib.record import Goal, Record
from qbr_lib.schema import OPEN


def usual(data: Slice, goal: Goal, quarter: Quarter) -> linearity.Course | None:
    """Return how far a goal has usually come by the day; None where its measure does not add up."""
    part = within(data, goal)
    values = None if isinstance(part, Unavailable) else linearity.flow(part, goal.metric)
    if values is None or isinstance(part, Unavailable):
        return None
    return linearity.course(values, part, quarter, data.as_of)


def weekly(data: Slice, goal: Goal | None, quarter: Quarter) -> pd.DataFrame | None:
    """Return a goal's quarter week by week as `linearity.weekly` does; None without a goal."""
    part = data if goal is None else within(data, goal)
    values = None if isinstance(part, Unavailable) else linearity.flow(part, _metric(goal))
    if goal is None or values is None or isinstance(part, Unavailable):
        return None
    return linearity.weekly(values, part, quarter, goal.current)


def _metric(goal: Goal | None) -> str:
    return goal.metric if goal else ""


def leading(data: Slice, record: Record, quarter: Quarter) -> pd.DataFrame:
    """Return the measures that move before the goals do, now and at the same point last quarter.

    Returns
    -------
    DataFrame
        metric, value, before (what it was as many days into the quarter before), NaN where it
        cannot be measured; in the order of the goals, each once.
    """
    metrics = dict.fromkeys(one for goal in record.goals for one in goal.leading)
    passed = min(data.as_of, quarter.last_day) - quarter.first_day
    earlier = quarter.previous
    then = until(data, min(earlier.first_day + passed, earlier.last_day)).at(earlier)
    rows = [(m, _value(data.at(quarter), m), _value(then, m)) for m in metrics]
    return pd.DataFrame(rows, columns=["metric", "value", "before"])


def _value(data: Slice, metric: str) -> float:
    outcome = measured(data, metric)
    return outcome.value if isinstance(outcome, Measure) else float("nan")


def until(data: Slice, day: dt.date) -> Slice:
    """Return a slice with only what had come to be by a day; later closings are open again."""
    end = pd.Timestamp(day) + pd.Timedelta(days=1)
    tables = dict(data.tables)
    for name, column in (("leads", "created_on"), ("activities", "done_on")):
        if name in tables:
            tables[name] = tables[name].loc[tables[name][column] < end]
    if "leads" in tables:
        converted = tables["leads"]["converted_on"]
        tables["leads"] = tables["leads"].assign(converted_on=converted.where(converted < end))
    deals = data.opportunities
    deals = deals.loc[deals["created_on"].isna() | (deals["created_on"] < end)]
    status = deals["status"].where(deals["closed_on"] < end, OPEN)
    tables["opportunities"] = deals.assign(status=status)
    return dataclasses.replace(data, tables=tables)
