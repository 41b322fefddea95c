"""Which team a deal belonged to when: its owner's team at that moment, else the row's team.

A closing stays with the team that owned the deal then, so changes after it do not count.
"""

from __future__ import annotations

import itertools

import pandas as pd

from qbr_lib.data.history import COLUMNS, empty
from qbr_lib.schema import UNASSIGNED

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


def known_teams(team: pd.Series, teams: pd.DataFrame) -> pd.Series:
    """Return teams with every one that `teams` does not list as `unassigned`."""
    return team.where(team.isin(teams["team_id"]), UNASSIGNED)


def teams_of(
    rows: pd.DataFrame, deals: pd.DataFrame, reps: pd.DataFrame | None, *, person: str, day: str
) -> pd.Series:
    """Return the team that each lead or activity belongs to.

    It is the row's own team where it names one, else its person's team on that day, else the team
    of the deal it belongs to.

    Parameters
    ----------
    rows : DataFrame
        Leads or activities.
    deals : DataFrame
        One row per deal, `team_id` resolved.
    person, day : str
        The columns that say who and when.
    """
    by_deal = rows["opportunity_id"].map(deals.set_index("opportunity_id")["team_id"])
    team = rows["team_id"] if "team_id" in rows else pd.Series(pd.NA, index=rows.index)
    return team.fillna(_on_day(rows, reps, person, day)).fillna(by_deal).astype("str")


def _on_day(rows: pd.DataFrame, reps: pd.DataFrame | None, person: str, day: str) -> pd.Series:
    """Return the team of each row's person on its day, missing where the person is unknown."""
    spells = [
        (rep, max(began, pd.Timestamp("1800-01-01")), team)
        for rep, steps in _spells(reps).items()
        for began, team in steps
    ]
    known = pd.DataFrame(spells, columns=[person, "began", "team"]).astype({person: "str"})
    asked = pd.DataFrame({person: rows[person].astype("str"), "at": rows[day]}).reset_index()
    asked = asked.dropna(subset=["at"]).sort_values("at", kind="stable")
    known = known.assign(began=known["began"].astype(asked["at"].dtype)).sort_values("began")
    found = pd.merge_asof(asked, known, left_on="at", right_on="began", by=person)
    return found.set_index("index")["team"].reindex(rows.index)
