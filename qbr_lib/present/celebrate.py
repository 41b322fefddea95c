"""What there is to celebrate: found by rule, and what people recorded, the team before a person."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qbr_lib.formats import Formats
from qbr_lib.measures import N_
from qbr_lib.metrics.feats import Milestone
from qbr_lib.metrics.milestones import expected_records
from qbr_lib.present import parts
from qbr_lib.present.figure import Shown
from qbr_lib.present.parts import Finding
from qbr_lib.record.entries import Celebration
from qbr_lib.words import Words

MOST = 5
_FIRST: dict[str, str] = {
    "product": N_("First deal with the product {what}"),
    "segment": N_("First deal in the segment {what}"),
    "territory": N_("First deal in the territory {what}"),
    "industry": N_("First deal in the industry {what}"),
}


def celebrations(
    items: Sequence[Milestone], recorded: Sequence[Celebration], formats: Formats
) -> Shown:
    """Return what is worth celebrating, at most five: what was found, then what people recorded.

    Parameters
    ----------
    items : sequence of Milestone
        As `milestones.found` returns them. What people recorded is shown whole, so it leaves room
        for fewer of these.
    recorded : sequence of Celebration
        Of the record.
    """
    room = max(MOST - len(recorded), 0)
    found = [_found(item, formats) for item in items[:room]]
    noted = [_recorded(entry, formats.words) for entry in recorded]
    return parts.findings([*found, *noted]) if found or noted else Shown("", "")


def _found(item: Milestone, formats: Formats) -> Finding:
    title, text = _said(item, formats)
    return Finding(title, text, _tag(item, formats), aside=_with_whom(item, formats))


def _said(item: Milestone, formats: Formats) -> tuple[str, str]:
    """Return title and text of what a rule found."""
    words, amount = formats.words, _money(item.money, formats)
    match item.rule:
        case "goals":
            met = formats.count(item.value)
            title = words.count(
                "{met} of {n} goal reached", "{met} of {n} goals reached", item.n, met=met
            )
            return title, "" if item.value == item.n else item.about  # all of them stand above
        case "target":
            share = formats.percent(item.value, 0)
            return words.say("The target is reached"), words.say(
                "{percent} of target.", percent=share
            )
        case "streak":
            share = formats.percent(item.value, 0)
            title = words.say("Target reached {n} quarters in a row", n=formats.count(item.n))
            return title, words.say("{percent} of target this time.", percent=share)
        case "best_quarter":
            return words.say("Most revenue in one quarter since the data begins"), words.say(
                "{amount}. Without any change, {n} quarters bring about {records} such records.",
                amount=amount,
                n=formats.count(item.n),
                records=formats.count(expected_records(item.n)),
            )
        case "deals":
            title = words.say("Deal number {n} won", n=formats.count(item.value))
            return title, words.say("Counted since the data begins.")
        case "money":
            title = words.say("{amount} won in all", amount=formats.money_short(item.value))
            return title, words.say("Counted since the data begins.")
        case _:
            return _deal(item, formats)


def _deal(item: Milestone, formats: Formats) -> tuple[str, str]:
    words, amount = formats.words, _money(item.money, formats)
    match item.rule:
        case "largest":
            title = words.say("Largest deal so far: {name}", name=item.about)
            return title, words.say("{amount}, more than any deal won before.", amount=amount)
        case "fastest":
            title = words.say("Fastest win so far among the larger deals: {name}", name=item.about)
            days = formats.days(item.value)
            return title, words.say(
                "{amount}, {days} from creation to closing.", amount=amount, days=days
            )
        case "first":
            title = words.say(_FIRST[item.column], what=item.what)
            return title, words.say(
                "{name}, {amount}; the first since the data begins.", name=item.about, amount=amount
            )
        case _:
            return words.say("Largest win of the quarter: {name}", name=item.about), ""


def _money(value: float, formats: Formats) -> str:
    return formats.money(value) if math.isfinite(value) else formats.words.say("without an amount")


def _tag(item: Milestone, formats: Formats) -> str:
    """Return how often such a thing comes if nothing changed, in plain words."""
    words = formats.words
    if item.rule == "goals":
        return words.say("as agreed")
    if item.rule == "largest_of_quarter":
        return words.say("every quarter has one")
    if not math.isfinite(item.chance):
        return words.say("reached")
    if item.chance > 0.95:
        return words.say("about every quarter")
    if item.chance > 2 / 3:
        return words.say("most quarters")
    return words.say("about 1 quarter in {n}", n=formats.count(max(2, 1 / item.chance)))


def _with_whom(item: Milestone, formats: Formats) -> str:
    """Return who took part as counts; a person only where the organisation names people."""
    words, told = formats.words, []
    if item.person:
        told.append(item.person)
    elif item.people:
        told.append(words.count("{n} person", "{n} people", item.people))
    if item.activities:
        told.append(words.count("{n} activity", "{n} activities", item.activities))
    return ", ".join(told)


def _recorded(entry: Celebration, words: Words) -> Finding:
    told = [
        words.say("With: {names}.", names=entry.with_whom.rstrip(".!")) if entry.with_whom else "",
        words.say("How: {how}.", how=entry.how.rstrip(".!")) if entry.how else "",
    ]
    return Finding(entry.what, " ".join(filter(None, told)), words.say("from the record"))
