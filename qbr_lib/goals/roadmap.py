"""From goals to weeks: what is there by when if the quarter fills as usual, and who adds what."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.goals import alignment
from qbr_lib.goals.kinds import measured, within
from qbr_lib.goals.proposals import company_target
from qbr_lib.goals.requirement import Requirement
from qbr_lib.measures import REGISTRY, Unavailable
from qbr_lib.metrics import linearity
from qbr_lib.record import Goal, Record

PEOPLE = ["person", "id", "title", "kind", "metric", "value", "of_team", "of_company", "source"]
WEEKS = ["person", "goal", "metric", "week", "day", "value", "quarters"]
DATES = ["day", "kind", "value"]
_THOUSANDS = 100_000


class Week(NamedTuple):
    """The end of a week, how much of a quarter is usually there, and how many quarters say so."""

    number: int
    day: dt.date
    share: float
    quarters: int


def individual(data: Slice, record: Record) -> pd.DataFrame:
    """Return the goals of single people, and what each adds to the team's and the company's.

    Those of the record are shown as they may be shown; the plan's figures of people only where the
    organisation names them, or by their pseudonyms where enough people have one.

    Returns
    -------
    DataFrame
        One row per goal: person (name or what stands for it), id and title of the goal ("" of the
        plan), kind, metric, value [its unit], of_team and of_company [ratio, NaN where neither
        has a goal on the measure, or it does not add up], source (goals, targets).
    """
    rows = []
    names = _names(data)
    for goal in record.goals:
        if "rep" in goal.scope:
            person = names.get(goal.scope["rep"], goal.scope["rep"])
            rows.append(
                (person, goal.id, goal.title, goal.kind, goal.metric, goal.current, "goals")
            )
    known = {(row[0], row[4]) for row in rows}
    for row in _planned(data).itertuples():
        person = names.get(row.scope_id, row.scope_id)
        if (person, row.metric) not in known:
            rows.append((person, "", "", row.kind, row.metric, float(row.value), "targets"))
    wholes = {(one[3], one[4]): _wholes(data, record, one[3], one[4]) for one in rows}
    shares = [_shares(one, wholes[one[3], one[4]]) for one in rows]
    made = [(*one[:6], *share, one[6]) for one, share in zip(rows, shares, strict=True)]
    return pd.DataFrame(made, columns=PEOPLE)


def _names(data: Slice) -> dict[str, str]:
    reps = data.tables.get("reps", pd.DataFrame(columns=["rep_id", "name"]))
    known = reps.dropna(subset=["rep_id", "name"]).drop_duplicates("rep_id", keep="last")
    return dict(zip(known["rep_id"], known["name"], strict=True))


def _planned(data: Slice) -> pd.DataFrame:
    """Return the plan's rows of people, as far as each may be told."""
    plan, privacy = alignment.planned(data), data.organisation.privacy
    mine = plan.loc[(plan["scope"] == "rep") & plan["metric"].isin(REGISTRY)]
    enough = mine["scope_id"].nunique() >= privacy.minimum_group
    told = privacy.people == "named" or (privacy.people == "pseudonym" and enough)
    return mine if told else mine.iloc[:0]


def _wholes(data: Slice, record: Record, kind: str, metric: str) -> tuple[float, float]:
    """Return the team's and the company's goal on a measure, NaN where there is none."""
    own = {"team": data.team_ids[0]}
    goals = [one.current for one in record.goals if (one.metric, one.scope) == (metric, own)]
    plan = alignment.planned(data)
    mine = (plan["scope"] == "team") & (plan["scope_id"] == own["team"])
    goals += [*plan.loc[mine & (plan["kind"] == kind) & (plan["metric"] == metric), "value"]]
    above = company_target(data, data.quarter.next, kind, metric)  # type: ignore[arg-type]
    return (goals[0] if goals else math.nan), (math.nan if above is None else above)


def _shares(
    row: tuple[str, str, str, str, str, float, str], wholes: tuple[float, float]
) -> tuple[float, ...]:
    adds = REGISTRY[row[4]].additive
    return tuple(row[5] / whole if adds and whole > 0 else math.nan for whole in wholes)


def weeks(data: Slice, record: Record, people: pd.DataFrame) -> pd.DataFrame:
    """Return what every goal should have come to by the end of each week of the coming quarter.

    The usual share of the team's own earlier quarters, an even one where too few are known; of a
    person the team's share as well. What does not fill up, such as a rate, has no weeks.

    Parameters
    ----------
    people : DataFrame
        As `individual` returns it.

    Returns
    -------
    DataFrame
        By goal and week: person ("" for the team's goals), goal (id), metric, week (from 1), day
        (its last), value [unit of the metric: counts rounded up, large amounts to thousands; the
        last one is the goal], quarters (that the shares rest on, 0 for even ones).
    """
    rows = [
        ("", goal.id, goal.metric, *one)
        for goal in record.goals
        if "rep" not in goal.scope
        for one in _valued(
            goal.metric, goal.current, _course(data, within(data, goal), goal.metric)
        )
    ]
    known = {metric: _course(data, data, metric) for metric in people["metric"].unique()}
    rows += [
        (row.person, row.id, row.metric, *one)
        for row in people.itertuples()
        for one in _valued(row.metric, row.value, known[row.metric])
    ]
    return pd.DataFrame(rows, columns=WEEKS)


def _course(data: Slice, part: Slice | Unavailable, metric: str) -> list[Week]:
    """Return how the coming quarter usually fills up; nothing where a measure does not fill up."""
    after = data.quarter.next
    if isinstance(part, Unavailable):
        return []
    values = linearity.flow(part, metric)
    if values is None or isinstance(measured(part.at(after), metric), Unavailable):
        return []
    ends = [after.week_starts(week + 1) - dt.timedelta(days=1) for week in range(1, after.weeks)]
    found = [linearity.course(values, part, after, end) for end in (*ends, after.last_day)]
    return [
        Week(number, day, usual.share, usual.n)
        for number, (day, usual) in enumerate(zip((*ends, after.last_day), found, strict=True), 1)
    ]


def _valued(metric: str, whole: float, course: list[Week]) -> Iterator[tuple[object, ...]]:
    n = max((one.quarters for one in course), default=0)
    for one in course:
        value = whole if one is course[-1] else _stepped(metric, whole, whole * one.share)
        yield one.number, one.day.isoformat(), value, n


def _stepped(metric: str, whole: float, value: float) -> float:
    """Round a milestone as people say it, never above the goal."""
    if REGISTRY[metric].unit == "count":
        return float(min(math.ceil(round(value, 6)), whole))
    if REGISTRY[metric].unit == "money":
        return min(float(round(value, -3 if whole >= _THOUSANDS else 0)), whole)
    return round(value, 4)


def dates(need: Requirement | None, goal: Goal) -> pd.DataFrame:
    """Return what the revenue goal asks for by a day, as far as the outlook tells.

    Returns
    -------
    DataFrame
        day, kind, value: last_new_deal (the last day on which a new deal still helps, with how
        many new deals a week until then reach the target in seven of ten cases; NaN where the team
        never created as many).
    """
    if need is None or need.last_day is None:
        return pd.DataFrame(columns=DATES)
    many = need.a_week(goal.current) if need.possible(goal.current) else math.nan
    row = (need.last_day.isoformat(), "last_new_deal", math.ceil(many) if many > 0 else math.nan)
    return pd.DataFrame([row], columns=DATES)
