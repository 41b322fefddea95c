"""What a target takes in the time left, as a sales manager says it."""

from __future__ import annotations

import math

import pandas as pd

from qbr_lib.formats import Formats
from qbr_lib.goals.requirement import Requirement
from qbr_lib.goals.whatif import HELPS, SURE
from qbr_lib.measures import Unavailable
from qbr_lib.periods import Quarter
from qbr_lib.present import parts
from qbr_lib.present.figure import Shown
from qbr_lib.present.outlook import Found
from qbr_lib.record import Drivers


def sentences(need: Requirement | None, target: float | None, formats: Formats) -> list[str]:
    """Say what new deals can still do for a target; nothing without a target.

    Parameters
    ----------
    need : Requirement or None
        None where it is not known when deals were created.
    """
    if need is None or not target:
        return []
    if need.deals(target) == 0:
        return [_asked(need, target, formats)]
    if need.last_day is None:
        return [formats.words.say("New deals come too late for this quarter.")]
    return [_asked(need, target, formats), _helps(need, formats)]


def asks(row: pd.Series, plan: Drivers | None, quarter: Quarter, formats: Formats) -> str:
    """Say in one line which growth a target is, and which deals it asks for.

    Parameters
    ----------
    row : Series
        Of `driver_plan.asked`.
    plan : Drivers or None
        Where levers were moved: what the target consists of then.
    quarter : Quarter
        Under review, whose win rate and deal size are meant where none was moved.
    """
    words = formats.words
    if pd.isna(row["won"]):
        return words.say("Without revenue in this quarter there is no growth to plan.")
    told = {
        "quarter": formats.quarter(quarter),
        "growth": formats.percent(row["growth"], 1, signed=True),
        "won": formats.count(row["won"] if plan is None else plan.decided * plan.win_rate),
        "decided": formats.count(row["decided"] if plan is None else plan.decided),
    }
    if plan is not None:
        return words.say("{growth} on {quarter}: {won} deals to win, {decided} to decide", **told)
    return words.say(
        "{growth} on {quarter}; at its win rate and deal size {won} deals to win, {decided} to "
        "decide",
        **told,
    )


def finding(need: Requirement | None, steps: pd.DataFrame, formats: Formats) -> str:
    """Return the headline of what the chosen target takes, by what is known best.

    Parameters
    ----------
    steps : DataFrame
        As `driver_plan.steps` returns it: it tells where there is no requirement.
    """
    words, row = formats.words, steps.loc[steps["chosen"]].iloc[0]
    target = float(row["target"])
    if need is None or target <= 0:
        return _by_steps(row["more_decided"], formats)
    amount, deals = formats.money_short(target), need.deals(target)
    if deals == 0:
        return words.say("As many new deals as usual are enough for {amount}", amount=amount)
    if need.last_day is None or not need.possible(target):
        return words.say("New deals alone do not bring {amount} in time", amount=amount)
    return words.count(
        "{n} new deal more than usual is needed by {day}",
        "{n} new deals more than usual are needed by {day}",
        int(deals),
        day=formats.day_long(need.last_day),
    )


def _by_steps(more: float, formats: Formats) -> str:
    words = formats.words
    if math.isnan(more):
        return words.say("Without revenue in this quarter there is no growth to plan.")
    if more <= 0:
        return words.say("As many decided deals as in this quarter are enough")
    return words.count(
        "{n} more deal must be decided, if nothing else changes",
        "{n} more deals must be decided, if nothing else changes",
        int(more),
    )


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
    """Return the requirement line by line: gap, and what new deals take that can close it."""
    if isinstance(found, Unavailable):
        return Shown("", "")
    words = formats.words
    gap, rows = found.gap(target), list[tuple[str, str]]()
    if gap > 0:
        rows = [(words.say("Missing to the middle of the outlook"), formats.money(gap))]
    if need is None or need.last_day is None or not need.possible(target):
        return parts.facts(rows) if rows else Shown("", "")
    if (deals := need.deals(target)) == 0:
        return parts.facts(rows) if rows else Shown("", "")
    rows.append((_name(formats), formats.count(deals)))
    if not math.isnan(leads := need.leads(target)):
        rows.append((words.say("Leads for them"), formats.count(leads)))
    if not math.isnan(work := need.work(target)):
        rows.append((words.say("Activities for them"), formats.count(work)))
    return parts.facts(rows)


def _name(formats: Formats) -> str:
    return formats.words.say(
        "New deals on top of the usual, for {chance} of 10 cases", chance=formats.count(SURE * 10)
    )
