"""How a quarter fills up: its months, the forecasts of it, and what the open deals bring a day."""

from __future__ import annotations

from typing import Any

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_, REGISTRY, Unavailable
from qbr_lib.metrics import usual
from qbr_lib.metrics.accuracy import COMMIT
from qbr_lib.metrics.bookings import is_cut
from qbr_lib.metrics.rhythm import Rhythm
from qbr_lib.metrics.velocity import Levers
from qbr_lib.present import parts
from qbr_lib.present.figure import Shown
from qbr_lib.present.review import PLACES
from qbr_lib.present.tables import Cell, Kind, Table, number

METHODS: dict[str, str] = {
    COMMIT: N_("Forecast: the last commit by the start of the coverage week"),
    "previous_quarter": N_("Revenue of the previous quarter"),
    "year_ago": N_("Revenue of the year before"),
}
_EVEN = 0.0005


def gone(told: Rhythm, measure_id: str) -> Unavailable | None:
    """Return why a measure is unavailable, None where it is known."""
    found = [one for one in told.outcomes if one.id == measure_id]
    return next((one for one in found if isinstance(one, Unavailable)), None)


def missing(why: Unavailable, formats: Formats) -> Shown:
    """Return the dashed frame in place of a piece that cannot be given."""
    words = formats.words
    name = words.say(REGISTRY[why.id].name)
    reason = words.say(why.reason, **why.details)
    what = words.say("{name}: this cannot be given.", name=name)
    return parts.unavailable(what, words.say("Reason: {reason}.", reason=reason), "")


def months(frame: pd.DataFrame, data: Slice, formats: Formats) -> Shown:
    """Return how the revenue spread over the months, beside the team's own earlier quarters.

    Parameters
    ----------
    frame : DataFrame
        As `linearity.by_month` returns it.
    """
    words = formats.words
    if frame.empty or not data.has("opportunities", "amount"):
        return parts.text(words.say("Without revenue there is no spread over the months."))
    if is_cut(data, data.quarter):
        cut = words.say("The data begins within the quarter: its months cannot be compared.")
        return parts.text(cut)
    if not data.over:
        running = words.say("The quarter is not over: its months cannot be compared yet.")
        return parts.text(running)
    n = int(frame["quarters"].iloc[0])
    table = Table.of(
        words.say("Month"),
        number(formats.quarter(data.quarter), main=True),
        number(words.say("Previous quarter")),
        number(words.say("Year before")),
        number(words.say("Earlier quarters")),
        words.say("Compared with usual"),
    ).titled(
        words.say(
            "{share} of the revenue came in the third month",
            share=_share(float(frame["share"].iloc[-1]), formats),
        )
    )
    for row in frame.itertuples():
        place = usual.place(row.share, row.usual)
        low, high = (row.usual.low, row.usual.high) if row.usual else (row.lowest, row.highest)
        sides = {"low": _share(low, formats), "high": _share(high, formats)}
        table = table.add(
            words.say("Month {n}", n=row.month),
            *(_share(one, formats) for one in (row.share, row.previous, row.year_ago)),
            words.say("{low} to {high}", **sides) if n else DASH,
            words.say(PLACES[place]),
        )
    told = words.count("{n} earlier whole quarter.", "{n} earlier whole quarters.", n)
    return table.noted(told if n else "").show()


def forecasts(told: Rhythm, formats: Formats) -> Shown:
    """Return how far the forecast was off, beside what nobody had to think for, and before."""
    words, why = formats.words, gone(told, "accuracy.signed_error")
    if why is not None:
        return missing(why, formats)
    error = float(told.methods["error"].iloc[0])
    amount, off = number(words.say("Amount")), number(words.say("Against revenue won"), main=True)
    table = Table.of(words.say("Forecast"), amount, off)
    table = table.titled(_off(error, formats), _closer(told.methods, formats))
    for row in told.methods.itertuples():
        name = Cell(words.say(METHODS[row.method]), bold=bool(row.closest))
        table = table.add(name, *_forecast(row, formats))
    table = table.add(words.say("By week of submission"), kind="group")
    for row in told.weeks.itertuples():
        week = words.say("{category}, week {week}", category=str(row.category), week=row.week)
        day = formats.day(row.submitted_on.date())
        table = table.add(Cell(week, day), *_forecast(row, formats))
    return table.noted(_habit(told.forecasts, formats)).show()


def _forecast(row: Any, formats: Formats) -> tuple[str, str]:
    return formats.money(row.forecast), formats.percent(row.error, signed=True)


def _off(error: float, formats: Formats) -> str:
    words, size = formats.words, formats.percent(abs(error))
    if abs(error) < _EVEN:
        return words.say("The forecast was met exactly")
    if error > 0:
        return words.say("The forecast was {percent} above what was won", percent=size)
    return words.say("The forecast was {percent} below what was won", percent=size)


def _closer(methods: pd.DataFrame, formats: Formats) -> str:
    """Say whether a forecast that costs nothing would have come closer."""
    words = formats.words
    if len(methods) == 1:
        return words.say("There is no earlier quarter to compare with.")
    best = str(methods.loc[methods["closest"], "method"].iloc[0])
    if best == COMMIT:
        return words.say("Closer than the revenue of earlier quarters would have come")
    if best == "year_ago":
        return words.say("The revenue of the year before would have come closer")
    return words.say("The revenue of the previous quarter would have come closer")


def _habit(past: pd.DataFrame, formats: Formats) -> str:
    """Say how often the forecasts of earlier quarters were too high; empty without any."""
    if past.empty:
        return ""
    return formats.words.count(
        "In {high} of {n} earlier quarter the forecast was too high; the middle one was off by "
        "{percent}.",
        "In {high} of {n} earlier quarters the forecast was too high; the middle one was off by "
        "{percent}.",
        len(past),
        high=formats.count((past["error"] > 0).sum()),
        percent=formats.percent(past["error"].median(), signed=True),
    )


def velocity(now: Levers | None, before: Levers | None, data: Slice, formats: Formats) -> Shown:
    """Return what the open deals bring a day, with the four levers it rests on."""
    words = formats.words
    if now is None:
        what = words.say("What the open deals bring a day cannot be given.")
        return parts.text(what + " " + words.say("It needs won deals with amount and days."))
    heads = formats.quarter(data.quarter), words.say("Previous quarter")
    table = Table.of(words.say("Lever"), number(heads[0], main=True), number(heads[1]))
    table = table.titled(words.say("What the open deals bring a day"))
    rows = {
        words.say("Open deals"): ("deals", formats.count),
        words.say("Average won deal"): ("amount", formats.money),
        words.say("Win rate"): ("win_rate", formats.percent),
        words.say("Mean days to win"): ("days", formats.days),
        words.say("Revenue a day"): ("velocity", formats.money),
    }
    for name, (lever, write) in rows.items():
        then = DASH if before is None else write(getattr(before, lever))
        kind: Kind = "sum" if lever == "velocity" else "row"
        table = table.add(name, write(getattr(now, lever)), then, kind=kind)
    return table.noted(
        words.say(
            "Deals × average won deal × win rate ÷ days; deals open at the end of the quarter, or "
            "on the day of the data."
        )
    ).show()


def _share(value: float, formats: Formats) -> str:
    return DASH if pd.isna(value) else formats.percent(value, 0)
