"""Is a goal specific, measurable, achievable, relevant, time-bound? Answered rule by rule.

Every rule says what it rests on; what cannot be judged is said, never counted as met. There is no
grade over all letters: which of them matters is for people to decide.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from qbr_lib.data.holders import TOO_FEW
from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.goals import alignment
from qbr_lib.goals.case import Case, Check
from qbr_lib.goals.kinds import all_measured
from qbr_lib.goals.reach import achievable, measurable
from qbr_lib.goals.wording import quarters, titled
from qbr_lib.measures import N_, NOBODY, REGISTRY, Unavailable
from qbr_lib.metrics import ageing
from qbr_lib.metrics.survival import Curve
from qbr_lib.outlook.current import Outlook
from qbr_lib.record import Goal, Record

COLUMNS = ["goal", "title", "letter", "rule", "state", "text"]
GAP = 0.05  # share of what the goal above asks more that a goal should close
_OVER = 0.2  # by which parts may exceed their whole
_CHECKPOINTS = 2
_SOON, _LATE = 0.5, 0.1  # share of the deals ever won that are won in the time left
_NOBODY = {"", "?", "-", "–", "tbd", "tba", "n.n.", "nn", "offen", "open", "nobody", "niemand"}
_OWN: Mapping[str, Callable[[Goal], bool]] = {
    "market_share": lambda goal: goal.metric == "market.share",
    "activity": lambda goal: goal.metric.startswith(("activity.", "leads.", "bookings.created")),
    "account": lambda goal: "account" in goal.scope or goal.metric == "bookings.won_accounts",
    "territory": lambda goal: "territory" in goal.scope,
    "revenue": lambda goal: REGISTRY[goal.metric].unit == "money",
}
# What counts on the day it happens; anything else waits for deals to be won or lost.
_AT_ONCE = ("activity.", "leads.created", "bookings.created_count", "pipeline.")


def checks(
    data: Slice,
    record: Record,
    outlook: Outlook | Unavailable,
    formats: Formats,
    only: str | None = None,
) -> pd.DataFrame:
    """Return every rule held against every goal of a record.

    Parameters
    ----------
    data : Slice
        Of the goals' team, with the quarter under review; the goals are for the one after.
    outlook : Outlook or Unavailable
        Of the goals' quarter.
    formats : Formats
        The language of the evidence.
    only : str, optional
        Id of the one goal that is judged, beside the others.

    Returns
    -------
    DataFrame
        goal (id), title, letter, rule, state (pass, warn, fail, unknown), text (the evidence); by
        goal in the order of the record, then by letter.
    """
    links = alignment.links(data, record).set_index("goal")
    sums, clashes = alignment.sums(data, record), alignment.clashes(data, record)
    curve = ageing.today(data) if data.has("opportunities", "created_on") else None
    asked = [goal for goal in record.goals if only in (None, goal.id)]
    known = all_measured(data, [m for one in asked for m in (one.metric, *one.leading)])
    rows = []
    for goal in asked:
        case = Case(data, record, goal, known, formats)
        found = [
            *_specific(case),
            *measurable(case),
            *achievable(case, outlook),
            *_above(case, links.loc[goal.id]),
            *_parts(case, sums.loc[sums["goal"] == goal.id]),
            _alone(case, clashes),
            *_timed(case, curve),
        ]
        rows += [(goal.id, goal.title, *one) for one in found]
    return pd.DataFrame(rows, columns=COLUMNS)


def letters(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how many rules of each letter are met.

    Returns
    -------
    DataFrame
        goal, letter, passed, judged [counts; what is unknown counts in neither]; in the order of
        `checks`.
    """
    told = frame.assign(passed=frame["state"] == "pass", judged=frame["state"] != "unknown")
    grouped = told.groupby(["goal", "letter"], sort=False)[["passed", "judged"]].sum()
    return grouped.astype("int64").reset_index()


def _specific(case: Case) -> Iterator[Check]:
    words, goal = case.formats.words, case.goal
    fits = _OWN[goal.kind](goal)
    if not fits:
        text = words.say("Its kind and its measure “{name}” do not fit.", name=case.name)
        yield Check("S", "metric", "fail", text)
    elif REGISTRY[goal.metric].better == "neither":
        text = words.say("More of “{name}” is not better by itself.", name=case.name)
        yield Check("S", "metric", "warn", text)
    else:
        text = words.say("One figure decides it: {name}.", name=case.name)
        yield Check("S", "metric", "pass", text)
    yield _scope(case)
    if goal.owner.strip().casefold() in _NOBODY:
        yield Check("S", "owner", "fail", words.say("Nobody answers for it yet."))
    else:
        text = words.say("{owner} answers for it.", owner=goal.owner)
        yield Check("S", "owner", "pass", text)
    yield from titled(case)


def _scope(case: Case) -> Check:
    part, words = case.part, case.formats.words
    if isinstance(part, Unavailable):
        reason = words.say(part.reason, **part.details)
        text = words.say("It cannot be judged here: {reason}.", reason=reason)
        hidden = part.reason in (NOBODY, TOO_FEW)
        return Check("S", "scope", "unknown" if hidden else "fail", text)
    deals = part.opportunities
    n = int(deals["team_id"].isin(part.team_ids).sum())
    if not n:
        return Check("S", "scope", "fail", words.say("No deal in the data belongs to it."))
    text = words.count("{k} deal in the data belongs to it.", "{k} deals in the data belong to it.",
                       n, k=case.formats.count(n))  # fmt: skip
    return Check("S", "scope", "pass", text)


def _above(case: Case, link: pd.Series) -> Iterator[Check]:
    words, formats = case.formats.words, case.formats
    if link["state"] == "none":
        yield Check("R", "parent", "warn", _orphan(case))
        return
    if link["state"] == "unknown":
        text = words.say(
            "It names {parent} above it, which is in no plan and no record.", parent=link["parent"]
        )
        yield Check("R", "parent", "fail", text)
        return
    parent = alignment.called(link["parent"], case.record, words)
    yield Check("R", "parent", "pass", words.say("It adds to {parent}.", parent=parent))
    if link["state"] != "linked":
        return
    if math.isfinite(link["gap_share"]):
        share, small = formats.percent(link["gap_share"], 0), link["gap_share"] < GAP
        text = N_("It closes {share} of what the goal above asks more.")
        text = N_("It closes only {share} of what the goal above asks more.") if small else text
    else:
        share, small = formats.percent(link["share"]), link["share"] < _fair(case)
        text = N_("{value} are {share} of the goal above.")
        text = N_("{value} are only {share} of the goal above.") if small else text
    told = words.say(text, value=case.amount(link["value"]), share=share)
    yield Check("R", "share", "warn" if small else "pass", told)


def _orphan(case: Case) -> str:
    """Say that a goal names no parent, and which goal of the same measure would fit."""
    words = case.formats.words
    fitting = alignment.fitting(case.data, case.record, case.goal)
    if not fitting:
        return words.say("It names no goal above it.")
    name = alignment.called(fitting[-1], case.record, words)
    return words.say("It names no goal above it; {parent} would fit.", parent=name)


def _fair(case: Case) -> float:
    """Return the least share of a goal above that counts: fewer where many teams share it."""
    teams = len(case.data.tables.get("teams", case.data.teams))
    return min(GAP, 0.5 / max(teams, 1))


def _parts(case: Case, sums: pd.DataFrame) -> Iterator[Check]:
    words = case.formats.words
    for row in sums.to_dict(orient="records"):
        more = row["parts"] / row["value"] - 1 if row["value"] > 0 else math.inf
        told = {
            "parts": case.amount(row["parts"]),
            "gap": case.amount(abs(row["parts"] - row["value"])),
        }
        if abs(more) <= alignment.EVEN:
            yield Check("R", "parts", "pass", words.say("Its parts add up to it: {parts}.", **told))
        elif more < 0:
            text = words.say("Its parts come to {parts}, {gap} less than the goal.", **told)
            yield Check("R", "parts", "fail", text)
        else:
            text = words.say("Its parts come to {parts}, {gap} more than the goal.", **told)
            yield Check("R", "parts", "warn" if more > _OVER else "pass", text)


def _alone(case: Case, clashes: pd.DataFrame) -> Check:
    words, own = case.formats.words, case.goal.id
    mine = clashes.loc[(clashes["first"] == own) | (clashes["second"] == own)]
    if mine.empty:
        return Check("R", "alone", "pass", words.say("No other goal stands in its way."))
    row = mine.iloc[0]
    other = case.record.goal(row["second"] if row["first"] == own else row["first"]).title
    if row["kind"] == "account":
        text = words.say("{account} stands in another goal too: {title}.", account=row["what"],
                         title=other)  # fmt: skip
        return Check("R", "alone", "warn", text)
    first, second = (case.amount(value) for value in row["values"])
    text = words.say("Two targets for the same: {first} and {second}.", first=first, second=second)
    return Check("R", "alone", "fail", text)


def _timed(case: Case, curve: Curve | None) -> Iterator[Check]:
    words, quarter = case.formats.words, case.data.quarter.next
    told = {"quarter": case.formats.quarter(quarter)}
    if case.data.as_of > quarter.last_day:
        yield Check("T", "quarter", "unknown", words.say("{quarter} is over.", **told))
        return
    yield _period(case)
    days = (quarter.last_day - max(case.data.as_of, quarter.first_day - dt.timedelta(1))).days
    weeks = days // 7
    if weeks < _CHECKPOINTS:
        text = words.count(
            "Too late to steer: {n} week is left.", "Too late to steer: {n} weeks are left.", weeks
        )
        yield Check("T", "checkpoints", "fail", text)
    else:
        text = words.say("{n} weeks are left to look at it.", n=case.formats.count(weeks))
        yield Check("T", "checkpoints", "pass", text)
    yield _lands(case, curve, days)


def _period(case: Case) -> Check:
    words, quarter = case.formats.words, case.data.quarter.next
    told = {"quarter": case.formats.quarter(quarter)}
    named = quarters(case.goal.title)
    if named and (quarter.year, quarter.number) not in named:
        year, number = max(named)
        other = case.formats.quarter(f"{year}-Q{number}")
        text = words.say("The title names {other}, the goal is for {quarter}.", other=other, **told)
        later = (year, number) > (quarter.year, quarter.number)
        return Check("T", "quarter", "fail" if later else "warn", text)
    day = case.formats.day_long(quarter.last_day)
    text = words.say("It is for {quarter}, which ends on {day}.", day=day, **told)
    return Check("T", "quarter", "pass", text)


def _lands(case: Case, curve: Curve | None, days: int) -> Check:
    """Say whether what is begun now can still show in the quarter."""
    words, formats = case.formats.words, case.formats
    if case.goal.metric.startswith(_AT_ONCE):
        return Check("T", "lead", "pass", words.say("It counts on the day it happens."))
    known = curve is not None and int(curve.wins.sum()) >= ageing.FEWEST_WON
    ever = float(curve.won[-1]) if curve is not None and known else 0.0
    share = curve.share(days) / ever if curve is not None and ever > 0 else math.nan
    if math.isnan(share):
        text = words.say("Too early to say how soon new deals are won.")
        return Check("T", "lead", "unknown", text)
    told = {"percent": formats.percent(round(share * 20) / 20, 0), "days": formats.days(days)}
    if share < _LATE:
        text = words.say(
            "Too late for new deals: {percent} of those that are ever won are won within {days}.",
            **told,
        )
        return Check("T", "lead", "fail", text)
    text = words.say("Of the new deals that are ever won, {percent} are won within {days}.", **told)
    return Check("T", "lead", "pass" if share >= _SOON else "warn", text)
