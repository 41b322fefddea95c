"""The goals of all teams together: what is asked, what the teams agreed on, what is open."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_, REGISTRY
from qbr_lib.metrics.bookings import METRIC as REVENUE
from qbr_lib.present import parts, tables
from qbr_lib.present.figure import Shown
from qbr_lib.present.tables import Cell, Column

_OPEN: dict[str, tuple[str, str]] = {  # what is said of it, and its tag
    "missing": (N_("Asked for, and not agreed on yet: {teams}."), N_("missing")),
    "plan": (
        N_("{teams}: asked for are {asked}, of its parts together {parts}."),
        N_("does not add up"),
    ),
    "none": (N_("{teams}: names no goal above it, although there is one."), N_("not linked")),
    "unknown": (
        N_("{teams}: names {what} above it, which is in no plan and no record."),
        N_("not linked"),
    ),
    "other": (N_("{teams}: does not add up with the goal above it."), N_("not linked")),
    "account": (N_("One account in the goals of {teams}: whose wins count?"), N_("claimed twice")),
    "territory": (
        N_("One territory in the goals of {teams}: whose wins count?"),
        N_("claimed twice"),
    ),
    "two_targets": (N_("Different targets for the same in the goals of {teams}."), N_("conflict")),
}


def section(frame: pd.DataFrame, data: Slice, formats: Formats) -> Shown:
    """Return the opening of the section on the goals of all teams.

    Parameters
    ----------
    frame : DataFrame
        As `views.sums` returns it.
    """
    words = formats.words
    rows = frame.loc[frame["metric"] == REVENUE]
    if rows.empty or not rows["goals"].any():
        quarter = formats.quarter(data.quarter.next)
        text = words.say("No team has recorded a revenue goal for {quarter} yet", quarter=quarter)
        return parts.section(words.say("Goals"), text)
    last = rows.iloc[-1]
    return parts.section(
        words.say("Goals"), _finding(last, data, formats), _said(rows, data, formats)
    )


def _finding(last: pd.Series, data: Slice, formats: Formats) -> str:
    words = formats.words
    told = {
        "asked": formats.money_short(last["asked"]) if pd.notna(last["asked"]) else "",
        "agreed": formats.money_short(last["agreed"]),
        "gap": formats.money_short(abs(last["gap"])) if pd.notna(last["gap"]) else "",
        "quarter": formats.quarter(data.quarter.next),
    }
    if pd.isna(last["asked"]):
        return words.say("For {quarter} the teams agreed on {agreed}", **told)
    if round(last["gap"], 2) == 0:
        text = N_("For {quarter} the teams agreed on what is asked for: {asked}")
    elif last["gap"] < 0:
        text = N_("For {quarter} the teams agreed on {gap} less than is asked for")
    else:
        text = N_("For {quarter} the teams agreed on {gap} more than is asked for")
    return words.say(text, **told)


def _said(rows: pd.DataFrame, data: Slice, formats: Formats) -> list[str]:
    """Say what is asked and agreed on, and which teams differ from their plan."""
    words, last, lines = formats.words, rows.iloc[-1], list[str]()
    if pd.notna(last["gap"]):
        told = {one: formats.money_short(last[one]) for one in ("asked", "agreed")}
        text = words.say("{name} asks for {asked}; agreed on are {agreed}.", name=data.name, **told)
        lines.append(text)
    teams = rows.loc[rows["scope"] == "team"]
    for sign, text in ((-1, N_("Less than planned: {teams}.")), (1, N_("More: {teams}."))):
        mine = teams.loc[(teams["gap"].round(2) * sign) > 0]
        if len(mine):
            named = [
                f"{one.name} ({formats.money_short(one.gap, signed=True)})"
                for one in mine.itertuples(index=False)
            ]
            lines.append(words.say(text, teams=", ".join(named)))
    return lines


def table(frame: pd.DataFrame, metric: str, formats: Formats) -> Shown:
    """Return one measure's goals of teams, groups and the whole; nothing where there are none.

    Parameters
    ----------
    frame : DataFrame
        As `views.sums` returns it.
    """
    words, rows = formats.words, frame.loc[frame["metric"] == metric]
    if rows.empty:
        return Shown("", "")
    adds = REGISTRY[metric].additive
    columns = [
        Column("name", words.say("Team")),
        Column("asked", words.say("Asked for"), "right"),
        Column("agreed", words.say("Agreed"), "right", main=True),
        Column("gap", words.say("Difference"), "right"),
        Column("share", words.say("Share"), "right"),
        Column("chance", words.say("Chance"), "right"),
    ]
    columns = [
        one for one in columns if one.key in ("name", "agreed") or rows[one.key].notna().any()
    ]
    shown = tables.Table(tuple(columns)).titled(
        words.say("{measure}: asked for and agreed on", measure=words.say(REGISTRY[metric].name)),
        _unit(rows, formats),
    )
    kinds = {"team": "row", "group": "subtotal", "company": "sum"}
    for n, row in enumerate(rows.to_dict(orient="records")):
        kind = "sum" if n == len(rows) - 1 else kinds[row["scope"]]
        if kind == "row" or adds or pd.notna(row["asked"]):
            cells = _cells(row, kind, formats)
            shown = shown.row(kind, **{one.key: cells[one.key] for one in columns})
    return shown.show()


def _unit(rows: pd.DataFrame, formats: Formats) -> str:
    words, last = formats.words, rows.iloc[-1]
    if not REGISTRY[last["metric"]].additive:
        return words.say("Each team its own; the teams' goals do not add up")
    if pd.notna(last["asked"]):
        text = N_("Share of what is asked of all")
    else:
        text = N_("Share of what is agreed")
    if rows["chance"].isna().all():
        return words.say(text)
    return words.say(
        "{share}; chance as it was when the goal was agreed on",
        share=words.say(text),
    )


def _cells(row: Mapping[Hashable, Any], kind: str, formats: Formats) -> dict[str, Cell | str]:
    words, metric = formats.words, str(row["metric"])
    gap, gone = row["gap"], int(row["missing"])
    open_ones = words.count("{n} goal missing", "{n} goals missing", gone) if gone else ""
    return {
        "name": Cell(str(row["name"]), comment=open_ones if kind != "row" else ""),
        "asked": _value(metric, row["asked"], formats),
        "agreed": words.say("missing") if kind == "row" and gone else
        _value(metric, row["agreed"], formats),
        "gap": Cell(_change(metric, gap, formats), alert=kind == "sum" and gap < 0),
        "share": DASH if pd.isna(row["share"]) else formats.percent(row["share"]),
        "chance": _chance(row["chance"], kind, formats),
    }  # fmt: skip


def _chance(chance: float, kind: str, formats: Formats) -> str:
    if pd.isna(chance):
        return DASH if kind == "row" else ""
    return formats.often(chance)


def _value(metric: str, value: float, formats: Formats) -> str:
    return DASH if pd.isna(value) else formats.measure(metric, value)


def _change(metric: str, gap: float, formats: Formats) -> str:
    if pd.isna(gap):
        return DASH
    unit = REGISTRY[metric].unit
    if unit == "ratio":
        return formats.points(gap)
    return formats.money(gap, signed=True) if unit == "money" else formats.count(gap, signed=True)


def open_points(unsettled: pd.DataFrame, formats: Formats) -> Shown:
    """Return what does not fit together among the teams' goals; nothing where all does.

    Parameters
    ----------
    unsettled : DataFrame
        As `views.unsettled` returns it.
    """
    words = formats.words
    items = []
    for row in unsettled.itertuples(index=False):
        text, tag = _OPEN[row.kind]
        metric = row.what if row.kind in ("missing", "plan") else ""
        name = words.say(REGISTRY[metric].name) if metric else row.what
        said = words.say(
            text,
            teams=row.team,
            what=row.what,
            asked=_value(metric, row.asked, formats),
            parts=_value(metric, row.parts, formats),
        )
        alert = row.kind in ("missing", "two_targets")
        items.append(parts.Finding(row.title or name, said, words.say(tag), alert=alert))
    return parts.findings(items) if items else Shown("", "")


def others(frame: pd.DataFrame, pieces: pd.DataFrame, formats: Formats) -> Shown:
    """Return the goals on other measures, and those on territories and accounts, for the appendix.

    Parameters
    ----------
    frame, pieces : DataFrame
        As `views.sums` and `views.parts` return them.
    """
    metrics = [one for one in frame["metric"].drop_duplicates() if one != REVENUE]
    shown = sum((table(frame, one, formats) for one in metrics), Shown("", ""))
    return parts.chapter(
        formats.words.say("Further goals of all teams"), shown + _pieces(pieces, formats)
    )


def _pieces(pieces: pd.DataFrame, formats: Formats) -> Shown:
    words = formats.words
    if pieces.empty:
        return Shown("", "")
    shown = tables.Table(
        (
            Column("part", words.say("Territory or account")),
            Column("team", words.say("Team")),
            Column("asked", words.say("Asked for"), "right"),
            Column("agreed", words.say("Agreed"), "right", main=True),
        )
    ).titled(words.say("Goals on a part of a team's deals"))
    for row in pieces.itertuples(index=False):
        name = REGISTRY[row.metric].name
        shown = shown.row(
            part=Cell(str(row.part), comment=words.say(name)),
            team=str(row.team),
            asked=_value(row.metric, row.asked, formats),
            agreed=_value(row.metric, row.agreed, formats),
        )
    return shown.show()
