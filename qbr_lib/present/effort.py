"""Leads and where they came from, early work on deals, and renewals beside new business."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import NO_ACTIVITIES, NO_LEADS, REGISTRY
from qbr_lib.metrics import effort, leads
from qbr_lib.metrics import renewals as renewed
from qbr_lib.metrics.conversion import wilson
from qbr_lib.metrics.effort import EARLY, FEWEST, Association
from qbr_lib.present import parts
from qbr_lib.present.figure import Shown
from qbr_lib.present.tables import Cell, Table, number


def leads_and_activities(data: Slice, formats: Formats) -> Shown:
    """Return how many there were, which leads became deals, and what early work goes with."""
    return _paces(data, formats) + _leads(data, formats) + _activities(data, formats)


def renewals(data: Slice, formats: Formats) -> Shown:
    """Return renewals beside new business."""
    words = formats.words
    if not data.has("opportunities", "is_renewal"):
        return parts.unavailable(
            words.say("Renewals: no data."),
            words.say("The deals do not say which of them renew a contract."),
            words.say("That belongs in the column is_renewal of the table “opportunities”."),
        )
    rows = renewed.table(data)
    if rows.empty:
        quarter = formats.quarter(data.quarter)
        return parts.text(words.say("No deal was won or lost in {quarter}.", quarter=quarter))
    mine, told = rows.loc[rows["renewal"].fillna(value=False)], data.has("opportunities", "amount")
    table = Table.of(
        words.say("Kind"),
        number(words.say("Won"), main=True),
        number(words.say("Revenue won")),
        number(words.say("Amount lost")),
    ).titled(
        words.say(
            "{won} of {decided} renewals won",
            won=formats.count(mine["won"].sum()),
            decided=formats.count(mine["decided"].sum()),
        )
        if len(mine)
        else words.say("No renewal was decided"),
        words.say("Decided in {quarter}", quarter=formats.quarter(data.quarter)),
    )
    for row in rows.to_dict(orient="records"):
        kind = words.say("not stated")
        if pd.notna(row["renewal"]):
            kind = words.say("Renewals") if row["renewal"] else words.say("New business")
        sums = (formats.money(row[key]) if told else DASH for key in ("won_amount", "lost_amount"))
        table = table.add(kind, _rate(row["won"], row["decided"], formats), *sums)
    return table.show()


def _rate(won: int, n: int, formats: Formats) -> Cell:
    """Return a share with its base, and below it which shares are possible."""
    if not n:
        return Cell(DASH)
    say, values = formats.words.say, (won / n, *wilson(won, n))
    share, low, high = (formats.percent(one, 0) for one in values)
    text = say("{won} of {decided}", won=formats.count(won), decided=formats.count(n))
    return Cell(text, say("{share}, possible {low} to {high}", share=share, low=low, high=high))


def _paces(data: Slice, formats: Formats) -> Shown:
    """Say how many meetings and leads there were, and how many are usual."""
    words, lines = formats.words, []
    for claim in effort.claims(data):
        name, now = words.say(REGISTRY[claim.name].name), formats.count(claim.value)
        line = words.say("{name}: {now}.", name=name, now=now)
        if pd.notna(claim.usual) and data.over:
            usual = formats.count(claim.usual)
            line = words.say(
                "{name}: {now}, usual in a quarter: {usual}.", name=name, now=now, usual=usual
            )
        lines.append(line)
    return parts.text(" ".join(lines)) if lines else Shown("", "")


def _leads(data: Slice, formats: Formats) -> Shown:
    words, quarter = formats.words, formats.quarter(data.quarter)
    title = words.say("Leads: no data.")
    if "leads" not in data.tables:
        return _gone(title, NO_LEADS, words.say("Leads belong in the table “leads”."), formats)
    if not data.has("leads", "converted_on"):
        where = words.say("Their day belongs in the column converted_on of the table “leads”.")
        return parts.unavailable(
            title, words.say("Which leads became deals is not recorded."), where
        )
    rows = leads.by_source(data)
    if rows.empty:
        return parts.text(words.say("No lead came in during {quarter}.", quarter=quarter))
    table = Table.of(
        words.say("Source"),
        number(words.say("Became deals"), main=True),
        number(words.say("In earlier quarters")),
    ).titled(
        words.say(
            "{converted} of {leads} leads became deals so far",
            converted=formats.count(rows["converted"].sum()),
            leads=formats.count(rows["leads"].sum()),
        ),
        words.say("Leads that came in during {quarter}", quarter=quarter),
    )
    for row in rows.to_dict(orient="records"):
        source = words.say("not stated") if pd.isna(row["source"]) else str(row["source"])
        now = _rate(row["converted"], row["leads"], formats)
        then = _rate(row["converted_before"], row["leads_before"], formats)
        table = table.add(source, now, then)
    note = words.say(
        "Leads of earlier quarters count as they stood the same time after their quarter."
    )
    return table.noted(note).show()


def _gone(title: str, reason: str, where: str, formats: Formats) -> Shown:
    words = formats.words
    return parts.unavailable(title, words.say("Reason: {reason}.", reason=words.say(reason)), where)


def _activities(data: Slice, formats: Formats) -> Shown:
    """Say what early work on deals goes with; never that one brings the other."""
    words = formats.words
    missing = words.say("Early work on deals: no data.")
    if "activities" not in data.tables or not data.has("activities", "opportunity_id"):
        where = words.say("Activities belong in the table “activities”, each with its deal.")
        return _gone(missing, NO_ACTIVITIES, where, formats)
    if not data.has("opportunities", "created_on"):
        where = words.say("It belongs in the column created_on of the table “opportunities”.")
        return parts.unavailable(
            missing, words.say("The day a deal was created is missing."), where
        )
    found = effort.early(data)
    if found is None:
        return parts.text(
            words.say(
                "What early work on deals goes with: too early to say. That takes {n} decided "
                "deals with an activity in their first {days} days, and {n} without.",
                n=formats.count(FEWEST),
                days=formats.count(EARLY),
            )
        )
    table = _compared(found, formats)
    after = effort.after_closing(data)
    said = [_difference(found, formats)]
    if after is not None and not after.by_luck:
        said.append(
            words.say(
                "Caution: after closing, too, won and lost deals are logged differently; so the "
                "difference may lie in what is logged."
            )
        )
    return parts.text(" ".join(said)) + table


def _difference(found: Association, formats: Formats) -> str:
    words = formats.words
    told = words.say(
        "Between like deals with and without an activity in their first {days} days, the win rate "
        "differs by {points} (possible {low} to {high}).",
        days=formats.count(EARLY),
        points=formats.points(found.difference),
        low=formats.points(found.low),
        high=formats.points(found.high),
    )
    if found.by_luck:
        return told
    return (
        told
        + " "
        + words.say(
            "To explain it, an unseen trait of the deals would have to be at least {times} as "
            "frequent on one side and change the win rate at least as much.",
            times=formats.times(found.unseen),
        )
    )


def _compared(found: Association, formats: Formats) -> Shown:
    words, days = formats.words, formats.count(EARLY)
    title = words.say("Early work on deals and winning: chance alone can explain the difference")
    if not found.by_luck and found.difference > 0:
        title = words.say("Early work on deals goes with winning more often")
    elif not found.by_luck:
        title = words.say("Early work on deals goes with winning less often")
    name = words.say("with an activity in the first {days} days", days=days)
    table = Table.of(words.say("Deals"), number(words.say("Won"), main=True)).titled(title)
    table = table.add(name, _rate(found.with_won, found.with_n, formats))
    table = table.add(words.say("without"), _rate(found.without_won, found.without_n, formats))
    note = words.say(
        "Deals created in the last four quarters, still open after {days} days and decided since; "
        "compared within segment, size and quarter of creation. Who worked on them is not held "
        "apart. It tells what goes together, not what brings what.",
        days=days,
    )
    return table.noted(note).show()
