"""The sample organisation's records of past cycles: proposed goals, agreed on, and graded.

What a team would have written in its meetings; numbers come from its data, texts are invented.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from qbr_lib.data.sample import LAST_FULL_QUARTER
from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.goals import driver_plan, sample_meeting, sample_plans
from qbr_lib.goals.grading import verdict
from qbr_lib.goals.kinds import evaluate
from qbr_lib.goals.proposals import propose, titled
from qbr_lib.measures import N_
from qbr_lib.metrics.bookings import METRIC as REVENUE
from qbr_lib.outlook import current
from qbr_lib.periods import Quarter
from qbr_lib.record import Evidence, Goal, Revision

CYCLES = 3
_MEETING, _CHECK = 5, 38
_LOWERED = 0.95
_ROUND = -4

# What a team agreed on in the newest cycle beside the plan's figure, as a share of it, and why.
_OTHERWISE = {
    "ost": (0.96, N_("two framework contracts move to next year")),
    "grosskunden": (0.95, N_("one large project will not be decided before January")),
    "rhein-main": (1.03, N_("the open deals carry more than the plan")),
}
# What people leave open when they write goals down; their pages show it.
_LEFT_OPEN: dict[tuple[str, str], dict[str, Any]] = {
    ("berlin", "revenue"): {"parent": None},
    ("west", "market_share"): {"title": N_("Improve the market share")},
    ("behoerden", "activity"): {"owner": "tbd"},
}


def record(data: Slice, quarter: Quarter, formats: Formats) -> dict[str, Any]:
    """Return the sections of a team's record of the cycle that reviewed a quarter.

    Parameters
    ----------
    data : Slice
        Of one team of the sample organisation, as of any day after the quarter.
    quarter : Quarter
        Under review in that cycle.
    formats : Formats
        The language of the texts.

    Returns
    -------
    dict
        Plain data in the shape of the record; empty for cycles before the last three.
    """
    age = (LAST_FULL_QUARTER.year - quarter.year) * 4 + LAST_FULL_QUARTER.number - quarter.number
    if not 0 <= age < CYCLES or data.as_of <= quarter.last_day:
        return {}
    met = quarter.last_day + dt.timedelta(days=_MEETING)
    drafts = propose(data.at(quarter), formats)
    goals = [_agreed(data, goal, quarter.next, met, formats) for goal in drafts]
    goals = goals if age else [_left_open(data, goal, formats) for goal in goals]
    return {
        **sample_meeting.entries(quarter, data.as_of, met, age, formats.words),
        "goals": [goal.model_dump(mode="json", exclude_none=True) for goal in goals],
        **sample_plans.entries(data, goals, quarter, formats.words),
    }


def _agreed(data: Slice, goal: Goal, after: Quarter, met: dt.date, formats: Formats) -> Goal:
    """Return a goal with its agreement, the account's lowered once, and graded when it is over."""
    words, newest = formats.words, after.previous == LAST_FULL_QUARTER
    lead, known = words.say("team lead"), _OTHERWISE if newest and goal.metric == REVENUE else {}
    share, why = known.get(data.team_ids[0], (1.0, N_("agreed in the review")))
    value = goal.target if share == 1 else float(round(goal.target * share, _ROUND))
    whole = goal.metric == REVENUE and set(goal.scope) == {"team"}
    why = why if whole or value == goal.target else N_("as the revenue goal")
    first = Revision(
        at=met,
        by=lead,
        value=value,
        reason=words.say(why),
        evidence=_chance(data, after, value) if whole and newest else None,
        drivers=driver_plan.drivers(data.at(after.previous), value) if whole else None,
    )
    revisions = [first]
    checked = after.first_day + dt.timedelta(days=_CHECK)
    if goal.kind == "account" and data.as_of >= checked:
        lower = float(round(goal.target * _LOWERED))
        reason = words.say("two customers moved their investment to next year")
        revisions.append(Revision(at=checked, by=lead, value=lower, reason=reason))
    agreed = goal.model_copy(update={"revisions": tuple(revisions)})
    agreed = agreed.model_copy(update={"title": titled(data.at(after.previous), agreed, formats)})
    if data.as_of <= after.last_day:
        return agreed
    outcome = evaluate(data, agreed, after)
    day = after.last_day + dt.timedelta(days=_MEETING)
    return agreed.model_copy(update={"verdict": verdict(agreed, outcome, day, words)})


def _chance(data: Slice, after: Quarter, value: float) -> Evidence | None:
    """Return how likely a target was, as known on the day before its quarter."""
    found = current.given(data, after)
    if not isinstance(found, current.Outlook):
        return None
    day = after.first_day - dt.timedelta(days=1)
    return Evidence(probability=round(found.chance(value), 4), as_of=day)


def _left_open(data: Slice, goal: Goal, formats: Formats) -> Goal:
    changed = dict(_LEFT_OPEN.get((data.team_ids[0], goal.kind), {}))
    title = changed.get("title")
    return goal.model_copy(update=changed | ({"title": formats.words.say(title)} if title else {}))
