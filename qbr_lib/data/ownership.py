"""Which team a deal belonged to when: its owner's team at that moment, else the row's team.

A closing stays with the team that owned the deal then, so changes after it do not count. Snapshots
that earlier runs kept tell a deal's team themselves, since they may not tell its owner.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping

import pandas as pd

from qbr_lib.data.history import COLUMNS, empty
from qbr_lib.schema import UNASSIGNED

Frames = Mapping[str, pd.DataFrame]
Spells = dict[str, list[tuple[pd.Timestamp, str]]]
_EVER = pd.Timestamp.min


def team_changes(
    opportunities: pd.DataFrame, changes: pd.DataFrame, reps: pd.DataFrame | None
) -> tuple[pd.Series, pd.DataFrame]:
    """Follow every deal from team to team.

    Parameters
    ----------
    opportunities : DataFrame
        One row per deal as of the day, `team_id` as exported, `owner_id` as of the day.
    changes : DataFrame
        The history up to that day.
    reps : DataFrame or None
        A rep with several rows moves to a row's team on its `joined_on`.

    Returns
    -------
    tuple of Series and DataFrame
        The team of each deal as of the day (at closing for closed deals), indexed like
        `opportunities`; the moves as rows of the history with field `team_id`.
    """
    spells = _spells(reps)
    first = {owner: rows[0][1] for owner, rows in spells.items()}
    by_owner = opportunities["owner_id"].map(first).astype("str")
    team = by_owner.where(by_owner.notna(), opportunities["team_id"]).astype("str")
    owners = changes.loc[changes["field"] == "owner_id"]
    movers = {owner for owner, rows in spells.items() if len(rows) > 1}
    touched = set(owners["opportunity_id"])
    at_risk = opportunities["opportunity_id"].isin(touched) | opportunities["owner_id"].isin(movers)
    moves = []
    by_deal = dict(iter(owners.groupby("opportunity_id", sort=False)))
    for row in opportunities.loc[at_risk].itertuples():
        path = _path(row, by_deal.get(row.opportunity_id), spells)
        team.loc[row.Index] = path[-1][1]
        moves += [
            (row.opportunity_id, at, "team_id", before, after)
            for (_, before), (at, after) in itertools.pairwise(path)
        ]
    if not moves:
        return team, empty()
    return team, pd.DataFrame(moves, columns=COLUMNS).astype(empty().dtypes.to_dict())


def _spells(reps: pd.DataFrame | None) -> Spells:
    """Return each rep's teams with the moment each began, in order of time."""
    if reps is None:
        return {}
    ordered = reps.sort_values(["rep_id", "joined_on"], kind="stable", na_position="first")
    spells: Spells = {}
    for rep, joined, team in zip(
        ordered["rep_id"], ordered["joined_on"], ordered["team_id"], strict=True
    ):
        began = joined if rep in spells and pd.notna(joined) else _EVER
        spells.setdefault(rep, []).append((began, team))
    return spells


def _path(
    row: tuple[object, ...], owners: pd.DataFrame | None, spells: Spells
) -> list[tuple[pd.Timestamp, str]]:
    """Return the teams of one deal with the moment each began, up to its closing."""
    present, exported = getattr(row, "owner_id"), str(getattr(row, "team_id"))  # noqa: B009
    end = getattr(row, "closed_on")  # noqa: B009
    holders: list[tuple[pd.Timestamp, object]] = [(_EVER, present)]
    if owners is not None:
        holders = [(_EVER, owners["old"].iloc[0])]
        holders += list(zip(owners["at"], owners["new"], strict=True))
        if pd.isna(holders[0][1]):  # created with its first owner
            holders[:2] = [(_EVER, holders[1][1])]
    path: list[tuple[pd.Timestamp, str]] = []
    for n, (since, owner) in enumerate(holders):
        until = holders[n + 1][0] if n + 1 < len(holders) else pd.Timestamp.max
        for began, team in spells.get(str(owner), [(_EVER, exported)]):
            at = max(began, since)
            if at < until and (not path or path[-1][1] != team):
                if path and path[-1][0] == at:
                    path.pop()
                path.append((at, team))
    closing = pd.Timestamp.max if pd.isna(end) else pd.Timestamp(str(end)) + pd.Timedelta(days=1)
    kept = [step for step in path if step[0] < closing]
    return [step for n, step in enumerate(kept) if n == 0 or step[1] != kept[n - 1][1]]


def team_on(people: pd.Series, day: pd.Series, reps: pd.DataFrame | None) -> pd.Series:
    """Return the team of each person on a day; missing where `reps` does not know them."""
    if reps is None or reps.empty:
        return people.mask(people.notna()).astype("str")
    order = reps.sort_values(["rep_id", "joined_on"], kind="stable", na_position="first")
    first = ~order["rep_id"].duplicated()
    spells = order.assign(began=order["joined_on"].mask(first | order["joined_on"].isna(), _EVER))
    asked = pd.DataFrame({"rep_id": people, "day": day.astype("datetime64[us]")}).dropna()
    spells = spells[["rep_id", "began", "team_id"]].astype({"began": "datetime64[us]"})
    found = pd.merge_asof(
        asked.reset_index(names="row").sort_values("day", kind="stable"),
        spells.sort_values("began", kind="stable"),
        left_on="day",
        right_on="began",
        by="rep_id",
    ).set_index("row")
    return found["team_id"].reindex(people.index).astype("str")


def assign(
    deals: pd.DataFrame, changes: pd.DataFrame, tables: Frames, seen: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every deal its team as of the day, and the changes its moves from team to team.

    Parameters
    ----------
    deals, changes : DataFrame
        As of the day; the changes hold the moves that snapshots tell.
    seen : DataFrame
        As `watched` returns it, with `team` as of the day.

    Returns
    -------
    tuple of DataFrame
        The deals with `team_id` resolved and `team_as_exported`; the changes in order.
    """
    teams, ids = tables["teams"], deals["opportunity_id"]
    following = seen.index[seen["follows"]]
    now = deals["owner_id"].where(~ids.isin(seen.index), ids.map(seen["owner"]))
    told = changes["opportunity_id"].isin(seen.index)
    by_owner = deals.assign(owner_id=now).loc[~ids.isin(following)]
    team, moves = team_changes(by_owner, changes.loc[~told], tables.get("reps"))
    moves = moves.assign(old=known_teams(moves["old"], teams), new=known_teams(moves["new"], teams))
    moves = moves.loc[moves["old"] != moves["new"]]
    needless = (changes["field"] == "team_id") & ~changes["opportunity_id"].isin(following)
    by_snapshot = ids.map(seen["team"]).astype("str")
    resolved = team.reindex(deals.index).astype("str").fillna(by_snapshot)
    owned = deals.assign(
        team_as_exported=deals["team_id"], team_id=known_teams(resolved, teams).astype("str")
    )
    both = pd.concat([changes.loc[~needless], moves], ignore_index=True)
    return owned, both.sort_values(["opportunity_id", "at"], kind="stable").reset_index(drop=True)


def present(deals: pd.DataFrame, tables: Frames, latest: dt.date) -> pd.Series:
    """Return the team of each exported deal at its closing, or as of the newest day."""
    end = deals["closed_on"].fillna(pd.Timestamp(latest))
    team = team_on(deals["owner_id"], end, tables.get("reps")).fillna(deals["team_id"])
    return known_teams(team, tables["teams"])


def with_teams(snapshots: pd.DataFrame, tables: Frames) -> pd.DataFrame:
    """Return snapshots with the team they tell, else the one of the owner they tell."""
    given = snapshots.get("team_id", pd.Series(index=snapshots.index, dtype="str"))
    owners = team_on(snapshots["owner_id"], snapshots["taken_on"], tables.get("reps"))
    return snapshots.assign(team_id=given.fillna(owners).astype("str"))


def watched(deals: pd.DataFrame, snapshots: pd.DataFrame | None, tables: Frames) -> pd.DataFrame:
    """Return the exported deals whose team snapshots tell.

    Returns
    -------
    DataFrame
        By opportunity_id: `owner` as exported, and whether the deal `follows` the snapshots from
        team to team. It does where they ever told another team than that owner's; otherwise the
        owner's teams say the same, to the day.
    """
    now = deals.set_index("opportunity_id")[["owner_id", "team_id"]]
    if snapshots is None or "team_id" not in snapshots:
        return pd.DataFrame({"owner": now["owner_id"], "follows": False}).head(0)
    rows = snapshots.loc[snapshots["team_id"].notna() & snapshots["opportunity_id"].isin(now.index)]
    owner, exported = (rows["opportunity_id"].map(now[name]) for name in now)
    teams = team_on(owner, rows["taken_on"], tables.get("reps")).fillna(exported)
    other = rows["team_id"] != known_teams(teams, tables["teams"])
    follows = other.groupby(rows["opportunity_id"]).any()
    return pd.DataFrame({"owner": now["owner_id"].reindex(follows.index), "follows": follows})


def of_people(tables: Frames) -> dict[str, pd.DataFrame]:
    """Return leads and activities with the team of their person on their day.

    A lead of nobody known keeps its own team; an activity is then of its deal's team.
    """
    reps, made = tables.get("reps"), {}
    if "leads" in tables:
        leads = tables["leads"]
        team = team_on(leads["owner_id"], leads["created_on"], reps).fillna(leads["team_id"])
        made["leads"] = leads.assign(team_id=known_teams(team, tables["teams"]))
    if "activities" in tables:
        acts = tables["activities"]
        by_deal = tables["opportunities"].set_index("opportunity_id")["team_id"]
        team = team_on(acts["rep_id"], acts["done_on"], reps)
        team = team.fillna(acts["opportunity_id"].map(by_deal)).astype("str")
        made["activities"] = acts.assign(team_id=team)
    return made


def known_teams(team: pd.Series, teams: pd.DataFrame) -> pd.Series:
    """Return teams with every one that `teams` does not list as `unassigned`."""
    return team.where(team.isin(teams["team_id"]), UNASSIGNED)
