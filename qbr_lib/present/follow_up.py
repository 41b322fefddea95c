"""The parts of the follow-up page: are we on course, what is overdue, what has occurred."""

from __future__ import annotations

from functools import partial

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.goals.grading import attained
from qbr_lib.goals.progress import ON_COURSE, overdue
from qbr_lib.measures import REGISTRY
from qbr_lib.periods import Quarter
from qbr_lib.present import parts, tables
from qbr_lib.present.charts import marks, pace
from qbr_lib.present.figure import Shown, Table, figure
from qbr_lib.present.grades import STATES, reason_of
from qbr_lib.present.sentences import Known
from qbr_lib.present.tables import Cell, Column
from qbr_lib.record import Goal, Record


def banner(frame: pd.DataFrame, quarter: Quarter, data: Slice, formats: Formats) -> Shown:
    """Say how much of the quarter is left, or that it has not begun or no goal is recorded."""
    words, left = formats.words, quarter.days_left(data.as_of)
    if frame.empty:
        told = words.say("There is nothing to follow up.")
        return parts.banner(words.say("No goal was recorded for this quarter."), told)
    if data.as_of < quarter.first_day:
        day = formats.day_long(quarter.first_day)
        return parts.banner(
            words.say("The quarter has not begun."), words.say("It begins on {day}.", day=day)
        )
    if left:
        return parts.banner(
            words.say("The quarter is not finished."),
            words.count("{n} day left.", "{n} days left.", left),
        )
    return parts.banner("", "")


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
        goal=row["title"],
        value=formats.measure(row["metric"], row["value"]),
        expected=formats.measure(row["metric"], _usual(row)),
    )
    return f"{first} {second}"


def _usual(row: pd.Series) -> float:
    whole = REGISTRY[row["metric"]].unit == "count"
    return float(round(row["expected"])) if whole else float(row["expected"])


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
        figures.append(
            parts.Glance(
                words.say("Commitments kept"),
                formats.percent(kept.value, 0),
                "",
                words.say("{k} of {n}", k=formats.count(kept.value * kept.n), n=kept.n),
                words.say("of those due by now"),
                kept.value < 1,
            )
        )
    return parts.glance(
        answer(frame, formats),
        figures,
        left_title=words.say("What stands out"),
        left=_standing_out(frame, formats) + noted,
        right_title=words.say("To decide today"),
        right=decide or [words.say("Nothing in the data asks for a decision.")],
    )


def _goal(row: dict[object, object], formats: Formats) -> parts.Glance:
    words = formats.words
    _, word, alert = STATES[str(row["state"])]
    metric, value, target = str(row["metric"]), float(row["value"]), float(row["target"])  # type: ignore[arg-type]
    money = REGISTRY[metric].unit == "money"
    text = formats.money_short(value) if money else formats.measure(metric, value)
    goal = formats.money_short(target) if money else formats.measure(metric, target)
    mark = marks.glance_bullet(value, target, alt=words.say(word)) if target > 0 else ""
    told = words.say("Target {amount}", amount=goal)
    return parts.Glance(str(row["title"]), text, mark, words.say(word), told, alert)


def _standing_out(frame: pd.DataFrame, formats: Formats) -> list[str]:
    words = formats.words
    lines = []
    if frame.empty:
        return []
    for row in frame.to_dict(orient="records"):
        if row["state"] == "reached":
            lines.append(words.say("{goal}: already reached.", goal=row["title"]))
        if row["state"] == "unavailable":
            why = reason_of(row, formats)
            lines.append(words.say("{goal}: {reason}.", goal=row["title"], reason=why))
    return lines[:3] or [words.say("No goal is reached yet, and all can be measured.")]


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
    rows = [
        (
            words.say("Week {n}", n=row["week"]),
            DASH if pd.isna(row["won"]) else formats.money(row["won"]),
            formats.money(row["middle"]),
        )
        for row in weeks.iloc[1:].to_dict(orient="records")
    ]
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
        data=Table((words.say("Week"), words.say("Won"), words.say("Usual course")), rows),
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
            expected=DASH if gone else formats.measure(row["metric"], _usual(pd.Series(row))),
            target=formats.measure(row["metric"], row["target"]),
            state=Cell(f"{mark} {words.say(word)}", alert=alert),
        )
    return shown.show()


def _changed(row: dict[object, object], formats: Formats) -> str:
    if row["original"] == row["target"]:
        return ""
    first = formats.measure(str(row["metric"]), float(row["original"]))  # type: ignore[arg-type]
    return formats.words.say("first target {value}", value=first)


def leading(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return what moves before the goals do, now and at the same point of the last quarter.

    Parameters
    ----------
    frame : DataFrame
        metric, value, before (NaN where unknown).
    """
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
    for row in frame.to_dict(orient="records"):
        cells = {
            name: DASH if pd.isna(row[name]) else formats.measure(row["metric"], row[name])
            for name in ("value", "before")
        }
        name = REGISTRY[row["metric"]].name
        shown = shown.row(name=words.say(name), **cells)
    return shown.show()


def obstacles(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return the foreseen obstacles, those that occurred first."""
    words = formats.words
    if frame.empty:
        return parts.text(words.say("No obstacle was foreseen."))
    rows = frame.assign(_quiet=frame["state"] != "met").sort_values("_quiet", kind="stable")
    items = []
    for row in rows.to_dict(orient="records"):
        tag, alert = _occurred(str(row["state"]), formats)
        text = " ".join(filter(None, [_trigger(row, formats), row["counter"]]))
        items.append(parts.Finding(row["what"], text, tag, alert))
    return parts.findings(items)


def _occurred(state: str, formats: Formats) -> tuple[str, bool]:
    words = formats.words
    named = {
        "met": words.say("has occurred"),
        "quiet": words.say("not so far"),
        "watched": words.say("watched by people"),
        "not_begun": words.say("not begun"),
        "unavailable": words.say("cannot be measured"),
    }
    return named[state], state == "met"


def _trigger(row: dict[object, object], formats: Formats) -> str:
    words = formats.words
    if not isinstance(row["metric"], str):
        return ""
    measure = REGISTRY[row["metric"]].name
    name = words.say(measure)
    limit = row["below"] if pd.notna(row["below"]) else row["above"]
    told = formats.measure(row["metric"], float(limit))  # type: ignore[arg-type]
    side = (
        words.say("{measure} below {limit}", measure=name, limit=told)
        if pd.notna(row["below"])
        else words.say("{measure} above {limit}", measure=name, limit=told)
    )
    if pd.isna(row["value"]):
        return words.say("{condition}.", condition=side)
    value = formats.measure(row["metric"], float(row["value"]))  # type: ignore[arg-type]
    return words.say("{condition}; now {value}.", condition=side, value=value)


def obstacles_finding(frame: pd.DataFrame, formats: Formats) -> str:
    """Return the headline of the section on obstacles."""
    words, met = formats.words, int((frame["state"] == "met").sum())
    if frame.empty:
        return words.say("No obstacle was foreseen")
    if not met:
        return words.say("No foreseen obstacle has occurred")
    return words.count("{n} obstacle has occurred", "{n} obstacles have occurred", met)


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
    record: Record, frame: pd.DataFrame, met: pd.DataFrame, data: Slice, formats: Formats
) -> list[str]:
    """Return the questions that goals, obstacles and commitments put to the meeting, at most five.

    Parameters
    ----------
    frame, met : DataFrame
        As `progress.goals` and `progress.obstacles` return them.
    """
    words = formats.words
    lines = [
        words.say("{obstacle}: does the counter-measure start?", obstacle=what)
        for what in met.loc[met["state"] == "met", "what"]
    ]
    lines += [
        words.say("{goal}: behind, what do we change?", goal=title)
        for title in frame.loc[frame["state"] == "behind", "title"]
    ]
    lines += [
        words.say("Overdue since {day}: {what}", day=formats.day(one.due), what=one.what)
        for one in sorted(record.commitments, key=lambda one: one.due)
        if overdue(one, data.as_of)
    ]
    return lines[:5]
