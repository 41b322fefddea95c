"""The goals of all teams together: what is asked from above, what the teams agreed on, the gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import nan
from typing import Any, NamedTuple

import pandas as pd

from qbr_lib.data import store as stores
from qbr_lib.data.slices import Slice, load
from qbr_lib.goals import alignment, records
from qbr_lib.goals.kinds import account_ids
from qbr_lib.measures import REGISTRY
from qbr_lib.parameters import Kind, Workspace
from qbr_lib.record import Goal, Record
from qbr_lib.schema import UNASSIGNED

SUMS = ["kind", "metric", "scope", "scope_id", "name", "group", "asked", "agreed", "gap", "share"]
SUMS += ["chance", "goals", "missing"]
PARTS = ["kind", "metric", "what", "part", "team", "title", "agreed", "asked"]
OPEN = ["kind", "team", "title", "what", "asked", "parts"]
CENT = 0.005
_ABOVE = ("company", "group")
_PART = (*_ABOVE, "territory", "account")


class Agreed(NamedTuple):
    """A team of the scope, and what it recorded for the coming quarter."""

    team: Slice
    record: Record

    def whole(self, kind: str, metric: str) -> Goal | None:
        """Return the goal on a measure of the whole team; None where there is none."""
        own = {"team": self.team.team_ids[0]}
        fitting = (
            g for g in self.record.goals if (g.kind, g.metric, g.scope) == (kind, metric, own)
        )
        return next(fitting, None)


def gather(data: Slice, language: str) -> list[Agreed]:
    """Return the teams of a group or company with their records, as these may be shown."""
    place = Workspace(data.root, data.organisation)
    store = stores.prepare(place, as_of=data.as_of.isoformat())
    teams = [one for one in data.team_ids if one != UNASSIGNED]
    opened = [load(store, place, team=one, quarter=data.quarter) for one in teams]
    return [Agreed(one, records.of(one, one.quarter, language).record) for one in opened]


def sums(data: Slice, agreed: Sequence[Agreed]) -> pd.DataFrame:
    """Return goals on whole teams beside what is asked of team, group and company.

    Parameters
    ----------
    data : Slice
        Of the company or a group.

    Returns
    -------
    DataFrame
        Per kind and metric one row per team, after the teams of a group the group's, and the
        scope's last: kind, metric, scope (team, group, company), scope_id, name, group, asked (by
        plan or parameters), agreed (of groups and company the sum of their teams' goals, NaN where
        the measure does not add up), gap (agreed - asked), share [ratio of what the scope asks,
        else of what its teams agreed on], chance [ratio, as recorded with the goal], goals and
        missing [count of teams with and without a goal]. Values in the unit of the metric.
    """
    above = {
        one.kind: one for one in data.organisation.company_goals if one.quarter == _after(data)
    }
    plan = alignment.planned(data)
    rows: list[dict[str, Any]] = []
    for kind, metric in _measures(data, agreed, plan):
        mine = plan.loc[(plan["kind"] == kind) & (plan["metric"] == metric)]
        whose = mine["scope_id"].mask(mine["scope"] == "company", "")
        asked = dict(zip(zip(mine["scope"], whose, strict=True), mine["value"], strict=True))
        stated = above.get(kind)
        if stated is not None and stated.metric == metric:
            asked["company", ""] = stated.value
        rows += _shared([{"kind": kind, "metric": metric, **one} for one in
                         _levels(data, agreed, kind, metric, asked)])  # fmt: skip
    return pd.DataFrame(rows, columns=SUMS)


def _after(data: Slice) -> str:
    return str(data.quarter.next)


def _measures(
    data: Slice, agreed: Sequence[Agreed], plan: pd.DataFrame
) -> dict[tuple[Kind, str], None]:
    """Return kinds and metrics that a whole team has a goal on, or is to have by the plan."""
    stated = [one for one in data.organisation.company_goals if one.quarter == _after(data)]
    own = plan["scope"] == "company"
    own |= (plan["scope"] == "group") & plan["scope_id"].isin(data.teams["group"].dropna())
    own |= (plan["scope"] == "team") & plan["scope_id"].isin(data.team_ids)
    asked = plan.loc[own & plan["metric"].isin(REGISTRY)]
    found = [(one.kind, one.metric) for one in stated if data.scope == "company"]
    found += [*zip(asked["kind"], asked["metric"], strict=True)]
    found += [
        (goal.kind, goal.metric)
        for one in agreed
        for goal in one.record.goals
        if set(goal.scope) == {"team"}
    ]
    return dict.fromkeys(sorted(found, key=lambda key: key[0] != "revenue"))


def _levels(
    data: Slice, agreed: Sequence[Agreed], kind: str, metric: str, asked: dict[Any, float]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one measure: teams with their group after them, and the scope."""
    adds, groups = REGISTRY[metric].additive, data.teams.set_index("team_id")["group"]
    told = [(str(groups.get(one.team.team_ids[0]) or ""), one) for one in agreed]
    many = data.scope == "company" and len({group for group, _ in told}) > 1
    for group in dict.fromkeys(group for group, _ in told):
        inside = [one for own, one in told if own == group]
        for one in inside:
            yield _of_team(one, group, kind, metric, asked)
        if many and group:
            whole = {"scope": "group", "scope_id": group, "name": group, "group": group}
            yield whole | _sum(inside, kind, metric, asked.get(("group", group), nan), adds=adds)
    key = ("company", "") if data.scope == "company" else ("group", data.name)
    total = {"scope": key[0], "scope_id": key[1], "name": data.name, "group": ""}
    yield total | _sum(agreed, kind, metric, asked.get(key, nan), adds=adds)


def _of_team(
    one: Agreed, group: str, kind: str, metric: str, asked: dict[Any, float]
) -> dict[str, Any]:
    goal, team = one.whole(kind, metric), one.team.team_ids[0]
    wanted, value = asked.get(("team", team), nan), goal.current if goal else nan
    return {
        "scope": "team",
        "scope_id": team,
        "name": one.team.name,
        "group": group,
        "asked": wanted,
        "agreed": value,
        "gap": value - wanted,
        "chance": _chance(goal),
        "goals": int(goal is not None),
        "missing": int(goal is None),
    }


def _chance(goal: Goal | None) -> float:
    """Return the chance that was recorded with the last agreement on a goal."""
    last = goal.revisions[-1].evidence if goal and goal.revisions else None
    return nan if last is None or last.probability is None else last.probability


def _sum(
    agreed: Sequence[Agreed], kind: str, metric: str, asked: float, *, adds: bool
) -> dict[str, Any]:
    goals = [goal for one in agreed if (goal := one.whole(kind, metric)) is not None]
    value = round(sum(goal.current for goal in goals), 6) if adds and goals else nan
    counts = {"goals": len(goals), "missing": len(agreed) - len(goals)}
    return {"asked": asked, "agreed": value, "gap": value - asked, "chance": nan, **counts}


def _shared(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of one measure with their share of what the last one asks, else comes to."""
    last = rows[-1]
    whole = last["asked"] if last["asked"] > 0 else last["agreed"]
    adds = REGISTRY[last["metric"]].additive and whole > 0
    return [one | {"share": one["agreed"] / whole if adds else nan} for one in rows]


def parts(data: Slice, agreed: Sequence[Agreed]) -> pd.DataFrame:
    """Return goals on a part of the deals, such as a territory or an account; none on people.

    Returns
    -------
    DataFrame
        One row per goal, those on one part together: kind, metric, what (territory, account),
        part (its name), team (name), title, agreed, asked (by the plan of that part).
    """
    plan = alignment.planned(data)
    rows = []
    for one in agreed:
        for goal in one.record.goals:
            what = next((name for name in ("territory", "account") if name in goal.scope), "")
            if not what or "rep" in goal.scope:
                continue
            ids = _ids(one, goal, what)
            asked = plan.loc[(plan["scope"] == what) & plan["scope_id"].isin(ids)
                             & (plan["metric"] == goal.metric), "value"]  # fmt: skip
            told = (goal.kind, goal.metric, what, goal.scope[what], one.team.name, goal.title)
            rows.append((*told, goal.current, float(asked.iloc[0]) if len(asked) else nan))
    return pd.DataFrame(rows, columns=PARTS).sort_values(["kind", "part"], kind="stable")


def _ids(one: Agreed, goal: Goal, what: str) -> set[str]:
    name = goal.scope[what]
    return account_ids(one.team, name) if what == "account" else {name}


def unsettled(agreed: Sequence[Agreed], frame: pd.DataFrame) -> pd.DataFrame:
    """Return what does not fit together among the teams' goals.

    Parameters
    ----------
    frame : DataFrame
        As `sums` returns it of the same teams.

    Returns
    -------
    DataFrame
        kind, team (name; of several, in the organisation's order), title (of the goal, else ""),
        what (the measure, the parent, or the part), asked and parts [unit of the measure]. Kinds:
        plan (what is asked is not the sum of what is asked of its parts), missing (asked of the
        team or above it, and not agreed on), none (a goal without one above it), unknown (there is
        no such goal), other (the two do not add up), account and territory (claimed by several
        teams), two_targets (for one group or company).
    """
    found = [*_missing(frame), *_unlinked(agreed), *_claimed(agreed)]
    rows = [(*one, nan, nan) for one in found]
    return pd.DataFrame([*_uneven(frame), *rows], columns=OPEN)


def _uneven(frame: pd.DataFrame) -> Iterator[tuple[str, str, str, str, float, float]]:
    """Yield what is asked of a group or company, but not of its parts together."""
    for (_, metric), rows in frame.groupby(["kind", "metric"], sort=False):
        teams, groups, last = rows.loc[rows["scope"] == "team"], rows.iloc[:-1], rows.iloc[-1]
        groups = groups.loc[groups["scope"] == "group"]
        wholes = [(one, teams.loc[teams["group"] == one["name"]]) for _, one in groups.iterrows()]
        wholes.append((last, groups if groups["asked"].notna().any() else teams))
        for whole, below in wholes if REGISTRY[str(metric)].additive else []:
            told = below["asked"].sum(min_count=1)
            if abs(whole["asked"] - told) >= CENT:
                yield "plan", whole["name"], "", str(metric), whole["asked"], told


def _missing(frame: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
    for (_, metric), rows in frame.groupby(["kind", "metric"], sort=False):
        above = rows.loc[rows["scope"].isin(_ABOVE), "asked"].notna().any()
        gone = rows.loc[(rows["scope"] == "team") & (rows["goals"] == 0)]
        gone = gone if above else gone.loc[gone["asked"].notna()]
        if len(gone):
            yield "missing", ", ".join(gone["name"]), "", str(metric)


def _unlinked(agreed: Sequence[Agreed]) -> Iterator[tuple[str, str, str, str]]:
    for one in agreed:
        found = alignment.links(one.team, one.record)
        for row in found.itertuples():
            adds = REGISTRY[str(row.metric)].additive
            goal = one.record.goal(str(row.goal))
            orphan = row.state == "none" and alignment.fitting(one.team, one.record, goal)
            if orphan or row.state == "unknown" or (row.state == "other" and adds):
                yield str(row.state), one.team.name, goal.title, goal.parent or ""


def _claimed(agreed: Sequence[Agreed]) -> Iterator[tuple[str, str, str, str]]:
    """Yield parts of the deals that goals of several teams are about."""
    told = [(one, goal) for one in agreed for goal in one.record.goals if "rep" not in goal.scope]
    for what in _PART:
        mine = [(one, goal) for one, goal in told if what in goal.scope]
        for metric in dict.fromkeys(goal.metric for _, goal in mine):
            same = [(one, goal) for one, goal in mine if goal.metric == metric]
            names = [(name, one, goal) for one, goal in same for name in _ids(one, goal, what)]
            many = Counter(name for name, _, _ in names)
            yield from _several(what, [row for row in names if many[row[0]] > 1])


def _several(
    what: str, rows: list[tuple[str, Agreed, Goal]]
) -> Iterator[tuple[str, str, str, str]]:
    seen = set[frozenset[str]]()
    for name in dict.fromkeys(name for name, _, _ in rows):
        mine = [(one, goal) for own, one, goal in rows if own == name]
        teams = dict.fromkeys(one.team.name for one, _ in mine)
        alike = what in _ABOVE and len({goal.current for _, goal in mine}) == 1
        key = frozenset(f"{one.team.folder}/{goal.id}" for one, goal in mine)
        if len(teams) > 1 and not alike and key not in seen:  # one account by its id and its name
            seen.add(key)
            kind = "two_targets" if what in _ABOVE else what
            yield kind, ", ".join(teams), "", mine[0][1].scope[what]
