"""What a target takes in the time left, as a sales manager says it."""

from __future__ import annotations

import math

from qbr_lib.formats import Formats
from qbr_lib.goals.requirement import HELPS, SURE, Requirement
from qbr_lib.measures import Unavailable
from qbr_lib.present import parts
from qbr_lib.present.figure import Shown
from qbr_lib.present.outlook import Found


def sentences(need: Requirement | None, target: float | None, formats: Formats) -> list[str]:
    """Say what new deals can still do for a target; nothing without a target.

    Parameters
    ----------
    need : Requirement or None
        None where it is not known when deals were created.
    """
    if need is None or not target:
        return []
    if need.last_day is None:
        return [formats.words.say("New deals come too late for this quarter.")]
    told = [_asked(need, target, formats)]
    if need.deals(target) != 0:
        told.append(_helps(need, formats))
    return told


def _asked(need: Requirement, target: float, formats: Formats) -> str:
    words, amount = formats.words, formats.money_short(target)
    deals = need.deals(target)
    if deals == 0:
        return words.say(
            "With as many new deals as usual, {amount} is reached in 7 of 10 cases or more.",
            amount=amount,
        )
    most = formats.money_about(need.most)
    if math.isnan(deals) or not need.possible(target):
        return words.say(
            "New deals alone will not do: with as many as in the best weeks of the last year, "
            "{best} a week, 7 of 10 cases come to {most}.",
            best=formats.number(need.best, 1),
            most=most,
        )
    return words.say(
        "{amount} in 7 of 10 cases takes {week} new deals a week until {day}; {usual} are usual, "
        "{best} came in the best weeks.",
        amount=amount,
        week=formats.number(need.a_week(target), 1),
        day=formats.day_long(need.last_day) if need.last_day else "",
        usual=formats.number(need.usual, 1),
        best=formats.number(need.best, 1),
    )


def _helps(need: Requirement, formats: Formats) -> str:
    words = formats.words
    day = formats.day_long(need.last_day) if need.last_day else ""
    if need.in_time < 2 * HELPS:
        return words.say(
            "Of the deals created now, 1 in {n} is won in time; after {day} new ones hardly help. "
            "What counts now are the open deals: win rate and size.",
            n=formats.count(need.one_in),
            day=day,
        )
    return words.say(
        "Of the deals created now, 1 in {n} is won in time; after {day} new ones hardly help.",
        n=formats.count(need.one_in),
        day=day,
    )


def facts(need: Requirement | None, found: Found, target: float, formats: Formats) -> Shown:
    """Return the requirement line by line: gap, new deals, leads, activities."""
    if isinstance(found, Unavailable):
        return Shown("", "")
    words = formats.words
    gap = formats.money(found.gap(target))
    rows = [(words.say("Missing to the middle of the outlook"), gap)]
    if need is None or need.last_day is None:
        return parts.facts(rows)
    deals = need.deals(target)
    if math.isnan(deals):
        most = formats.count(need.further[-1])
        return parts.facts([*rows, (_name(formats), words.say("more than {n}", n=most))])
    rows.append((_name(formats), formats.count(deals)))
    if deals and not math.isnan(leads := need.leads(target)):
        rows.append((words.say("Leads for them"), formats.count(leads)))
    if deals and not math.isnan(work := need.work(target)):
        rows.append((words.say("Activities for them"), formats.count(work)))
    return parts.facts(rows)


def _name(formats: Formats) -> str:
    return formats.words.say(
        "New deals on top of the usual, for {chance} of 10 cases", chance=formats.count(SURE * 10)
    )
