"""What the sample's people wrote around their goals: who came, what was said, tried and learned."""

from __future__ import annotations

import datetime as dt
from typing import Any

from qbr_lib.measures import N_
from qbr_lib.periods import Quarter
from qbr_lib.words import Words

Entries = list[dict[str, Any]]
_STARTS, _ENDS = 14, 70  # days of a quarter
_PARTICIPANTS = (
    (N_("team lead"), N_("leads the meeting"), True),
    (N_("sales team"), N_("their deals"), True),
    (N_("inside sales"), N_("offers and dates"), True),
    (N_("product management"), N_("the new sensors"), False),
)
# The newest cycle first; a cause that comes back stands there as it was written before.
_SETBACKS = (
    (
        N_("A framework contract before the summer break"),
        N_("The customer stopped the project"),
        N_("The person who decides came in late"),
        N_("We ask in the first meeting who decides, and invite them"),
    ),
    (
        N_("Two offers signed by the end of the quarter"),
        N_("Both went back to purchasing"),
        N_("The person who decides came in late"),
        N_("We settle with the customer who signs before we write the offer"),
    ),
    (
        N_("New sensors on show at the trade fair"),
        N_("The devices came a week too late"),
        N_("The delivery had no fixed day"),
        N_("Deliveries for fairs get a fixed day"),
    ),
)
_RATINGS = ((4, 5, 4), (4, 3, 4), (3, 3, 4))


def entries(quarter: Quarter, day: dt.date, met: dt.date, age: int, words: Words) -> dict[str, Any]:
    """Return the sections of the record that are no goals.

    Parameters
    ----------
    quarter : Quarter
        Under review in the meeting.
    day : date
        As of which the record is made; what became of plans is told once their quarter is over.
    met : date
        The day of the meeting.
    age : int
        How many cycles ago it was, 0 to 2.
    """
    say, over = words.say, day > quarter.next.last_day
    return {
        "participants": [
            {"name": say(name), "role": say(role), "present": there}
            for name, role, there in _PARTICIPANTS
        ],
        "contributions": [
            {
                "by": say("inside sales"),
                "section": "why",
                "text": say("Customers answer offers with a delivery day much sooner."),
            },
            {"section": "attention", "text": say("Several customers wait for the new price list.")},
        ],
        "notes": [
            {
                "section": "result",
                "text": say("Compared with the order book before the meeting; both agree."),
                "by": say("team lead"),
                "at": met.isoformat(),
            }
        ],
        "strategies": [_strategy(words, over=over)],
        "decisions": [
            {
                "what": say("No new closing day without an agreed next step"),
                "by": say("team lead"),
                "at": met.isoformat(),
            }
        ],
        "ideas": [_idea(words, over=over)],
        "experiments": [_experiment(quarter.next, words, over=over)],
        "setbacks": [_setback(age, words)],
        "feedback": _feedback(age, words),
    }


def _strategy(words: Words, *, over: bool) -> dict[str, Any]:
    told = {
        "id": "st1",
        "what": words.say("Large offers only after a talk with the person who signs"),
        "finding": words.say("Large deals were lost late, to people we had not met."),
        "expected": words.say("Fewer large deals lost after the offer"),
    }
    seen = words.say("The talk took place for most large offers; fewer were lost after it.")
    return told | ({"observed": seen} if over else {})


def _idea(words: Words, *, over: bool) -> dict[str, Any]:
    told = {
        "what": words.say("A customer who knows us joins the second meeting"),
        "by": words.say("sales team"),
        "section": "wins",
        "votes": 5,
    }
    taken = {
        "adopted": words.say("in all meetings with new customers"),
        "effect": words.say("Fewer second meetings end without a next step."),
    }
    return told | (taken if over else {})


def _experiment(after: Quarter, words: Words, *, over: bool) -> dict[str, Any]:
    first, last = (after.first_day + dt.timedelta(days=days) for days in (_STARTS, _ENDS))
    told = {
        "id": "e1",
        "hypothesis": words.say("Offers sent within two days are accepted more often"),
        "metric": words.say("accepted of the offers sent"),
        "group": words.say("new customers"),
        "starts": first.isoformat(),
        "ends": last.isoformat(),
    }
    shares = {"tried": {"reached": 19, "of": 44}, "compared": {"reached": 14, "of": 51}}
    return told | (shares if over else {})


def _setback(age: int, words: Words) -> dict[str, Any]:
    names = ("expected", "happened", "cause", "change")
    return {name: words.say(text) for name, text in zip(names, _SETBACKS[age], strict=True)}


def _feedback(age: int, words: Words) -> Entries:
    useful = words.say("Did the review help you to decide?")
    rated: Entries = [{"question": useful, "rating": rating} for rating in _RATINGS[age]]
    return [
        *rated,
        {
            "question": words.say("What should be different next time?"),
            "answer": words.say("More time for the causes, less for the figures."),
        },
    ]
