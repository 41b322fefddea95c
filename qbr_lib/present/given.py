"""The outlook given on the day before a quarter began, held against what came."""

from __future__ import annotations

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import Unavailable
from qbr_lib.outlook.current import Outlook
from qbr_lib.present import parts, tables
from qbr_lib.present.figure import Shown
from qbr_lib.present.outlook import BASIS, Found, held
from qbr_lib.present.sentences import Known
from qbr_lib.present.tables import Column


def graded(given: Found, measures: Known, data: Slice, formats: Formats) -> list[str]:
    """Return the outlook and what it came to in one sentence; nothing where either is unknown."""
    won, words = measures.get("bookings.won_amount"), formats.words
    if isinstance(given, Unavailable) or won is None:
        return []
    amounts = (given.at(0.1), given.at(0.9), won.value)
    low, high, came = (formats.money_short(amount) for amount in amounts)
    if came in (low, high):  # shortened, they would hide on which side it lies
        low, high, came = (formats.money(amount) for amount in amounts)
    told = {"low": low, "high": high, "won": came}
    if not data.over:
        return [
            words.say(
                "On the day before the quarter began, the outlook was {low} to {high}; {won} are "
                "won so far.",
                **told,
            )
        ]
    return [
        words.say(
            "On the day before the quarter began, the outlook was {low} to {high}; it came to "
            "{won}: {place}.",
            **told,
            place=_place(given, won.value, data, formats),
        )
    ]


def _place(given: Outlook, won: float, data: Slice, formats: Formats) -> str:
    words = formats.words
    if not data.over:
        return words.say("not over yet")
    if won < given.at(0.1):
        return words.say("below the range")
    return words.say("above the range") if won > given.at(0.9) else words.say("within the range")


def row(given: Found, measures: Known, data: Slice, formats: Formats) -> Shown:
    """Return the outlook beside what it came to, as one row of the appendix."""
    words, won = formats.words, measures.get("bookings.won_amount")
    if isinstance(given, Unavailable):
        why = words.say(given.reason, **given.details)
        return parts.text(
            words.say("There was no outlook before the quarter: {reason}.", reason=why)
        )
    columns = (
        Column("name", words.say("Quarter")),
        Column("low", words.say("1 of 10 lies below"), "right"),
        Column("middle", words.say("Middle"), "right"),
        Column("high", words.say("1 of 10 lies above"), "right"),
        Column("won", words.say("Revenue won"), "right", main=True),
        Column("place", words.say("Result")),
    )
    title = words.say("The outlook before the quarter")
    table = tables.Table(columns).titled(title, held(given, formats))
    return (
        table.row(
            name=formats.quarter(given.quarter),
            low=formats.money(given.at(0.1)),
            middle=formats.money(given.at(0.5)),
            high=formats.money(given.at(0.9)),
            won=DASH if won is None else formats.money(won.value),
            place=DASH if won is None else _place(given, won.value, data, formats),
        )
        .noted(words.say(BASIS[given.grade]))
        .show()
    )
