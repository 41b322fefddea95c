"""The sample organisation's records of past cycles: proposed goals, agreed on, and graded.

What a team would have written in its meetings; numbers come from its data, texts are invented.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from qbr_lib.data.sample import LAST_FULL_QUARTER
from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.goals import driver_plan, sample_meeting
from qbr_lib.goals.grading import verdict
from qbr_lib.goals.kinds import evaluate
from qbr_lib.goals.proposals import propose
from qbr_lib.measures import N_
from qbr_lib.metrics.bookings import METRIC as REVENUE
from qbr_lib.periods import Quarter
from qbr_lib.record import Goal, Revision
from qbr_lib.words import Words

CYCLES = 3
_MEETING, _CHECK = 5, 38
_LOWERED = 0.95

Entries = list[dict[str, Any]]
_COMMITTED = (
    (N_("Win-back calls to the ten largest lost accounts"), 32, "done"),
    (N_("Call every trade fair contact within ten days"), 20, "open"),
    (N_("Next step in writing for every deal in Proposal"), 25, "done"),
    (N_("Reference visits with two existing customers"), 60, "open"),
)


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
    words, drafts = formats.words, propose(data.at(quarter), formats)
    goals = [_agreed(data, goal, quarter.next, met, words) for goal in drafts]
    return {
        **sample_meeting.entries(quarter, data.as_of, met, age, words),
        "goals": [goal.model_dump(mode="json", exclude_none=True) for goal in goals],
        "obstacles": _obstacles(goals, words),
        "support": [
            {
                "id": "s1",
                "what": words.say("A day of product training on the new sensors"),
                "state": "promised" if age else "requested",
            }
        ],
        "commitments": _commitments(quarter, data.as_of, words),
    }


def _agreed(data: Slice, goal: Goal, after: Quarter, met: dt.date, words: Words) -> Goal:
    """Return a goal with its agreement, the account's lowered once, and graded when it is over."""
    whole = goal.metric == REVENUE and set(goal.scope) == {"team"}
    lead = words.say("team lead")
    first = Revision(
        at=met,
        by=lead,
        value=goal.target,
        reason=words.say("agreed in the review"),
        drivers=driver_plan.drivers(data.at(after.previous), goal.target) if whole else None,
    )
    revisions = [first]
    checked = after.first_day + dt.timedelta(days=_CHECK)
    if goal.kind == "account" and data.as_of >= checked:
        lower = float(round(goal.target * _LOWERED))
        reason = words.say("two customers moved their investment to next year")
        revisions.append(Revision(at=checked, by=lead, value=lower, reason=reason))
    agreed = goal.model_copy(update={"revisions": tuple(revisions)})
    if data.as_of <= after.last_day:
        return agreed
    outcome = evaluate(data, agreed, after)
    day = after.last_day + dt.timedelta(days=_MEETING)
    return agreed.model_copy(update={"verdict": verdict(agreed, outcome, day, words)})


def _obstacles(goals: list[Goal], words: Words) -> Entries:
    revenue = next((goal.id for goal in goals if goal.kind == "revenue"), None)
    return [
        {
            "id": "o1",
            "what": words.say("Price pressure lowers the win rate"),
            "goal": revenue,
            "likelihood": "medium",
            "trigger": {"metric": "conversion.win_rate", "below": 0.25},
            "counter": words.say("The team lead approves every discount above 5 %."),
        }
    ]


def _commitments(quarter: Quarter, day: dt.date, words: Words) -> Entries:
    after = quarter.next
    made = []
    for number, (what, due, end) in enumerate(_COMMITTED, start=1):
        by = after.first_day + dt.timedelta(days=due)
        over = day > after.last_day
        state = end if by <= day else "open"
        if over and end == "open" and number == len(_COMMITTED):
            state = "done"
        made.append(
            {
                "id": f"c{number}",
                "what": words.say(what),
                "owner": words.say("team") if number % 2 else words.say("team lead"),
                "due": by.isoformat(),
                "state": state,
            }
        )
    return made
