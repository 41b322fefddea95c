"""The five kinds of goals: what each may measure, for whom, and its value in the data."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from qbr_lib.data.holders import TOO_FEW, too_few
from qbr_lib.data.slices import Slice
from qbr_lib.measures import (
    NO_SUCH,
    NOBODY,
    NOT_BY_SCOPE,
    NOT_HERE,
    OTHER_TEAM,
    Outcome,
    Unavailable,
)
from qbr_lib.metrics import (
    activity,
    bookings,
    conversion,
    cycle,
    leads,
    market,
    pipeline,
    renewals,
)
from qbr_lib.periods import Quarter
from qbr_lib.record import Goal

_MEASURED: Mapping[str, Callable[[Slice], list[Outcome]]] = {
    "bookings": bookings.measures,
    "conversion": conversion.measures,
    "cycle": cycle.measures,
    "pipeline": pipeline.measures,
    "leads": leads.measures,
    "activity": activity.measures,
    "market": market.measures,
    "renewals": renewals.measures,
}
# What is told of a part of a team's deals: leads and markets know neither account nor person.
_BY_DEAL = ("bookings", "conversion", "cycle", "activity", "renewals")
_OF_TEAM = ("bookings.target", "bookings.attainment")


def evaluate(data: Slice, goal: Goal, quarter: Quarter) -> Outcome:
    """Return the value that a goal's measure has in a quarter, up to the day of the data.

    Parameters
    ----------
    data : Slice
        Of the goal's team.
    goal : Goal
        Its metric, and the part of the team's deals it is about.
    quarter : Quarter
        The one the goal is for, or an earlier one for its baseline.

    Returns
    -------
    Measure or Unavailable
        Unavailable with the reason where the present data cannot measure it.
    """
    return measured(within(data.at(quarter), goal), goal.metric)


def measured(data: Slice | Unavailable, metric: str) -> Outcome:
    """Return one measure of a slice's quarter by its id."""
    return data if isinstance(data, Unavailable) else all_measured(data, [metric])[metric]


def all_measured(data: Slice, metrics: Iterable[str]) -> dict[str, Outcome]:
    """Return measures of a slice's quarter by their ids, those of a kind computed once."""
    wanted = list(metrics)
    families = dict.fromkeys(metric.partition(".")[0] for metric in wanted)
    known = [_MEASURED[one](data) for one in families if one in _MEASURED]
    found = {outcome.id: outcome for outcomes in known for outcome in outcomes}
    return {metric: found.get(metric, Unavailable(metric, NOT_HERE)) for metric in wanted}


def within(data: Slice, goal: Goal) -> Slice | Unavailable:
    """Return the part of a team's data that a goal is about, or why there is none."""
    part: Slice | Unavailable = data
    for what, name in goal.scope.items():
        if isinstance(part, Unavailable):
            return part
        part = _narrowed(part, goal.metric, what, name)
    return part


def _narrowed(data: Slice, metric: str, what: str, name: str) -> Slice | Unavailable:
    if what in ("team", "group", "company"):
        own = {"team": data.team_ids[0], "group": data.name, "company": name}[what]
        same = data.scope == what and own == name
        return data if same else Unavailable(metric, OTHER_TEAM)
    if what == "rep" and data.organisation.privacy.people != "named":
        return Unavailable(metric, NOBODY)
    if what == "territory" and metric == "market.share":
        return _market_of(data, name)
    if metric.partition(".")[0] not in _BY_DEAL or metric in _OF_TEAM:
        return Unavailable(metric, NOT_BY_SCOPE, {"what": name})
    return _deals_of(data, metric, what, name)


def _deals_of(data: Slice, metric: str, what: str, name: str) -> Slice | Unavailable:
    deals = data.opportunities
    column = {"territory": "territory", "account": "account_id", "rep": "owner_id"}[what]
    values = account_ids(data, name) if what == "account" else {name}
    kept = deals.loc[deals[column].isin(values)]
    if kept.empty:
        return Unavailable(metric, NO_SUCH, {"what": name})
    if what == "territory" and len(kept) < len(deals) and _too_few(data, name):
        return Unavailable(metric, TOO_FEW, {"n": data.organisation.privacy.minimum_group})
    tables = dict(data.tables) | {"opportunities": kept}
    if "activities" in tables:
        rows = tables["activities"]
        mine = rows["opportunity_id"].isin(kept["opportunity_id"])
        mine |= rows["account_id"].isin(values) & (what == "account")
        tables["activities"] = rows.loc[rows["rep_id"] == name if what == "rep" else mine]
    return dataclasses.replace(data, tables=tables)


def _too_few(data: Slice, territory: str) -> bool:
    people = data.holders("territory")
    withheld = too_few(people, data.organisation.privacy)
    return bool(withheld.get(territory, False))


def account_ids(data: Slice, name: str) -> set[str]:
    """Return the ids of an account that a goal names by id or by name."""
    if "accounts" not in data.tables:
        return {name}
    accounts = data.tables["accounts"]
    return {name, *accounts.loc[accounts["name"] == name, "account_id"]}


def _market_of(data: Slice, name: str) -> Slice:
    rows = data.tables.get("market", pd.DataFrame({"territory": []}))
    return dataclasses.replace(
        data,
        tables=dict(data.tables) | {"market": rows.loc[rows["territory"] == name]},
        teams=data.teams.assign(territory=name),
    )
