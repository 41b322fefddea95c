"""Market and competition: own share, what moved it, and what was noted of competitors."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import Unavailable
from qbr_lib.metrics import competitors, market
from qbr_lib.present import parts
from qbr_lib.present.figure import Shown
from qbr_lib.present.tables import Cell, Table, number


def competition(data: Slice, formats: Formats) -> Shown:
    """Return share of the markets, its change in two parts, and the notes on competitors."""
    return _markets(data, formats) + _notes(data, formats)


def _markets(data: Slice, formats: Formats) -> Shown:
    words = formats.words
    outcome = market.measures(data)[0]
    if isinstance(outcome, Unavailable):
        reason = words.say(outcome.reason, **outcome.details)
        return parts.unavailable(
            words.say("Market share: no data."),
            words.say("Reason: {reason}.", reason=reason),
            words.say("Sizes belong in the table “market”, each with its source and day."),
        )
    rows = market.markets(data)
    shown = _shares(rows, outcome.value, data, formats)
    if not data.over:
        return shown + parts.text(
            words.say(
                "{quarter} is not over: its revenue so far stands against the market of all of it.",
                quarter=formats.quarter(data.quarter),
            )
        )
    changes = market.changes(data, rows)
    if changes.empty:
        return shown + parts.text(words.say("No earlier quarter of these markets is sized."))
    return shown + _changes(changes, data, formats)


def _shares(rows: pd.DataFrame, share: float, data: Slice, formats: Formats) -> Shown:
    words = formats.words
    low, high = (formats.percent(one) for one in market.in_doubt(share))
    table = Table.of(
        words.say("Market"),
        number(words.say("Own revenue")),
        number(words.say("Size of the market")),
        number(words.say("Own share"), main=True),
    ).titled(
        words.say("Own share of the market: {share}", share=formats.percent(share)),
        words.say("Revenue won in {quarter}", quarter=formats.quarter(data.quarter)),
    )
    for row in rows.to_dict(orient="records"):
        origin = words.say("{source}, {day}", source=row["source"], day=formats.day(row["as_of"]))
        hidden, size = row["withheld"], formats.money(row["size"])
        won = DASH if hidden else formats.money(row["won"])
        own = DASH if hidden else formats.percent(row["won"] / row["size"])
        table = table.add(Cell(_market(row, formats), comment=origin), won, size, own)
    if len(rows) > 1:
        won, size = (formats.money(rows[one].sum()) for one in ("won", "size"))
        table = table.add(words.say("Sum"), won, size, formats.percent(share), kind="sum")
    doubt = words.say(
        "A market's size is an estimate: were it a fifth larger or smaller than stated, the share "
        "would be {low} or {high}.",
        low=low,
        high=high,
    )
    return table.noted(" ".join(filter(None, [doubt, _withheld(rows, data, formats)]))).show()


def _changes(rows: pd.DataFrame, data: Slice, formats: Formats) -> Shown:
    """Return the change against each earlier quarter, in what the market and the share gave."""
    words, kinds = formats.words, ["change", "by_market", "by_share"]
    table = Table.of(
        words.say("Market"),
        number(words.say("Change of own revenue"), main=True),
        number(words.say("from the market's size")),
        number(words.say("from the own share")),
    )
    sentences = []
    for against, mine in rows.groupby("against", sort=False):
        quarter = formats.quarter(str(against))
        table = table.add(words.say("Against {quarter}", quarter=quarter), kind="group")
        for row in mine.to_dict(orient="records"):
            told = [formats.cents(row[key], signed=True) for key in kinds]
            hidden = [DASH] * len(kinds)
            table = table.add(_market(row, formats), *(hidden if row["withheld"] else told))
        if len(mine) > 1:
            sums = (formats.cents(one, signed=True) for one in mine[kinds].sum())
            table = table.add(words.say("Sum"), *sums, kind="sum")
        short = {key: formats.money_short(mine[key].sum(), signed=True) for key in kinds}
        sentences.append(
            words.say(
                "Against {quarter} own revenue changed by {change}: {by_market} from the size of "
                "the market, {by_share} from the own share.",
                quarter=quarter,
                **short,
            )
        )
    note = words.say("Both parts add up to the change; only markets sized in both quarters count.")
    titled = table.titled(words.say("What the market gave, and what the own share")).noted(
        " ".join(filter(None, [note, _withheld(rows, data, formats)]))
    )
    return parts.text(" ".join(sentences)) + titled.show()


def _market(row: dict[str, object], formats: Formats) -> str:
    named = [str(row[key]) for key in ("territory", "segment") if pd.notna(row[key])]
    return ", ".join(named) or formats.words.say("Whole market")


def _withheld(rows: pd.DataFrame, data: Slice, formats: Formats) -> str:
    if not rows["withheld"].any():
        return ""
    least = formats.count(data.organisation.privacy.minimum_group)
    return formats.words.say(
        "Own revenue in territories that fewer than {n} people hold is not shown.", n=least
    )


def _notes(data: Slice, formats: Formats) -> Shown:
    words, quarter = formats.words, formats.quarter(data.quarter)
    if "competitor_notes" not in data.tables:
        return parts.unavailable(
            words.say("Notes on competitors: no data."),
            words.say("The table “competitor_notes” is missing."),
            words.say("What was noted belongs there, with day, competitor, note and source."),
        )
    rows = competitors.notes(data)
    if rows.empty:
        return parts.text(words.say("No note on a competitor is of {quarter}.", quarter=quarter))
    table = Table.of(words.say("Noted"), words.say("Note")).titled(
        words.count("{n} note on competitors", "{n} notes on competitors", len(rows)),
        words.say("Noted in {quarter}", quarter=quarter),
    )
    known = data.has("opportunities", "competitor")
    for name, mine in rows.groupby("competitor", sort=False):
        record = f": {_record(mine.iloc[0], formats)}" if known else ""
        table = table.add(f"{name}{record}", kind="group")
        for row in mine.to_dict(orient="records"):
            origin = "" if pd.isna(row["source"]) else str(row["source"])
            note = Cell(str(row["note"]), comment=origin)
            table = table.add(formats.day(row["noted_on"]), note)
    told = words.say("The notes say what was seen, not what followed from it.")
    if not known:
        told += " " + words.say("The deals do not name competitors.")
    return table.noted(told).show()


def _record(row: pd.Series, formats: Formats) -> str:
    """Return the deals of the quarter decided against a competitor."""
    words = formats.words
    if not row["decided"]:
        return words.say("no deal was decided against it")
    return words.say(
        "{won} of {decided} decided deals won (possible {low} to {high})",
        won=formats.count(row["won"]),
        decided=formats.count(row["decided"]),
        low=formats.percent(row["low"], 0),
        high=formats.percent(row["high"], 0),
    )
