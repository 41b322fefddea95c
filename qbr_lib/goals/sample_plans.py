"""What the sample's people plan for their goals: who does what, who helps, what is feared."""

from __future__ import annotations

import datetime as dt
from typing import Any

from qbr_lib.data.slices import Slice
from qbr_lib.goals.kinds import measured
from qbr_lib.measures import N_, Measure
from qbr_lib.periods import Quarter
from qbr_lib.record import Goal
from qbr_lib.words import Words

Entries = list[dict[str, Any]]
_COMMITTED = (  # what, the kind of goal it serves, the day of the quarter, how it ends
    (N_("Win-back calls to the ten largest lost accounts"), "account", 32, "done"),
    (N_("Call every trade fair contact within ten days"), "activity", 20, "open"),
    (N_("Next step in writing for every deal in Proposal"), "revenue", 25, "done"),
    (N_("Reference visits with two existing customers"), "revenue", 60, "open"),
)
_HELP = (  # what, the kind of goal it serves, who, the day of the quarter, how far in each cycle
    (N_("A day of product training on the new sensors"), "revenue", N_("product management"), 20,
     ("promised", "given")),
    (N_("An application engineer for two days a month"), "account", N_("management"), 30,
     ("requested", "refused")),
)  # fmt: skip
_FEARED = (  # what, the kind of goal, how likely, the measure and its limit, what is done then
    (N_("Price pressure lowers the win rate"), "revenue", "medium",
     ("conversion.win_rate", "below", 0.25),
     N_("The team lead approves every discount above 5 %.")),
    (N_("The trade fair takes a week from customer meetings"), "activity", "high",
     ("activity.meetings", "below", 0.8),
     N_("Inside sales takes over the follow-up calls in that week.")),
    (N_("Customers put off their decision to the next year"), "revenue", "low",
     ("cycle.median_days_won", "above", 1.25),
     N_("Offers are valid until the end of the quarter only.")),
)  # fmt: skip


def entries(data: Slice, goals: list[Goal], quarter: Quarter, words: Words) -> dict[str, Entries]:
    """Return commitments, support and obstacles of the cycle that reviewed a quarter.

    Parameters
    ----------
    data : Slice
        Of one team, as of the day up to which it is known what became of them.
    goals : list of Goal
        Agreed on in that cycle.
    """
    ids = {goal.kind: goal.id for goal in goals}
    return {
        "obstacles": _obstacles(data.at(quarter), goals, words),
        "support": _support(ids, quarter, data.as_of, words),
        "commitments": _commitments(data, ids, quarter, words),
    }


def _obstacles(data: Slice, goals: list[Goal], words: Words) -> Entries:
    """Return what may come between; limits of counts and days are shares of what was usual."""
    made: Entries = []
    known = {goal.kind: goal for goal in goals}
    for what, kind, likely, (metric, side, share), counter in _FEARED:
        now, goal = measured(data, metric), known.get(kind)
        limit: float | None = share
        if metric == "activity.meetings":
            limit = round(goal.current * share) if goal else None
        elif metric.startswith("cycle."):
            limit = round(now.value * share) if isinstance(now, Measure) else None
        if goal is not None and limit is not None:
            told = {"id": f"o{len(made) + 1}", "what": words.say(what), "goal": goal.id}
            trigger = {"metric": metric, side: float(limit)}
            more = {"likelihood": likely, "trigger": trigger, "counter": words.say(counter)}
            made.append(told | more)
    return made


def _support(ids: dict[str, str], quarter: Quarter, day: dt.date, words: Words) -> Entries:
    over = day > quarter.next.last_day
    return [
        {
            "id": f"s{number}",
            "what": words.say(what),
            "goal": ids.get(kind),
            "owner": words.say(owner),
            "due": (quarter.next.first_day + dt.timedelta(days=due)).isoformat(),
            "state": states[over],
        }
        for number, (what, kind, owner, due, states) in enumerate(_HELP, start=1)
    ]


def _commitments(data: Slice, ids: dict[str, str], quarter: Quarter, words: Words) -> Entries:
    after, owners, made = quarter.next, _owners(data, words), []
    over = data.as_of > after.last_day
    for number, (what, kind, due, end) in enumerate(_COMMITTED, start=1):
        by = after.first_day + dt.timedelta(days=due)
        state = end if by <= data.as_of else "open"
        if over and end == "open" and number == len(_COMMITTED):
            state = "done"
        made.append(
            {
                "id": f"c{number}",
                "what": words.say(what),
                "owner": owners[number - 1],
                "due": by.isoformat(),
                "state": state,
                "goal": ids.get(kind),
            }
        )
    return made


def _owners(data: Slice, words: Words) -> list[str]:
    """Return who does what: team and lead, and people where the organisation names them."""
    roles = [words.say("team"), words.say("team lead")]
    if data.organisation.privacy.people != "named" or "reps" not in data.tables:
        return [*roles, *roles]
    reps = data.tables["reps"].drop_duplicates("rep_id")["name"].dropna()
    return [*roles, *map(str, reps), *roles][: len(_COMMITTED)]
