"""The goals agreed on, the kinds still open, obstacles and support, as a page shows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.goals.progress import overdue
from qbr_lib.measures import N_, REGISTRY, Unavailable
from qbr_lib.parameters import Kind
from qbr_lib.present import parts, tables
from qbr_lib.present.figure import Shown
from qbr_lib.present.grades import KINDS, reason_of
from qbr_lib.present.obstacles import condition
from qbr_lib.present.tables import Cell, Column
from qbr_lib.record import Goal, Obstacle, Record, Support

LIKELY: dict[str, str] = {"low": N_("unlikely"), "medium": N_("possible"), "high": N_("likely")}
SUPPORT: dict[str, str] = {
    "requested": N_("requested"),
    "promised": N_("promised"),
    "given": N_("given"),
    "refused": N_("refused"),
}


def finding(frame: pd.DataFrame, data: Slice, formats: Formats) -> str:
    """Return the headline of the section on the goals agreed.

    Parameters
    ----------
    frame : DataFrame
        As `progress.goals` returns it.
    """
    words, n = formats.words, len(frame)
    if not n:
        quarter = formats.quarter(data.quarter.next)
        return words.say("No goal is recorded for {quarter} yet", quarter=quarter)
    measurable = int((frame["state"] != "unavailable").sum())
    if measurable == n:
        return words.count(
            "{n} goal agreed, and it can be measured",
            "{n} goals agreed, and all can be measured",
            n,
        )
    return words.count(
        "{n} goal agreed, {k} can be measured",
        "{n} goals agreed, {k} can be measured",
        n,
        k=formats.count(measurable),
    )


def recorded(record: Record, frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return the agreed goals with baseline, target and what moves before they do.

    Parameters
    ----------
    frame : DataFrame
        As `progress.goals` returns it of the same goals: says which cannot be measured.
    """
    told = frame.set_index("id").to_dict(orient="index")
    lost = {
        one: reason_of(row, formats) for one, row in told.items() if row["state"] == "unavailable"
    }
    return _goals(record.goals, lost, formats.words.say("What is agreed"), formats)


def open_kinds(record: Record, drafts: list[Goal], formats: Formats) -> Shown:
    """Return a proposal for each kind that has no goal yet; nothing where none is left."""
    taken = {goal.kind for goal in record.goals}
    left = [goal for goal in drafts if goal.kind not in taken]
    title = formats.words.say("Could be agreed on: kinds without a goal")
    return _goals(left, {}, title, formats)


def refused(record: Record, reasons: Mapping[Kind, Unavailable], formats: Formats) -> Shown:
    """Return why a kind without a goal cannot have one yet; nothing where none is refused.

    Parameters
    ----------
    reasons : mapping of kind to Unavailable
        As `proposals.refused` returns them.
    """
    words, taken = formats.words, {goal.kind for goal in record.goals}
    items = []
    for kind, why in reasons.items():
        if kind not in taken:
            name, reason = KINDS[kind], words.say(why.reason, **why.details)
            items.append((words.say(name), reason))
    title = words.say("Not to be measured yet")
    return parts.definitions(title, items) if items else Shown("", "")


def _goals(
    goals: tuple[Goal, ...] | list[Goal], lost: dict[object, str], title: str, formats: Formats
) -> Shown:
    words = formats.words
    if not goals:
        return Shown("", "")
    shown = tables.Table(
        (
            Column("goal", words.say("Goal")),
            Column("sort", words.say("Kind")),
            Column("baseline", words.say("Baseline"), "right"),
            Column("target", words.say("Target"), "right", main=True),
            Column("leading", words.say("Watched on the way")),
        )
    ).titled(title)
    for goal in goals:
        leading = ", ".join(words.say(REGISTRY[one].name) for one in goal.leading)
        base = DASH if goal.baseline is None else formats.measure(goal.metric, goal.baseline)
        shown = shown.row(
            goal=Cell(goal.title, comment=lost.get(goal.id, "")),
            sort=words.say(KINDS[goal.kind]),
            baseline=base,
            target=formats.measure(goal.metric, goal.current),
            leading=leading or DASH,
        )
    return shown.show()


def plan(record: Record, day: dt.date, formats: Formats) -> Shown:
    """Return the obstacles foreseen and the support asked for; nothing where none is recorded.

    Parameters
    ----------
    day : date
        As of which support is late.
    """
    words = formats.words
    items = [
        parts.Finding(
            one.what,
            " ".join(filter(None, [_sign(one, formats), one.counter])),
            words.say(LIKELY.get(one.likelihood or "", "–")),
        )
        for one in record.obstacles
    ]
    items += [
        parts.Finding(
            one.what,
            _helped(one, formats),
            words.say("overdue") if overdue(one, day) else words.say(SUPPORT[one.state]),
        )
        for one in record.support
    ]
    return parts.findings(items) if items else Shown("", "")


def _sign(one: Obstacle, formats: Formats) -> str:
    if one.trigger is None:
        return ""
    found = condition(one.trigger.metric, one.trigger.below, one.trigger.above, formats)
    return formats.words.say("Seen by: {condition}.", condition=found)


def _helped(one: Support, formats: Formats) -> str:
    words = formats.words
    told = [words.say("Support"), one.owner or ""]
    told += [words.say("by {day}", day=formats.day_long(one.due))] if one.due else []
    return ", ".join(filter(None, told))


def plan_finding(record: Record, formats: Formats) -> str:
    """Return the headline of the section on obstacles and support."""
    words = formats.words
    if not record.obstacles and not record.support:
        return words.say("No obstacle and no support is recorded yet")
    obstacles = words.count(
        "{n} obstacle foreseen", "{n} obstacles foreseen", len(record.obstacles)
    )
    asked = words.count(
        "support asked for once", "support asked for {n} times", len(record.support)
    )
    return words.say("{first}, {second}", first=obstacles, second=asked)
