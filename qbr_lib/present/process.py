"""The stages of the sales process: how far deals come, how long they stay, and what stands out."""

from __future__ import annotations

from functools import partial

import pandas as pd

from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_
from qbr_lib.measures.process import TERMS
from qbr_lib.metrics.stages import Funnel
from qbr_lib.present import parts, tables
from qbr_lib.present.charts import funnel as funnel_chart
from qbr_lib.present.figure import Shown, Table, figure
from qbr_lib.present.tables import Cell, Column
from qbr_lib.present.win_rates import patterns_of, percent, span

_GRADES = {
    "B": N_("Stages are known from snapshots; what happened between two of them is not."),
    "C": N_("Only the last stage of each deal is known; days in a stage cannot be told."),
}


def stages(found: Funnel, judged: pd.DataFrame, formats: Formats) -> Shown:
    """Return how far the decided deals came, beside how long deals stay in each stage.

    Parameters
    ----------
    found : Funnel
        What `metrics.stages.funnel` returns.
    judged : DataFrame
        All claims of the workbook.
    """
    say = formats.words.say
    if found.grade is None:
        return parts.unavailable(
            say("The stages of the sales process cannot be shown."),
            say("No stage of a deal is known, or the stages have no order."),
            say("Stages belong in the column “stage”, their order under “stages” in org.yml."),
        )
    beside = [parts.text(_said(found, judged, formats))]
    if found.grade in _GRADES:
        beside.append(parts.text(say(_GRADES[found.grade])))
    if found.grade != "C":
        beside.append(_times(found, judged, formats))
    return parts.columns([_far(found, judged, formats)], beside)


def _far(found: Funnel, judged: pd.DataFrame, formats: Formats) -> Shown:
    words = formats.words
    if not found.decided:
        return parts.text(words.say("No deal was won or lost."))
    if found.unknown > (found.decided - found.won) / 2:
        return parts.unavailable(
            words.say("How far the deals came cannot be shown."),
            words.say("The stage in which most lost deals ended is unknown."),
            words.say("From the first run on, snapshots of the open deals are kept for it."),
        )
    patterns = patterns_of(judged, "stage", "conversion").set_index("subject")
    drawn = found.frame.rename(columns={"stage": "name", "rate": "share"})
    drawn = drawn.assign(
        pattern=drawn["name"].isin(patterns.index),
        favourable=[bool(patterns["favourable"].get(one, True)) for one in drawn["name"]],
    )
    won = pd.DataFrame([{"name": words.say("Won"), "reached": found.won}])
    counts = {"won": formats.count(found.won), "n": formats.count(found.decided)}
    drawn = pd.concat([drawn, won], ignore_index=True)
    unknown = words.count(
        "Of {n} lost deal the stage is unknown.",
        "Of {n} lost deals the stage is unknown.",
        found.unknown,
    )
    return figure(
        partial(funnel_chart.stages, drawn, formats=formats),
        title=_title(found, judged, patterns, formats),
        subtitle=words.count(
            "{n} decided deal; share that went on",
            "{n} decided deals; share that went on",
            found.decided,
        ),
        note=unknown if found.unknown else "",
        alt=words.say("Bars: deals by the stage they reached, {won} of {n} won.", **counts),
        data=_stage_numbers(found, formats),
        words=words,
        wide=None,
        half=funnel_chart.size(drawn),
    )


def _title(found: Funnel, judged: pd.DataFrame, patterns: pd.DataFrame, formats: Formats) -> str:
    say = formats.words.say
    if len(patterns):
        told = N_("More went on than usual: {stage}")
        if not patterns["favourable"].iloc[0]:
            told = N_("Fewer went on than usual: {stage}")
        return say(told, stage=str(patterns.index[0]))
    steps = judged.loc[(judged["kind"] == "stage") & (judged["name"] == "conversion")]
    if steps["chance"].isna().all():
        return say("How far the decided deals came")
    below, above = _outside(found)
    if below:
        told = N_("Fewer went on than usual, but no pattern: {stages}")
        return say(told, stages=", ".join(below))
    if above:
        told = N_("More went on than usual, but no pattern: {stages}")
        return say(told, stages=", ".join(above))
    return say("In every stage as many went on as usual")


def _outside(found: Funnel) -> tuple[list[str], list[str]]:
    """Return the stages from which fewer went on than in most earlier quarters, and more."""
    rows = found.frame
    below, above = rows["rate"] < rows["usual_low"], rows["rate"] > rows["usual_high"]
    return [*rows.loc[below, "stage"]], [*rows.loc[above, "stage"]]


def _stage_numbers(found: Funnel, formats: Formats) -> Table:
    say = formats.words.say
    head = [say("Stage"), say("Reached"), say("Went on"), say("possible values"), say("before")]
    head += [say("Best quarters"), say("Gap in money")]
    watched = "entered" in found.frame
    head += [say("Entered"), say("Went on so far"), say("Back"), say("Skipped")] if watched else []
    rows = []
    for row in found.frame.itertuples():
        cells = [row.stage, formats.count(row.reached), percent(row.rate, formats)]
        cells += [span(row.low, row.high, formats), percent(row.before, formats)]
        cells += [percent(row.best, formats), _money(row.money, formats)]
        if watched:
            cells += [formats.count(row.entered), percent(row.kept, formats)]
            cells += [formats.count(row.back_steps), formats.count(row.skipped)]
        rows.append(cells)
    return Table(head, rows)


def _money(value: float, formats: Formats) -> str:
    return DASH if pd.isna(value) else formats.money_about(value)


def _times(found: Funnel, judged: pd.DataFrame, formats: Formats) -> Shown:
    words = formats.words
    columns = (
        Column("stage", words.say("Stage")),
        Column("days", words.say("Days"), "right", main=True),
        Column("usual", words.say("before"), "right"),
        Column("waiting", words.say("Waiting long"), "right"),
    )
    slow = patterns_of(judged, "stage", "days").set_index("subject")["favourable"]
    table = tables.Table(columns).titled(words.say("Days in each stage"))
    for row in found.frame.itertuples():
        known, least = row.stage in slow.index, "≥ " if row.least else ""
        table = table.row(
            stage=row.stage,
            days=Cell(
                DASH if pd.isna(row.days) else least + formats.count(row.days),
                alert=known and not slow[row.stage],
                bold=known,
            ),
            usual=DASH if pd.isna(row.days_before) else formats.count(row.days_before),
            waiting=Cell(formats.count(row.waiting), formats.money_short(row.waiting_amount)),
        )
    long = words.say("Waiting long: in the stage longer than 8 of 10 earlier deals.")
    return table.noted(long).show()


def _said(found: Funnel, judged: pd.DataFrame, formats: Formats) -> str:
    """Say which stage stands out, else the largest gap to the team's own best quarters."""
    say, rows = formats.words.say, found.frame.set_index("stage")
    patterns = judged.loc[(judged["kind"] == "stage") & judged["pattern"].astype(bool)]
    if len(patterns):
        return _stands_out(patterns.iloc[0], rows, formats)
    if judged.loc[judged["kind"] == "stage", "chance"].isna().all():
        return say("It is too early to say whether a stage stands out.")
    verdict = say("No stage stands out.")
    if any(_outside(found)):
        verdict = say("Chance alone can explain the difference.")
    gaps = rows["money"].dropna()
    if gaps.empty or gaps.max() <= 0:
        return verdict
    gap = rows.loc[gaps.idxmax()]
    amounts = {key: formats.money_about(gap[key]) for key in ("money", "money_low", "money_high")}
    fact = say(
        "Largest gap to your own best quarters: {stage}, about {amount} "
        "(possible {low} to {high}).",
        stage=str(gaps.idxmax()),
        amount=amounts["money"],
        low=amounts["money_low"],
        high=amounts["money_high"],
    )
    return f"{fact} {verdict}"


def _stands_out(claim: pd.Series, rows: pd.DataFrame, formats: Formats) -> str:
    say, row = formats.words.say, rows.loc[claim["subject"]]
    if claim["name"] == "conversion":
        return say(
            "From {stage}, {rate} went on instead of {usual}: more than chance explains.",
            stage=claim["subject"],
            rate=formats.percent(claim["value"], 0),
            usual=formats.percent(claim["usual"], 0),
        )
    fact = say(
        "{stage}: {days} instead of {usual}, more than chance explains.",
        days=formats.days(claim["value"]),
        stage=claim["subject"],
        usual=formats.days(claim["usual"]),
    )
    if claim["favourable"] or not row["waiting"]:
        return fact
    return (
        fact
        + " "
        + formats.words.count(
            "At the end {n} deal over {amount} waited there for long.",
            "At the end {n} deals over {amount} waited there for long.",
            int(row["waiting"]),
            amount=formats.money_short(row["waiting_amount"]),
        )
    )


def definitions(formats: Formats) -> Shown:
    """Return what the words of these chapters mean, for the appendix."""
    say = formats.words.say
    terms = [(say(name), say(meaning)) for name, meaning in TERMS]
    return parts.definitions(say("Win rates and stages"), terms)
