"""How long deals take, which are too old, and how much open pipeline a quarter needs."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import REGISTRY
from qbr_lib.metrics.coverage import week_of
from qbr_lib.metrics.rhythm import Rhythm
from qbr_lib.present import filling, folds, lists, parts
from qbr_lib.present.figure import Shown
from qbr_lib.present.filling import gone, missing
from qbr_lib.present.sentences import Known
from qbr_lib.present.tables import Cell, Table, number

_MOST = 5


def appendix(told: Rhythm, measures: Known, data: Slice, formats: Formats) -> Shown:
    """Return the tables on time, coverage, months, forecasts and velocity, for the appendix.

    Parameters
    ----------
    told : Rhythm
        As `rhythm.gather` returns it.
    measures : Known
        All measures of the workbook, coverage and days to win among them.
    """
    pieces = [
        times(told, measures, formats),
        coverage(told, measures, data, formats),
        filling.months(told.months, data, formats),
        filling.forecasts(told, formats),
        filling.velocity(told.levers, told.before, data, formats),
    ]
    return sum(pieces, Shown("", ""))


def stale(told: Rhythm, data: Slice, formats: Formats) -> Shown:
    """Return the open deals that are too old to be likely wins: how many, and the largest."""
    words, rows = formats.words, told.stale
    why = gone(told, "pipeline.stale_amount")
    if why is not None and rows.empty:
        reason = words.say(why.reason, **why.details)
        return parts.text(
            words.say("Which open deals are too old cannot be said: {reason}.", reason=reason)
        )
    if rows.empty:
        return Shown("", "")
    sentence = words.count(
        "{n} is stale: of deals so old, fewer than {percent} are still won.",
        "{n} are stale: of deals so old, fewer than {percent} are still won.",
        len(rows),
        percent=formats.percent(data.organisation.thresholds.stale_chance, 0),
    )
    title = words.say("The largest stale deals")
    largest = lists.deals(rows.head(_MOST), title, formats, detail="stage", empty="")
    return parts.text(sentence) + largest + folds.pointer("stale", formats)


def coverage_line(told: Rhythm, measures: Known, data: Slice, formats: Formats) -> str:
    """Return in one sentence how much was open for the target, and how much is usually needed.

    Empty where neither is known.
    """
    words, past = formats.words, told.coverage["needed"]
    have, need = (measures.get(f"pipeline.{one}") for one in ("coverage", "required_coverage"))
    week = {"week": week_of(data, data.quarter)}
    known = {} if have is None else week | {"have": formats.times(have.value)}
    if need is None:
        if have is None:
            return ""
        return words.say(
            "Coverage {have} at the start of week {week}; what is needed is not known yet.", **known
        )
    sides = {"low": formats.times(past.min()), "high": formats.times(past.max())}
    needed = sides | {"need": formats.times(need.value), "n": formats.count(need.n)}
    if have is None:
        return words.say(
            "The last {n} quarters needed a coverage of {need} at the start of week {week} "
            "({low} to {high}).",
            **needed,
            **week,
        )
    return words.say(
        "Coverage {have} at the start of week {week}; the last {n} quarters needed {need} "
        "({low} to {high}).",
        **known,
        **needed,
    )


def times(told: Rhythm, measures: Known, formats: Formats) -> Shown:
    """Return how soon deals are won with open deals counted, beside the deals won alone."""
    words = formats.words
    why = gone(told, "cycle.won_within_60_days")
    if why is not None:
        return missing(why, formats)
    table = Table.of(words.say("Time"), number(words.say("Value"), main=True))
    table = table.titled(words.say("How soon deals are won"))
    counted = words.say("All deals of the last four quarters, open ones with their age so far")
    table = table.add(counted, kind="group")
    for row in told.within.dropna(subset=["share"]).itertuples():
        sides = {"low": formats.percent(row.low, 0), "high": formats.percent(row.high, 0)}
        table = table.add(
            words.say("Won within {days} of creation", days=formats.days(row.days)),
            Cell(formats.percent(row.share, 0), words.say("possible {low} to {high}", **sides)),
        )
    ever = {words.say("Half of the wins come within"): told.median}
    ever |= {words.say("Mean days to win"): told.mean}
    for name, days in ever.items():
        table = table.add(name, DASH if pd.isna(days) else formats.days(days))
    table = table.add(words.say("Only the deals won in the quarter"), kind="group")
    for measure_id in ("cycle.median_days_won", "cycle.mean_days_won"):
        known = measures.get(measure_id)
        text = DASH if known is None else formats.days(known.value)
        table = table.add(words.say(REGISTRY[measure_id].name), text)
    return table.noted(
        words.say(
            "While a team grows, the deals won in a quarter are mostly its quick ones: the slow "
            "ones are still open. Plan new deals by the upper rows."
        )
    ).show()


def coverage(told: Rhythm, measures: Known, data: Slice, formats: Formats) -> Shown:
    """Return the coverage line with the earlier quarters behind it."""
    words, line = formats.words, coverage_line(told, measures, data, formats)
    why = gone(told, "pipeline.required_coverage")
    if why is not None:
        return missing(why, formats) + (parts.text(line) if line else Shown("", ""))
    table = Table.of(
        words.say("Quarter"),
        number(words.say("Open then")),
        number(words.say("Won from then on")),
        number(words.say("Coverage needed"), main=True),
    ).titled(words.say("What earlier quarters needed"), line)
    for row in told.coverage.itertuples():
        need = DASH if pd.isna(row.needed) else formats.times(row.needed)
        money = formats.money(row.open), formats.money(row.won)
        table = table.add(formats.quarter(row.quarter), *money, need)
    return table.noted(
        words.say(
            "Open: due in the quarter at the start of the coverage week. Won: whatever was won "
            "from then on, deals that joined later too. Past need is no promise."
        )
    ).show()
