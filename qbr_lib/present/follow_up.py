"""The parts of the follow-up page: are we on course, what is overdue, what has occurred."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.goals import driver_plan
from qbr_lib.goals.grading import attained
from qbr_lib.goals.progress import ON_COURSE, overdue
from qbr_lib.measures import REGISTRY
from qbr_lib.periods import Quarter
from qbr_lib.present import head, parts, tables
from qbr_lib.present.charts import marks, pace
from qbr_lib.present.figure import Shown, Table, figure
from qbr_lib.present.grades import STATES, reason_of, short
from qbr_lib.present.review import value_text
from qbr_lib.present.sentences import Known
from qbr_lib.present.tables import Cell, Column
from qbr_lib.record import Goal, Record


def banner(frame: pd.DataFrame, quarter: Quarter, data: Slice, formats: Formats) -> Shown:
    """Say how much of the quarter is left, or that it has not begun or no goal is recorded."""
    words = formats.words
    if frame.empty:
        told = words.say("There is nothing to follow up.")
        return parts.banner(words.say("No goal was recorded for this quarter."), told)
    if data.as_of < quarter.first_day:
        day = formats.day_long(quarter.first_day)
        told = words.say("It begins on {day}.", day=day)
        return parts.banner(words.say("The quarter has not begun."), told)
    return head.banner(data.at(quarter), formats)


def finding(frame: pd.DataFrame, formats: Formats) -> str:
    """Return how many goals are on course."""
    words = formats.words
    known = frame.loc[frame["state"] != "unavailable"]
    if known.empty:
        return words.say("No goal can be followed up")
    if (known["state"] == "not_begun").all():
        return words.say("The quarter of the goals has not begun")
    return words.count(
        "{k} of {n} goal on course",
        "{k} of {n} goals on course",
        len(known),
        k=formats.count(int(known["state"].isin(ON_COURSE).sum())),
    )


def answer(frame: pd.DataFrame, formats: Formats) -> str:
    """Return the follow-up in two sentences: how many are on course, which is furthest behind."""
    words = formats.words
    first = words.say("{sentence}.", sentence=finding(frame, formats))
    late = frame.loc[frame["state"].isin(["behind", "just_behind"])]
    if late.empty:
        return first
    gap = [attained(r.metric, r.value, r.expected) or 0.0 for r in late.itertuples()]
    row = late.iloc[gap.index(min(gap))]
    second = words.say(
        "Furthest behind: {goal}, {value} where {expected} are due by now.",
        goal=short(row.to_dict(), formats),
        value=formats.measure(row["metric"], row["value"]),
        expected=_usual(row["metric"], row["expected"], formats),
    )
    return f"{first} {second}"


def _usual(metric: str, expected: float, formats: Formats) -> str:
    """Return what is due by now; of what is counted as on the roadmap, never a part of one."""
    whole = REGISTRY[metric].unit == "count"
    return formats.measure(metric, float(math.ceil(round(expected, 6))) if whole else expected)


def glance(
    frame: pd.DataFrame, loop: Known, noted: list[str], decide: list[str], formats: Formats
) -> Shown:
    """Return the follow-up in one look: the goals, what stands out, and what is to decide.

    Parameters
    ----------
    noted, decide : list of str
        What the outlook adds to what stands out; the questions to the meeting.
    """
    words = formats.words
    rows = frame.loc[frame["state"] != "unavailable"].head(3).to_dict(orient="records")
    figures = [_goal(row, formats) for row in rows]
    kept = loop.get("loop.commitments_kept")
    if kept is not None:
        name, share = words.say("Commitments kept"), formats.percent(kept.value, 0)
        told = words.say("{k} of {n}", k=formats.count(kept.value * kept.n), n=kept.n)
        due = words.say("of those due by now")
        figures.append(parts.Glance(name, share, "", told, due, kept.value < 1))
    return parts.glance(
        answer(frame, formats),
        figures,
        left_title=words.say("What stands out"),
        left=_standing_out(frame, formats) + noted,
        right_title=words.say("To decide today"),
        right=decide or [words.say("Nothing in the data asks for a decision.")],
    )


def _goal(row: dict[Hashable, Any], formats: Formats) -> parts.Glance:
    words, metric, value, target = formats.words, row["metric"], row["value"], row["target"]
    _, word, alert = STATES[row["state"]]
    money = REGISTRY[metric].unit == "money"
    text, goal = (
        formats.money_short(one) if money else formats.measure(metric, one)
        for one in (value, target)
    )
    mark = marks.glance_bullet(value, target, alt=words.say(word)) if target > 0 else ""
    told = words.say("Target {amount}", amount=goal)
    return parts.Glance(short(row, formats), text, mark, words.say(word), told, alert)


def _standing_out(frame: pd.DataFrame, formats: Formats) -> list[str]:
    say = formats.words.say
    if frame.empty:
        return []
    lines = [
        say("{goal}: already reached.", goal=row["title"])
        if row["state"] == "reached"
        else say("{goal}: {reason}.", goal=row["title"], reason=reason_of(row, formats))
        for row in frame.to_dict(orient="records")
        if row["state"] in ("reached", "unavailable")
    ]
    return lines[:3] or [say("No goal is reached yet, and all can be measured.")]


def course(
    weeks: pd.DataFrame | None, goal: Goal | None, quarter: Quarter, formats: Formats
) -> Shown:
    """Return the revenue goal's course by week; a sentence where there is no such goal.

    Parameters
    ----------
    weeks : DataFrame or None
        As `course.weekly` returns it.
    """
    words = formats.words
    if weeks is None or goal is None:
        return parts.text(words.say("No revenue goal is recorded for this quarter."))
    scale = pace.scale(weeks, formats=formats, target=goal.current)
    so_far = weeks["won"].dropna()
    value = formats.money_short(float(so_far.iloc[-1]) if len(so_far) else 0.0)
    amounts = [[value_text("won", one, formats) for one in weeks[key]] for key in ("won", "middle")]
    names = [words.say("Week {n}", n=week) for week in weeks["week"]]
    return figure(
        partial(pace.pace, weeks, formats=formats, target=goal.current),
        title=words.say("Revenue so far: {amount}", amount=value),
        subtitle=words.say(
            "Revenue won since the first day of {quarter}, {unit}",
            quarter=formats.quarter(quarter),
            unit=scale.unit,
        ),
        note=words.say(
            "Dashed: the course that leads to the goal if the quarter fills up like earlier ones."
        ),
        alt=words.say("Line: revenue by week, {amount} so far.", amount=value),
        data=Table(
            (words.say("Week"), words.say("Won"), words.say("Usual course")),
            [*zip(names, *amounts, strict=True)][1:],
        ),
        words=words,
        wide=None,
        half=pace.size(weeks),
    )


def goals_table(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return each goal with its value, what is usual by now, the target and its state."""
    words = formats.words
    if frame.empty:
        return Shown("", "")
    shown = tables.Table(
        (
            Column("goal", words.say("Goal")),
            Column("value", words.say("So far"), "right", main=True),
            Column("expected", words.say("Due by now"), "right"),
            Column("target", words.say("Target"), "right"),
            Column("state", words.say("State")),
        )
    ).titled(
        words.say("Every goal beside its course"),
        words.say("Due by now: target × the share that earlier quarters had come to by this day"),
    )
    for row in frame.to_dict(orient="records"):
        mark, word, alert = STATES[row["state"]]
        gone = row["state"] == "unavailable"
        comment = reason_of(row, formats) if gone else _changed(row, formats)
        shown = shown.row(
            goal=Cell(row["title"], comment=comment),
            value=DASH if gone else formats.measure(row["metric"], row["value"]),
            expected=DASH if gone else _usual(row["metric"], row["expected"], formats),
            target=formats.measure(row["metric"], row["target"]),
            state=Cell(f"{mark} {words.say(word)}", alert=alert),
        )
    return shown.show()


def _changed(row: dict[Hashable, Any], formats: Formats) -> str:
    if row["original"] == row["target"]:
        return ""
    first = formats.measure(row["metric"], row["original"])
    return formats.words.say("first target {value}", value=first)


def leading(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return what `course.leading` tells: now, and at the same point of the last quarter."""
    words = formats.words
    if frame.empty:
        return Shown("", "")
    shown = tables.Table(
        (
            Column("name", words.say("Watched on the way")),
            Column("value", words.say("So far"), "right", main=True),
            Column("before", words.say("Same point last quarter"), "right"),
        )
    ).titled(words.say("What moves before the goals do"))
    for metric, *values in frame[["metric", "value", "before"]].itertuples(index=False):
        name = REGISTRY[metric].name
        now, then = (DASH if pd.isna(one) else formats.measure(metric, one) for one in values)
        shown = shown.row(name=words.say(name), value=now, before=then)
    return shown.show()


def commitments_finding(record: Record, loop: Known, formats: Formats) -> str:
    """Return the headline of the section on commitments."""
    words = formats.words
    if not record.commitments:
        return words.say("No commitment was recorded")
    late = loop["loop.commitments_overdue"].value
    if late:
        return words.count("{n} commitment is overdue", "{n} commitments are overdue", int(late))
    return words.say("No commitment is overdue")


def to_decide(
    record: Record,
    frame: pd.DataFrame,
    met: pd.DataFrame,
    data: Slice,
    formats: Formats,
    alarm: Sequence[str] = (),
) -> list[str]:
    """Return what goals, obstacles, commitments and missing support ask, at most five.

    Parameters
    ----------
    alarm : sequence of str
        What the outlook asks of the revenue goal, which then is not asked about again.
    """
    words = formats.words
    occurred = met.loc[met["state"] == "met", "what"]
    lines = [*alarm]
    if frame.empty:
        quarter = formats.quarter(data.quarter.next)
        lines += [words.say("Which goals do we set for {quarter}?", quarter=quarter)]
    lines += [
        words.say("{obstacle}: does the counter-measure start?", obstacle=one) for one in occurred
    ]
    late = frame["state"] == "behind"
    if alarm and (goal := driver_plan.revenue_goal(data, record)) is not None:
        late &= frame["id"] != goal.id
    behind = frame.loc[late, "title"]
    lines += [words.say("{goal}: behind, what do we change?", goal=one) for one in behind]
    lines += [
        words.say("Overdue since {day}: {what}", day=formats.day(one.due), what=one.what)
        for one in sorted(record.commitments, key=lambda one: one.due)
        if overdue(one, data.as_of)
    ]
    lines += [
        words.say("Support due by {day} has not come: {what}", day=formats.day(due), what=one.what)
        for one in record.support
        if (due := one.due) is not None and overdue(one, data.as_of)
    ]
    return lines[:5]
