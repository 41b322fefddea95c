"""One team and quarter, or one group or the company: what a notebook works on."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from qbr_lib.data import fingerprint, holders, partition
from qbr_lib.data import store as stores
from qbr_lib.data.partition import HOLDERS, PEOPLE, PRIORS, UNASSIGNED_FOLDER, UNUSABLE
from qbr_lib.data.people import People, key_of, normal
from qbr_lib.data.store import Store, check_quarter
from qbr_lib.errors import RunError, nearest
from qbr_lib.parameters import COMPANY, GROUP, Organisation, Workspace, load_workspace
from qbr_lib.periods import Quarter
from qbr_lib.schema import OPEN, UNASSIGNED

Scope = Literal["team", "group", "company"]


@dataclass(frozen=True)
class Slice:
    """The data of one team (or group, or the company) and the quarter under review.

    Parameters
    ----------
    scope : {"team", "group", "company"}
        What it covers.
    team_ids : tuple of str
        The teams in scope; `unassigned` is among the company's where such deals exist.
    name : str
        What a reader calls it.
    quarter : Quarter
        Under review.
    as_of : date
        Nothing later is in it.
    organisation : Organisation
        Parameters with the run's overrides.
    tables : mapping of str to DataFrame
        Canonical tables that exist; `opportunities` holds every deal the teams ever owned, as of
        `as_of`, with `removed_on`.
    columns : mapping
        The columns the source gave, by table.
    history : DataFrame or None
        Changes (see `data.history`), None without events and snapshots.
    history_kind : {"events", "snapshots"} or None
        What the changes were read from.
    history_since : date or None
        The state is known from the end of this day on.
    data_since : date or None
        The organisation's first closing day.
    flags : DataFrame
        Deals that are kept but want mending.
    hygiene, provenance : mapping
        Rejected rows, how many of them tell no team, and what is impossible; hashes of what this
        was made from.
    teams : DataFrame
        team_id, name, group, territory of the teams in scope, in the organisation's order.
    root : Path
        The workspace's folder, where the records of the meetings are.
    folder : str
        The scope's folder under `build/<quarter>/` and `parameters/records/<quarter>/`.
    people : People
        Shows the people that others typed as the organisation wants them shown.
    event_fields : frozenset of str
        The fields whose changes events record; what else the history tells comes from snapshots.
    """

    scope: Scope
    team_ids: tuple[str, ...]
    name: str
    quarter: Quarter
    as_of: dt.date
    organisation: Organisation
    tables: Mapping[str, pd.DataFrame]
    columns: Mapping[str, frozenset[str]]
    history: pd.DataFrame | None
    history_kind: Literal["events", "snapshots"] | None
    history_since: dt.date | None
    data_since: dt.date | None
    flags: pd.DataFrame
    hygiene: Mapping[str, Any]
    provenance: Mapping[str, Any]
    teams: pd.DataFrame
    people: People = field(default_factory=People)
    root: Path = Path()
    folder: str = ""
    event_fields: frozenset[str] = frozenset()

    @property
    def opportunities(self) -> pd.DataFrame:
        """Every deal the teams ever owned, as of `as_of`."""
        return self.tables["opportunities"]

    @cached_property
    def decided(self) -> pd.DataFrame:
        """The deals that the teams in scope won or lost; gathered once, since most figures ask."""
        deals = self.opportunities
        closed = deals.loc[deals["status"] != OPEN]
        return closed.loc[closed["team_id"].isin(self.team_ids)]

    @property
    def over(self) -> bool:
        """Whether the quarter under review has ended by the day of the data."""
        return self.as_of >= self.quarter.last_day

    def has(self, table: str, column: str | None = None) -> bool:
        """Tell whether the source gave a table, or a column of it."""
        given = self.columns.get(table)
        return given is not None and (column is None or column in given)

    def holders(self, column: str) -> pd.Series:
        """Return how many people hold each value of a column in the quarter under review.

        Parameters
        ----------
        column : str
            One of `holders.HELD`; of another, and of a source without owners, nothing is known.
        """
        rows = self.tables.get(HOLDERS, pd.DataFrame(columns=holders.COLUMNS))
        mine = rows.loc[(rows["column"] == column) & (rows["quarter"] == str(self.quarter))]
        return mine.set_index("value")["people"].astype("int64")

    def at(self, quarter: Quarter) -> Slice:
        """Return the same data with another quarter under review."""
        other = dataclasses.replace(self, quarter=quarter)
        vars(other)["decided"] = self.decided
        return other


def open_slice(
    team: str,
    quarter: str,
    *,
    as_of: str = "latest",
    workspace: str | Path = ".",
    overrides: Mapping[str, Any] | None = None,
) -> Slice:
    """Open what a notebook works on, preparing the store where it is missing.

    Parameters
    ----------
    team : str
        A team id, "company", or "group:" and a group's id.
    quarter : str
        Such as "2026-Q3"; empty for the last one finished.
    as_of : str
        A day, or "latest" for what the organisation's parameters say.

    Raises
    ------
    QbrError
        If team or quarter are unknown, or the data is refused.
    """
    place = load_workspace(workspace, overrides)
    store = stores.prepare(place, as_of=None if as_of == "latest" else as_of)
    return load(store, place, team=team, quarter=check_quarter(store, place.organisation, quarter))


def load(store: Store, workspace: Workspace, *, team: str, quarter: Quarter) -> Slice:
    """Read one team's slice, or those of a group or the company.

    Raises
    ------
    RunError
        If the team or group is unknown, with the nearest name.
    """
    scope, ids, name, folder = scope_of(store, team, workspace.organisation)
    tables = _tables(store, scope, ids, name) | {PRIORS: fingerprint.priors_of(store, quarter)}
    flags, history, people = (tables.pop(one) for one in ("flags", "history", PEOPLE))
    kind, since = store.meta["history"]["kind"], store.meta["history"]["since"]
    rows = store.teams
    return Slice(
        scope=scope,
        team_ids=ids,
        name=name,
        quarter=quarter,
        as_of=store.as_of,
        organisation=workspace.organisation,
        tables=tables,
        columns={name: frozenset(given) for name, given in store.meta["columns"].items()},
        history=history if kind else None,
        history_kind=kind,
        history_since=dt.date.fromisoformat(since) if since else None,
        data_since=store.first_day,
        flags=flags,
        hygiene=store.hygiene,
        provenance={
            "slice": fingerprint.of_slices(store, ids),
            "organisation": fingerprint.of_shared(store, quarter, whole=scope != "team"),
            "parameters": fingerprint.of_parameters(workspace.organisation),
            "people": store.meta["people"],
        },
        teams=rows.loc[rows["team_id"].isin(ids)].reset_index(drop=True),
        root=workspace.root,
        folder=folder,
        people=_people(people, store, workspace),
        event_fields=frozenset(store.meta["history"]["recorded"]),
    )


def _tables(store: Store, scope: Scope, ids: tuple[str, ...], name: str) -> dict[str, pd.DataFrame]:
    """Return the tables of the teams in scope, and what all may read."""
    folders = {**store.folders, UNASSIGNED: UNASSIGNED_FOLDER}
    tables = _joined([_read(store.folder / "teams" / folders[one]) for one in ids])
    shared = _read(store.folder / "organisation")
    held, teamless = shared.pop(HOLDERS), shared.pop(UNUSABLE)
    if scope == "company":
        own = tables[UNUSABLE].loc[tables[UNUSABLE]["team_id"] != UNASSIGNED]
        tables[UNUSABLE] = pd.concat([own, teamless], ignore_index=True)
    if scope != "team":
        group = name if scope == "group" else ""
        tables[HOLDERS] = held.loc[(held["scope"] == scope) & (held["scope_id"] == group)]
    targets = [part["targets"] for part in (tables, shared) if "targets" in part]
    if targets:
        tables["targets"] = pd.concat(targets, ignore_index=True)
    return shared | tables


def _people(known: pd.DataFrame, store: Store, workspace: Workspace) -> People:
    names = {*store.teams["team_id"], *store.teams["name"].dropna(), *store.group_folders}
    return People(
        mode=store.meta["people"],
        known=dict(zip(known["sign"], known["shown"], strict=True)),
        groups=frozenset(map(normal, {*names, workspace.organisation.company})),
        key=partial(key_of, workspace.history),
    )


def scope_of(
    store: Store, team: str, organisation: Organisation
) -> tuple[Scope, tuple[str, ...], str, str]:
    """Return a scope's kind, teams, name and folder; an unknown one is refused."""
    rows = store.teams
    if team == COMPANY and team not in set(rows["team_id"]):
        extra = [UNASSIGNED] if store.meta["unassigned"] else []
        return "company", (*rows["team_id"], *extra), organisation.company, COMPANY
    if team.startswith(GROUP):
        group = team.removeprefix(GROUP)
        inside = rows.loc[rows["group"] == group, "team_id"]
        if len(inside):
            return "group", tuple(inside), group, store.group_folders[group]
    found = rows.loc[rows["team_id"] == team]
    if len(found) == 1:
        name = found["name"].iloc[0]
        return "team", (team,), str(name) if pd.notna(name) else team, store.folders[team]
    groups = [f"{GROUP}{group}" for group in store.group_folders]
    raise RunError(
        "The team is unknown",
        where="parameter 'team'",
        got=f"'{team}'",
        wanted=nearest(team, [*rows["team_id"], COMPANY, *groups]),
        edit="name a team_id of the table teams",
    )


def _read(folder: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: partition.table(path) for path in sorted(folder.glob("*.parquet"))}


def _joined(parts: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """Join slices; a deal that several teams owned stands once, changes likewise."""
    if len(parts) == 1:
        return dict(parts[0])
    first = pd.concat(
        [pd.Series(n, part["opportunities"]["opportunity_id"]) for n, part in enumerate(parts)]
    )
    first = first[~first.index.duplicated()]
    keys = {"opportunities": "opportunity_id", "accounts": "account_id"}
    keys |= {"leads": "lead_id", "activities": "activity_id"}
    joined = {}
    for name in sorted({name for part in parts for name in part}):
        pieces = [(n, part[name]) for n, part in enumerate(parts) if name in part]
        if name in ("history", "flags"):  # of the deals that no earlier part holds
            pieces = [(n, rows.loc[rows["opportunity_id"].map(first) == n]) for n, rows in pieces]
        whole = pd.concat([rows for _, rows in pieces], ignore_index=True)
        if name in keys or name == "targets":
            whole = whole.drop_duplicates(keys.get(name))
        joined[name] = whole.reset_index(drop=True)
    return joined
