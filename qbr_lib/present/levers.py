"""What lies behind a target, as a sales manager says it: what is set, worked out, ever reached."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qbr_lib.formats import Formats
from qbr_lib.goals import reached
from qbr_lib.goals.whatif import UNITS, Name
from qbr_lib.measures import N_

NAMES: dict[Name, str] = {
    "win_rate": N_("Win rate"),
    "size": N_("Average won deal"),
    "new": N_("New deals a week"),
    "days": N_("Days to a decision"),
    "activities": N_("Activities a week"),
}


def write(name: Name, value: float, formats: Formats) -> str:
    """Return a lever's value as text."""
    if UNITS[name] == "count":
        return formats.number(value, 1)
    return formats.unit_value(UNITS[name], value)


def named(name: Name, value: float, formats: Formats) -> str:
    """Return a lever with its value: Win rate 31.9%."""
    words = formats.words
    what, told = words.say(NAMES[name]), write(name, value, formats)
    return words.say("{what} {value}", what=what, value=told)


def solved(name: Name, value: float, usual: float, target: float, formats: Formats) -> str:
    """Say where a lever must stand for a target in 7 of 10 cases."""
    return formats.words.say(
        "{lever} brings {amount} in 7 of 10 cases; {usual} is usual.",
        lever=named(name, value, formats),
        amount=formats.money_short(target),
        usual=write(name, usual, formats),
    )


def beyond(name: Name, value: float, target: float, most: float, formats: Formats) -> str:
    """Say that a lever alone does not reach a target, and what its best value comes to."""
    return formats.words.say(
        "{amount} is out of reach this way: even with {lever}, 7 of 10 cases come to {most}.",
        amount=formats.money_short(target),
        lever=named(name, value, formats),
        most=formats.money_about(most),
    )


def ever(known: pd.DataFrame, wanted: Mapping[Name, float], formats: Formats) -> list[str]:
    """Say whether the team ever had each value, and whether it had them all in one quarter."""
    words, told = formats.words, list[str]()
    for name, one in reached.each(known, wanted).items():
        best = {
            "lever": named(name, wanted[name], formats),
            "best": write(name, one.best, formats),
            "quarter": formats.quarter(one.when),
            "k": formats.count(one.times),
            "n": formats.count(one.quarters),
        }
        told.append(
            words.say("{lever}: in {k} of {n} quarters; the best was {best} in {quarter}.", **best)
            if one.times
            else words.say(
                "{lever}: in none of {n} quarters; the best was {best} in {quarter}.", **best
            )
        )
    times, quarters = reached.together(known, wanted)
    if len(wanted) > 1 and quarters:
        n = formats.count(quarters)
        told.append(
            words.say("All of it in one quarter: {k} of {n}.", k=formats.count(times), n=n)
            if times
            else words.say("All of it in one quarter: never in {n}.", n=n)
        )
    return told


def capacity(value: float, best: float, formats: Formats) -> str:
    """Say whether the team's best weeks had as many activities; nothing where none are known."""
    if not best > 0:
        return ""
    words, told = formats.words, {"value": formats.count(value), "best": formats.count(best)}
    if value <= best:
        return words.say("{value} activities a week: the best weeks had {best}.", **told)
    return words.say("{value} activities a week are more than the best weeks had, {best}.", **told)
