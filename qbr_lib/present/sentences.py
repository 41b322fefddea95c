"""What the numbers say, as a sales manager says it: facts, never called a pattern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.measures import Measure, Outcome

Known = Mapping[str, Measure]
_EVEN = 0.0005


def known(outcomes: Iterable[Outcome]) -> dict[str, Measure]:
    """Return the measures among outcomes, by id."""
    return {outcome.id: outcome for outcome in outcomes if isinstance(outcome, Measure)}


def answer(measures: Known, data: Slice, formats: Formats) -> str:
    """Return the quarter in one or two sentences: result against target, then against before."""
    words = formats.words
    if decided(measures) == 0:
        return words.say(
            "No deal was won or lost in {quarter}.", quarter=formats.quarter(data.quarter)
        )
    if data.quarter.days_left(data.as_of):  # a part of a quarter is held against no whole one
        return so_far(measures, formats)
    first = against_target(measures, formats)
    second = against_before(measures, formats)
    return " ".join(filter(None, [first, second]))


def decided(measures: Known) -> int:
    """Return how many deals were won or lost."""
    return int(
        sum(
            measures[name].value
            for name in ("bookings.won_count", "bookings.lost_count")
            if name in measures
        )
    )


def so_far(measures: Known, formats: Formats) -> str:
    """Say what a quarter that is not over has brought by now, and what its target still asks."""
    if "bookings.won_amount" not in measures:
        return without_amounts(measures, formats)
    say, won = formats.words.say, measures["bookings.won_amount"].value
    if "bookings.attainment" not in measures or measures["bookings.target"].value <= won:
        return say("{amount} won so far.", amount=formats.money_short(won))
    return say(
        "{percent} of target so far, {amount} to go.",
        percent=formats.percent(measures["bookings.attainment"].value, 0),
        amount=formats.money_short(measures["bookings.target"].value - won),
    )


def against_target(measures: Known, formats: Formats) -> str:
    """Say the result against its target, or the result alone where there is none."""
    if "bookings.won_amount" not in measures:
        return without_amounts(measures, formats)
    words, won = formats.words, measures["bookings.won_amount"].value
    if "bookings.attainment" not in measures:
        return words.say("{amount} won.", amount=formats.money_short(won))
    gap = won - measures["bookings.target"].value
    share = formats.percent(measures["bookings.attainment"].value, 0)
    if round(gap) == 0:
        return words.say("The target is met exactly.")
    amount = formats.money_short(abs(gap))
    if gap < 0:
        return words.say("{percent} of target, {amount} short.", percent=share, amount=amount)
    return words.say("{percent} of target, {amount} above it.", percent=share, amount=amount)


def without_amounts(measures: Known, formats: Formats) -> str:
    """Say how many deals were won and lost where the data carries no amounts."""
    return formats.words.say(
        "{won} won, {lost} lost; the data carries no amounts.",
        won=formats.count(measures["bookings.won_count"].value),
        lost=formats.count(measures["bookings.lost_count"].value),
    )


def against_before(measures: Known, formats: Formats) -> str:
    """Say the result against the quarter before; empty where that is unknown."""
    words, change = formats.words, measures.get("bookings.change_on_previous_quarter")
    if change is None:
        return ""
    if abs(change.value) < _EVEN:
        return words.say("Revenue equals the previous quarter's.")
    size = formats.percent(abs(change.value))
    if change.value < 0:
        return words.say("Revenue is {percent} below the previous quarter.", percent=size)
    return words.say("Revenue is {percent} above the previous quarter.", percent=size)


def result_finding(measures: Known, data: Slice, formats: Formats) -> str:
    """Return the headline of the section on the result."""
    words = formats.words
    if data.quarter.days_left(data.as_of):
        return so_far(measures, formats).rstrip(".")
    if "bookings.won_amount" not in measures:
        return without_amounts(measures, formats)
    amount = formats.money_short(measures["bookings.won_amount"].value)
    year = measures.get("bookings.change_on_year_ago")
    reached = measures.get("bookings.attainment")
    if year is None and reached is None:
        return words.say("{amount} won", amount=amount)
    if year is None:
        met = reached is not None and reached.value >= 1
        return (
            words.say("{amount} won: target met", amount=amount)
            if met
            else words.say("{amount} won: below target", amount=amount)
        )
    up = year.value >= 0
    if reached is None:
        return (
            words.say("{amount} won: above the year before", amount=amount)
            if up
            else words.say("{amount} won: below the year before", amount=amount)
        )
    if reached.value >= 1:
        return (
            words.say("{amount} won: above the year before, target met", amount=amount)
            if up
            else words.say("{amount} won: below the year before, target met", amount=amount)
        )
    return (
        words.say("{amount} won: above the year before, below target", amount=amount)
        if up
        else words.say("{amount} won: below the year before, below target", amount=amount)
    )


def wins_finding(won: pd.DataFrame, data: Slice, formats: Formats) -> str:
    """Return the headline of the section on wins and setbacks."""
    words = formats.words
    if won.empty:
        return words.say("No deal won in {quarter}", quarter=formats.quarter(data.quarter))
    top = won.iloc[0]
    if pd.isna(top["amount"]):
        return words.say("The deals won carry no amounts")
    return words.say(
        "Largest deal won: {name}, {amount}",
        name=top["name"] if pd.notna(top["name"]) else top["opportunity_id"],
        amount=formats.money_short(top["amount"]),
    )
