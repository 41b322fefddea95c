"""What to look at before goals are agreed: a line per goal, and every rule in the appendix."""

from __future__ import annotations

import pandas as pd

from qbr_lib.formats import DASH, NBSP, Formats
from qbr_lib.goals.smart import letters
from qbr_lib.measures import N_
from qbr_lib.present import parts, tables
from qbr_lib.present.figure import Shown
from qbr_lib.present.tables import Cell, Column

_LETTERS: dict[str, str] = {
    "S": N_("Specific"),
    "M": N_("Measurable"),
    "A": N_("Achievable"),
    "R": N_("Relevant"),
    "T": N_("Time-bound"),
}
_STATES: dict[str, str] = {
    "pass": N_("fulfilled"),
    "warn": N_("look at it"),
    "fail": N_("settle it"),
    "unknown": N_("not known"),
}
_FIRST = {"fail": 0, "warn": 1}
_ORDER = {letter: n for n, letter in enumerate("AMRTS")}  # what decides most comes first
_TOLD = 2


def section(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return one line per goal with what most needs a look; nothing without a goal.

    Parameters
    ----------
    frame : DataFrame
        As `smart.checks` returns it.
    """
    words = formats.words
    if frame.empty:
        return Shown("", "")
    note = words.say(
        "Letters: rules met of those that could be judged; all of them in the appendix."
    )
    short = words.say("Before it is agreed")
    return parts.section(short, _finding(frame, formats), [note]) + lines(frame, formats)


def lines(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return the goals' lines alone, as beside a slider."""
    return parts.findings([_line(rows, formats) for _, rows in frame.groupby("goal", sort=False)])


def _finding(frame: pd.DataFrame, formats: Formats) -> str:
    words = formats.words
    failed = frame.loc[frame["state"] == "fail", "goal"].nunique()
    doubtful = frame.loc[frame["state"].isin(_FIRST), "goal"].nunique()
    if failed:
        return words.count(
            "{n} goal has something to settle before it is agreed",
            "{n} goals have something to settle before they are agreed",
            failed,
        )
    if doubtful:
        return words.count(
            "{n} goal deserves a look before it is agreed",
            "{n} goals deserve a look before they are agreed",
            doubtful,
        )
    return words.say("Nothing speaks against agreeing on the goals")


def _line(rows: pd.DataFrame, formats: Formats) -> parts.Finding:
    words = formats.words
    open_ones = rows.loc[rows["state"].isin(_FIRST)]
    ranked = open_ones.assign(
        _state=open_ones["state"].map(_FIRST), _letter=open_ones["letter"].map(_ORDER)
    ).sort_values(["_state", "_letter"], kind="stable")
    failed = int((rows["state"] == "fail").sum())
    tag = words.say("nothing open")
    if len(ranked):
        tag = words.count("{n} to look at", "{n} to look at", len(ranked))
    if failed:
        tag = words.count("{n} to settle", "{n} to settle", failed)
    return parts.Finding(
        rows["title"].iloc[0],
        " ".join(ranked["text"].head(max(1, min(failed, _TOLD))))
        or words.say("Nothing to look at."),
        tag,
        alert=failed > 0,
        aside=" ".join(
            f"{one.letter}{NBSP}{f'{one.passed}/{one.judged}' if one.judged else DASH}"
            for one in letters(rows).itertuples()
        ),
    )


def table(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return every rule with its verdict and what it rests on, by goal; nothing without a goal."""
    words = formats.words
    if frame.empty:
        return Shown("", "")
    shown = tables.Table(
        (
            Column("letter", words.say("Rule")),
            Column("text", words.say("What it rests on")),
            Column("state", words.say("Verdict"), main=True),
        )
    )
    for _, rows in frame.groupby("goal", sort=False):
        shown = shown.row("group", letter=rows["title"].iloc[0])
        for row in rows.itertuples():
            state = str(row.state)
            shown = shown.row(
                letter=words.say(_LETTERS[str(row.letter)]),
                text=str(row.text),
                state=Cell(words.say(_STATES[state]), alert=state == "fail", good=state == "pass"),
            )
    return parts.chapter(words.say("Goals, rule by rule"), shown.show())
