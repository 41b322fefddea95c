"""The parts of a target as they are typed: how they add up, from above and from below."""

from __future__ import annotations

import math

import pandas as pd

from qbr_lib.formats import Formats
from qbr_lib.goals.shares import EACH, Basis, Divisible
from qbr_lib.measures import N_
from qbr_lib.present import parts
from qbr_lib.present.alignment import absent
from qbr_lib.present.figure import Shown

BASES: dict[Basis, str] = {
    "won": N_("what each has won"),
    "open": N_("won and open deals, half each"),
    "market": N_("won, open deals and market, a third each"),
    "same": N_("the same chance for all"),
}
_PROBLEMS = {
    "caps": N_("The most that each may get is together less than the target: it is passed over."),
    "over": N_("What is set by hand is more than the target: nothing is left for the others."),
    "under": N_("What is set by hand and capped is below the target, and nobody takes the rest."),
}


def sides(target: float, total: float, known: Divisible, formats: Formats) -> Shown:
    """Return the target, these parts, and what each reaches in six of ten quarters, in lines."""
    words, told = formats.words, gap(target, total, formats)
    rows = [
        (words.say("From above: the target"), formats.money(target)),
        (words.say("These parts together"), f"{exact(total, formats)} ({told})"),
    ]
    if known.whole:
        safe = float(known.drawn.quantile(1 - EACH).sum())
        name = words.say("From below: what each reaches in {own} quarters", own=formats.often(EACH))
        rows.append((name, f"{formats.money(safe)} ({gap(target, round(safe), formats)})"))
    return parts.facts(rows)


def exact(value: float, formats: Formats) -> str:
    """Return an amount in full, with its cents where it has any."""
    return formats.money(value) if float(value).is_integer() else formats.cents(value)


def gap(target: float, total: float, formats: Formats) -> str:
    """Say how far a sum lies from a target, and by which share of it."""
    words, short = formats.words, round(total - target, 2)
    if abs(short) < 0.005:
        return words.say("exactly the target")
    told = {"amount": exact(abs(short), formats)}
    told["percent"] = formats.percent(abs(short) / target) if target > 0 else ""
    if short > 0:
        return words.say("{amount} more than the target, {percent}", **told)
    return words.say("{amount} missing, {percent}", **told)


def refused(short: float, formats: Formats) -> str:
    """Say that parts which come to less than the target were not recorded."""
    return formats.words.say(
        "The parts are {amount} less than the target, so nothing was recorded: share out the rest, "
        "or lower the target.",
        amount=exact(short, formats),
    )


def notes(known: Divisible, together: float, problem: str, formats: Formats) -> list[str]:
    """Say what stands in the way of the parts, how often they are reached, and who is missing."""
    words, lines = formats.words, list[str]()
    if problem:
        lines.append(words.say(_PROBLEMS[problem]))
    if not math.isnan(together):
        lines.append(
            words.say(
                "By their earlier quarters, all together reach the sum of the parts in {k}.",
                k=formats.often(together),
            )
        )
    present = pd.Series(known.frame["present"].to_numpy(), index=known.frame["name"])
    return [*lines, *absent(present, known.vacant, formats)]
