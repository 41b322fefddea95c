"""How goals fit together: what each adds to the goal above it, and which stand in each other's way.

Of wholes and parts a team's workbook knows the record, the plan of its own team, and what the
company and its groups want; other teams' goals are not in it.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable
from typing import Any, Literal, NamedTuple

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.goals.driver_plan import revenue_goal
from qbr_lib.goals.kinds import account_ids
from qbr_lib.measures import N_, REGISTRY
from qbr_lib.metrics import bookings
from qbr_lib.record import Goal, Record
from qbr_lib.words import Words

LINKS = ["goal", "title", "parent", "state", "metric", "value", "whole", "share", "gap_share"]
SUMS = ["goal", "title", "metric", "value", "parts", "n", "source"]
CLASHES = ["kind", "first", "second", "metric", "what", "values"]
EVEN = 0.01  # sums that differ by less are the same, but for rounding
Link = Literal["none", "unknown", "other", "linked"]


class Above(NamedTuple):
    """A goal that others contribute to: its measure, its target, and where it stood."""

    metric: str
    value: float
    baseline: float | None = None


def above(data: Slice, record: Record) -> dict[str, Above]:
    """Return the goals that a goal for the coming quarter may name as its parent, by id.

    Those of the record, and of the company and the team's groups as the plan has them:
    `company-<kind>-<quarter>` and `group-<kind>-<quarter>`.
    """
    quarter, found = str(data.quarter.next), {}
    told = [
        ("company", one.kind, one.metric, one.value)
        for one in data.organisation.company_goals
        if one.quarter == quarter
    ]
    for row in planned(data).itertuples():
        own = row.scope == "company" or row.scope_id in set(data.teams["group"].dropna())
        if row.scope in ("company", "group") and own:
            told.append((row.scope, row.kind, row.metric, float(row.value)))
    for scope, kind, metric, value in told:
        found.setdefault(f"{scope}-{kind.replace('_', '-')}-{quarter}", Above(metric, value))
    return found | {
        goal.id: Above(goal.metric, goal.current, goal.baseline) for goal in record.goals
    }


def fitting(data: Slice, record: Record, goal: Goal) -> list[str]:
    """Return the ids of goals above that a goal could add to: the same measure, a wider part."""
    wider = [one for one in record.goals if set(one.scope) == {"team"} and one.id != goal.id]
    known = above(data, Record(goals=tuple(wider)))
    return [one for one, found in known.items() if found.metric == goal.metric]


def called(parent: str, record: Record, words: Words) -> str:
    """Return what a reader calls a goal above others: its title, or whose goal it is."""
    titles = {goal.id: goal.title for goal in record.goals}
    if parent in titles:
        return titles[parent]
    known = {"company": N_("the company's goal"), "group": N_("the group's goal")}
    whose = known.get(parent.partition("-")[0])
    return words.say(whose) if whose else parent


def planned(data: Slice) -> pd.DataFrame:
    """Return the rows of `targets` for the coming quarter; without a metric, those of revenue."""
    if "targets" not in data.tables:
        return pd.DataFrame(columns=["scope", "scope_id", "kind", "metric", "value"])
    rows = data.tables["targets"]
    rows = rows.loc[rows["quarter"] == str(data.quarter.next)]
    return rows.assign(metric=rows["metric"].fillna(bookings.METRIC))


def links(data: Slice, record: Record) -> pd.DataFrame:
    """Return what each goal adds to the one it names as its parent.

    Returns
    -------
    DataFrame
        One row per goal in the order of the record: goal (id), title, parent, state (none: no
        parent; unknown: there is no such goal; other: the two do not add up; linked), metric,
        value, whole (the parent's target), share [ratio of it], gap_share [ratio of what the parent
        asks above its baseline; NaN where that is not known].
    """
    known = above(data, record)
    rows = []
    for goal in record.goals:
        parent = known.get(goal.parent or "") if goal.parent != goal.id else None
        state, share, gap = _link(goal, parent)
        whole = parent.value if parent else float("nan")
        told = (goal.id, goal.title, goal.parent, state, goal.metric, goal.current)
        rows.append((*told, whole, share, gap))
    return pd.DataFrame(rows, columns=LINKS)


def _link(goal: Goal, parent: Above | None) -> tuple[Link, float, float]:
    share = gap = float("nan")
    if parent is None:
        return "unknown" if goal.parent else "none", share, gap
    if parent.metric != goal.metric or not REGISTRY[goal.metric].additive or parent.value <= 0:
        return "other", share, gap
    if goal.baseline is not None and parent.baseline is not None:
        asked = parent.value - parent.baseline
        gap = (goal.current - goal.baseline) / asked if asked > 0 else gap
    return "linked", goal.current / parent.value, gap


def sums(data: Slice, record: Record) -> pd.DataFrame:
    """Return the goals whose parts have targets too, beside the sum of these.

    Parts are the goals of the record that name it as parent and measure the same, and of the team's
    revenue the plan's targets of its people, as far as their sum may be told. People, territories
    and accounts are each a split of their own: the same money is in all of them.

    Returns
    -------
    DataFrame
        goal (id), title, metric, value, parts (the sum), n (how many), source (goals, targets).
    """
    rows = []
    for goal in record.goals:
        below: dict[frozenset[str], list[float]] = {}
        for one in record.goals:
            if one.parent == goal.id != one.id and one.metric == goal.metric:
                below.setdefault(frozenset(one.scope), []).append(one.current)
        told = (goal.id, goal.title, goal.metric, goal.current)
        if REGISTRY[goal.metric].additive:
            rows += [(*told, round(sum(v), 2), len(v), "goals") for v in below.values()]
    whole, plans = revenue_goal(data, record), planned(data)
    mine = (plans["scope"] == "rep") & (plans["metric"] == bookings.METRIC)
    values, privacy = plans.loc[mine, "value"], data.organisation.privacy
    told = privacy.people == "named" or len(values) >= privacy.minimum_group
    if whole is not None and len(values) and told:
        named = (whole.id, whole.title, whole.metric, whole.current)
        rows.append((*named, round(float(values.sum()), 2), len(values), "targets"))
    return pd.DataFrame(rows, columns=SUMS)


def clashes(data: Slice, record: Record) -> pd.DataFrame:
    """Return pairs of goals that stand in each other's way.

    Returns
    -------
    DataFrame
        kind (two_targets: the same measure for the same part, another target; account: two goals on
        the same measure claim one account), first and second (ids), metric, what (the part or
        account), values (both targets).
    """
    rows = []
    for one, other in itertools.combinations(record.goals, 2):
        if one.metric != other.metric:
            continue
        here, there = _part(data, one), _part(data, other)
        both = (one.metric, ", ".join(one.scope.values()), (one.current, other.current))
        if here == there and one.current != other.current:
            rows.append(("two_targets", one.id, other.id, *both))
        elif _share_account(data, one, other):
            account = (one.metric, one.scope["account"], (one.current, other.current))
            rows.append(("account", one.id, other.id, *account))
    return pd.DataFrame(rows, columns=CLASHES)


def _part(data: Slice, goal: Goal) -> frozenset[tuple[str, Hashable]]:
    """Return what a goal is about, whatever it calls an account, and whether it names its team."""
    own = {("team", one) for one in data.team_ids[:1]}
    named = {key: value for key, value in goal.scope.items() if key != "account"}
    found: set[tuple[str, Any]] = {*named.items()} - own
    if "account" in goal.scope:
        name = goal.scope["account"]
        found.add(("account", frozenset(account_ids(data, name) - {name} or {name})))
    return frozenset(found)


def _share_account(data: Slice, one: Goal, other: Goal) -> bool:
    if "account" not in one.scope or "account" not in other.scope:
        return False
    if one.parent == other.id or other.parent == one.id:
        return False
    ids = [account_ids(data, goal.scope["account"]) for goal in (one, other)]
    return bool(ids[0] & ids[1])
