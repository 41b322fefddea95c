"""How goals fit together, and how the team's could be split: tables of the appendix."""

from __future__ import annotations

import pandas as pd

from qbr_lib.formats import DASH, Formats
from qbr_lib.goals.alignment import called
from qbr_lib.goals.shares import Proposal
from qbr_lib.measures import N_, Unavailable
from qbr_lib.present import parts, tables
from qbr_lib.present.figure import Shown
from qbr_lib.present.tables import Cell, Column
from qbr_lib.record import Record

_NO_SHARE: dict[str, str] = {
    "none": N_("no goal above it"),
    "unknown": N_("in no plan and no record"),
    "other": N_("does not add up with it"),
}
UNITS: dict[str, str] = {"rep": N_("Person"), "territory": N_("Territory"), "team": N_("Team")}


def fit(links: pd.DataFrame, sums: pd.DataFrame, record: Record, formats: Formats) -> Shown:
    """Return what each goal adds to the one above it, and what its parts add up to.

    Parameters
    ----------
    links, sums : DataFrame
        As `alignment.links` and `alignment.sums` return them; nothing without a goal.
    """
    words = formats.words
    if links.empty:
        return Shown("", "")
    shown = tables.Table(
        (
            Column("goal", words.say("Goal")),
            Column("value", words.say("Agreed"), "right", main=True),
            Column("parent", words.say("Goal above it")),
            Column("share", words.say("Share of it"), "right"),
            Column("parts", words.say("Sum of its parts"), "right"),
        )
    )
    below = sums.drop_duplicates("goal").set_index("goal")["parts"]
    for row in links.to_dict(orient="records"):
        total = below.get(row["goal"])
        shown = shown.row(
            goal=row["title"],
            value=formats.measure(row["metric"], row["value"]),
            parent=_above(row, record, formats),
            share=DASH if pd.isna(row["share"]) else formats.percent(row["share"]),
            parts=DASH if total is None else formats.measure(row["metric"], float(total)),
        )
    return parts.chapter(words.say("How the goals fit together"), shown.show())


def _above(row: dict[object, object], record: Record, formats: Formats) -> Cell:
    words, told = formats.words, _NO_SHARE.get(str(row["state"]))
    why = words.say(told) if told else ""
    if pd.isna(row["parent"]):
        return Cell(why)
    name = called(str(row["parent"]), record, words)
    return Cell(name, comment=why, alert=row["state"] == "unknown")


def split(proposed: Proposal | Unavailable, formats: Formats) -> Shown:
    """Return how the team's target could be split, or why that is not told."""
    words = formats.words
    title = words.say("How the target could be split")
    if isinstance(proposed, Unavailable):
        return withheld(title, proposed, formats)
    shown = tables.Table(
        (
            Column("name", words.say(UNITS[proposed.by])),
            Column("history", words.say("Won in a quarter"), "right"),
            Column("proportional", words.say("In proportion"), "right", main=True),
            Column("chance", words.say("Reached in"), "right"),
            Column("equal", words.say("Same chance for all"), "right"),
            Column("balanced", words.say("Balanced"), "right"),
        )
    )
    frame = proposed.frame
    for row in frame.to_dict(orient="records"):
        shown = shown.row(
            name=row["name"],
            chance=DASH if pd.isna(row["chance"]) else formats.often(row["chance"]),
            **{one: _money(row[one], formats) for one in _AMOUNTS},
        )
    sums = {one: frame[one].sum(skipna=False) for one in _AMOUNTS}
    shown = shown.row(
        "sum", name=words.say("Sum"), **{one: _money(sums[one], formats) for one in _AMOUNTS}
    )
    return parts.chapter(title, shown.noted(_note(proposed, formats)).show())


def withheld(title: str, why: Unavailable, formats: Formats) -> Shown:
    """Return why a split is not told."""
    words = formats.words
    reason = words.say(why.reason, **why.details)
    return parts.chapter(title, parts.text(words.say("Not told: {reason}.", reason=reason)))


_TRIFLE = 0.005
_AMOUNTS = ("history", "proportional", "equal", "balanced")


def _money(value: float, formats: Formats) -> str:
    return DASH if pd.isna(value) else formats.money(value)


def _note(proposed: Proposal, formats: Formats) -> str:
    words = formats.words
    lines = [
        words.say(
            "Won in a quarter: mean of a year. Balanced: halfway between what is asked and what "
            "the past adds up to."
        )
    ]
    if pd.notna(proposed.together):
        lines.append(
            words.say(
                "If each reached the own part in {own} quarters, all together would reach the sum "
                "in {sum}.",
                own=formats.often(proposed.each),
                sum=formats.often(proposed.together),
            )
        )
        lines.append(from_below(proposed.each, proposed.over, formats))
    present = proposed.frame.set_index("name")["present"]
    return " ".join([*lines, *absent(present, proposed.vacant, formats)])


def from_below(each: float, over: float, formats: Formats) -> str:
    """Say how far what everyone reaches in so many quarters lies from the target."""
    told = {"own": formats.often(each), "percent": formats.percent(abs(over))}
    if over >= 0:
        return formats.words.say(
            "What each reaches in {own} quarters adds up to {percent} more than the target.", **told
        )
    return formats.words.say(
        "What each reaches in {own} quarters adds up to {percent} less than the target.", **told
    )


def absent(present: pd.Series, vacant: float, formats: Formats) -> list[str]:
    """Say who is not wholly there, and whose revenue nobody here holds any more.

    Parameters
    ----------
    present : Series
        [ratio] By name, of a full target.
    vacant : float
        [ratio] Of the last year's revenue.
    """
    words = formats.words
    lines = [
        words.say(
            "{name} counts with {percent}: not fully ramped up, or part-time.",
            name=name,
            percent=formats.percent(part, 0),
        )
        for name, part in present.items()
        if part < 1
    ]
    if vacant >= _TRIFLE:
        share = formats.percent(vacant, 0)
        lines.append(
            words.say(
                "{percent} of the last year's revenue came from deals that nobody listed here "
                "holds: the others carry that part.",
                percent=share,
            )
        )
    return lines
