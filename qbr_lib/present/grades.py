"""Goals as a reader sees them: how far each has come, the verdict, and the commitments."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.goals.progress import overdue
from qbr_lib.measures import N_, REGISTRY
from qbr_lib.present import parts, tables
from qbr_lib.present.charts import goals as chart
from qbr_lib.present.figure import Shown, Table, figure
from qbr_lib.present.sentences import Known
from qbr_lib.present.tables import Cell, Column
from qbr_lib.record import Goal, Record
from qbr_lib.record.goals import REVENUE

_SHORT = 28  # letters of a title that a chart has room for
# State: mark, word, whether it carries the alert colour.
STATES: dict[str, tuple[str, str, bool]] = {
    "met": ("●", N_("met"), False),
    "just_missed": ("◐", N_("just missed"), True),
    "missed": ("○", N_("missed"), True),
    "not_gradable": ("◌", N_("cannot be graded"), False),
    "open": ("◌", N_("no verdict yet"), False),
    "reached": ("●", N_("reached"), False),
    "on_course": ("●", N_("on course"), False),
    "just_behind": ("◐", N_("just behind"), True),
    "behind": ("○", N_("behind"), True),
    "not_begun": ("◌", N_("not begun"), False),
    "unavailable": ("◌", N_("cannot be measured"), False),
}
KINDS: dict[str, str] = {
    "revenue": N_("Revenue"),
    "account": N_("Accounts"),
    "activity": N_("Activity"),
    "territory": N_("Territory"),
    "market_share": N_("Market share"),
}
SETTLED: dict[str, tuple[str, str]] = {
    "open": ("○", N_("open")),
    "done": ("●", N_("kept")),
    "dropped": ("◌", N_("dropped")),
}


def finding(graded: pd.DataFrame, loop: Known, formats: Formats) -> str:
    """Return the headline of the section on the last goals."""
    words = formats.words
    if graded.empty:
        return words.say("No goals to grade yet")
    judged, waiting = loop.get("goals.graded"), int((graded["state"] == "open").sum())
    if judged is None or judged.value == 0:
        if not waiting:
            return words.say("None of the goals can be graded")
        return words.count(
            "{n} goal waits for its verdict", "{n} goals wait for their verdict", waiting
        )
    met = loop["goals.met"].value if "goals.met" in loop else 0
    first = words.count(
        "{met} of {n} graded goal met",
        "{met} of {n} graded goals met",
        int(judged.value),
        met=formats.count(met),
    )
    kept = loop.get("loop.commitments_kept")
    if kept is None:
        return first
    second = words.count(
        "{kept} of {n} commitment kept",
        "{kept} of {n} commitments kept",
        kept.n,
        kept=formats.count(kept.value * kept.n),
    )
    return words.say("{first}, {second}", first=first, second=second)


def apart(goal: Goal | None, measures: Known, formats: Formats) -> list[str]:
    """Say where the team's agreed revenue goal is another than the plan's target: both are read."""
    plan = measures.get("bookings.target")
    if plan is None or goal is None or goal.current == plan.value:
        return []
    return [
        formats.words.say(
            "The plan named {planned}, the goal agreed was {amount}.",
            planned=formats.money(plan.value),
            amount=formats.money(goal.current),
        )
    ]


def warnings(graded: pd.DataFrame, data: Slice, formats: Formats) -> list[str]:
    """Say which past goals have no verdict; nothing where all have one or the quarter runs."""
    waiting = int((graded["state"] == "open").sum())
    if not waiting or not data.over:
        return []
    return [
        formats.words.count(
            "{n} goal of the last cycle has no verdict: `qbr grade` proposes one.",
            "{n} goals of the last cycle have no verdict: `qbr grade` proposes them.",
            waiting,
        )
    ]


def bars(frame: pd.DataFrame, formats: Formats, *, course: bool = False) -> Shown:
    """Return goals as bars against their targets; a sentence where there is none.

    Parameters
    ----------
    frame : DataFrame
        As `grading.grades` or `progress.goals` returns it.
    course : bool
        Whether the quarter runs: the usual course by today is marked.
    """
    words = formats.words
    if frame.empty:
        told = "" if course else words.say("No goal was recorded for this quarter.")
        return parts.text(told) if told else Shown("", "")  # the follow-up's banner says it
    drawn = _drawn(frame, formats, course=course)
    rows = [
        (row["label"], row["told"], percent_of(row["attained"], formats), row["verdict"])
        for row in drawn.to_dict(orient="records")
    ]
    note = " ".join(_why_not(frame, formats))
    if course:
        usual = words.say("Grey mark: what the course of earlier quarters asks for by this day.")
        if not (pd.to_numeric(frame["earlier"]) > 0).any():
            usual = words.say("Grey mark: an even course; there are too few earlier quarters.")
        note = f"{usual} {note}".strip()
    return figure(
        partial(chart.goals, drawn, formats=formats),
        title=_furthest(frame, formats),
        subtitle=words.say("Reached, in percent of the last agreed target"),
        note=note,
        alt=words.say("Bars: how much of each goal is reached."),
        data=Table(
            (words.say("Goal"), words.say("So far"), words.say("Reached"), words.say("Verdict")),
            rows,
        ),
        words=words,
        wide=chart.size(drawn),
        half=chart.size(drawn, narrow=True),
    )


def _drawn(frame: pd.DataFrame, formats: Formats, *, course: bool) -> pd.DataFrame:
    words = formats.words
    states = [STATES[state] for state in frame["state"]]
    attained = pd.to_numeric(frame["attained"])
    share = pd.to_numeric(frame["share"]) if course else attained * float("nan")
    return pd.DataFrame(
        {
            "label": [short(row, formats) for row in frame.to_dict(orient="records")],
            "told": [_told(row, formats) for row in frame.to_dict(orient="records")],
            "attained": attained,
            "expected": share.where(share < 1),
            "verdict": [words.say(word) for _, word, _ in states],
            "alert": [alert for _, _, alert in states],
        }
    )


def _told(row: dict[object, object], formats: Formats) -> str:
    metric, target = str(row["metric"]), float(row["target"])  # type: ignore[arg-type]
    goal = formats.measure(metric, target)
    if pd.isna(row["value"]):
        return formats.words.say("Target {value}", value=goal)
    value = formats.measure(metric, float(row["value"]))  # type: ignore[arg-type]
    if REGISTRY[metric].unit == "ratio":  # "7% of 12%" would be a share of a share
        return formats.words.say("{value}, target {target}", value=value, target=goal)
    return formats.words.say("{value} of {target}", value=value, target=goal)


def percent_of(value: object, formats: Formats) -> str:
    """Return a ratio as a whole percentage, a dash where it is unknown."""
    return DASH if pd.isna(value) else formats.percent(float(value), 0)  # type: ignore[arg-type]


def _furthest(frame: pd.DataFrame, formats: Formats) -> str:
    words = formats.words
    known = frame.loc[~frame["state"].isin(["not_gradable", "unavailable"])]
    if known.empty:
        return words.say("None of the goals can be measured")
    missed = known.loc[known["attained"].notna() & ~known["state"].isin(["met", "reached"])]
    if missed.empty and known["state"].isin(["met", "reached"]).all():
        return words.say("Every goal that can be measured is reached")
    if missed.empty:
        return words.say("What is reached of each goal")
    last = missed.loc[pd.to_numeric(missed["attained"]).idxmin()].to_dict()
    name, told = short(last, formats), _told(last, formats)
    return words.say("Furthest from its target: {goal}, {told}", goal=name, told=told)


def short(row: Mapping[Hashable, Any], formats: Formats) -> str:
    """Return a goal's title where it is short, else what it is about: its measure.

    The target, which a long title names, stands beside it wherever this is shown.
    """
    title, kind = str(row["title"]), str(row["kind"])
    if len(title) <= _SHORT:
        return title
    words = formats.words
    name = words.say(REGISTRY[str(row["metric"])].name)
    part = kind == "territory" or (kind == "account" and row["metric"] == REVENUE)
    return f"{words.say(KINDS[kind])}: {name}" if part else name


def _why_not(frame: pd.DataFrame, formats: Formats) -> list[str]:
    rows = frame.loc[frame["attained"].isna() & frame["reason"].notna()]
    return [
        formats.words.say("{goal}: {reason}.", goal=row["title"], reason=reason_of(row, formats))
        for row in rows.to_dict(orient="records")
    ]


def reason_of(row: dict[object, object], formats: Formats) -> str:
    """Return why something cannot be measured, as text."""
    details = row["details"] if isinstance(row["details"], dict) else {}
    return formats.words.say(str(row["reason"]), **details)


def table(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return the last goals with first target, adjusted target, result and verdict."""
    words = formats.words
    if frame.empty:
        return Shown("", "")
    shown = tables.Table(
        (
            Column("goal", words.say("Goal")),
            Column("original", words.say("First target"), "right"),
            Column("target", words.say("Last target"), "right"),
            Column("value", words.say("Result"), "right", main=True),
            Column("verdict", words.say("Verdict")),
        )
    ).titled(words.say("First and last target"))
    for row in frame.to_dict(orient="records"):
        mark, word, alert = STATES[row["state"]]
        same = row["original"] == row["target"]
        shown = shown.row(
            goal=str(row["title"]),
            original=formats.measure(row["metric"], row["original"]),
            target=DASH if same else formats.measure(row["metric"], row["target"]),
            value=DASH if pd.isna(row["value"]) else formats.measure(row["metric"], row["value"]),
            verdict=Cell(f"{mark} {words.say(word)}", alert=alert),
        )
    return shown.show()


def details(graded: pd.DataFrame, record: Record, data: Slice, formats: Formats) -> Shown:
    """Return first and last targets with the verdicts, and below them the commitments."""
    if graded.empty and not record.commitments:  # the headline says so
        return Shown("", "")
    shown = [table(graded, formats), commitments(record, data, formats)]
    return Shown("".join(one.html for one in shown), "\n\n".join(one.text for one in shown))


def commitments(record: Record, data: Slice, formats: Formats) -> Shown:
    """Return the commitments: open and overdue ones first, then by day."""
    words = formats.words
    if not record.commitments:
        return Shown("", "")  # the headline says it
    shown = tables.Table(
        (
            Column("what", words.say("Commitment")),
            Column("state", words.say("State"), main=True),
            Column("owner", words.say("Responsible")),
            Column("due", words.say("Due"), "right"),
        )
    ).titled(words.say("Who does what by when"))
    ordered = sorted(record.commitments, key=lambda one: (one.state != "open", one.due))
    for one in ordered:
        mark, word = SETTLED[one.state]
        is_late = overdue(one, data.as_of)
        state = words.say("overdue") if is_late else words.say(word)
        shown = shown.row(
            what=Cell(one.what, comment=one.evidence or ""),
            state=Cell(f"{mark} {state}", alert=is_late),
            owner=one.owner,
            due=formats.day(one.due),
        )
    return shown.show()
