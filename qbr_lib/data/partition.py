"""Cutting the organisation's data into one folder per team, and one for what all may read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow import ArrowException

from qbr_lib.data.prepare import Prepared
from qbr_lib.errors import StoreError
from qbr_lib.parameters import folder_names
from qbr_lib.schema import OPEN, TABLES, UNASSIGNED

TEAM_COLUMNS = ["team_id", "name", "group", "territory"]
PEOPLE, HOLDERS, UNUSABLE, PRIORS = "people", "holders", "unusable", "priors"
SHARED = ("teams", "market", "competitor_notes", "fx_rates")
UNASSIGNED_FOLDER = "_unassigned"
_SNAPSHOT = [
    *(column for column in TABLES["opportunity_snapshots"].names if column != "taken_on"),
    "team_id",  # without an owner nobody could tell it later
]


def write(root: Path, data: Prepared) -> dict[str, Any]:
    """Write every slice below `root` and return what `store.json` holds.

    Returns
    -------
    dict
        as_of, latest, data_since, people, teams, columns, history, slices (SHA-256 by team),
        hygiene.
    """
    teams = data.tables["teams"]
    folders = folder_names(teams["team_id"])
    hashes, everyone = {}, [*teams["team_id"]]
    if _owned_ever(data, UNASSIGNED).any():
        everyone.append(UNASSIGNED)
        folders = {**folders, UNASSIGNED: UNASSIGNED_FOLDER}
    for team in everyone:
        hashes[team] = _write_tables(root / "teams" / folders[team], team_tables(data, team))
    shared = {name: data.tables[name] for name in SHARED if name in data.tables}
    shared["targets"] = _targets(data, scopes=("company", "group"))
    shared[UNUSABLE] = data.unusable.loc[data.unusable["team_id"] == UNASSIGNED]
    shared[HOLDERS] = data.holders.loc[data.holders["scope"] != "team"]
    shared[PRIORS] = data.priors
    shared["endings"] = data.endings
    shared[PEOPLE] = pd.DataFrame(data.people.known.items(), columns=["sign", "shown"], dtype="str")
    _write_tables(root / "organisation", {k: v for k, v in shared.items() if v is not None})
    running = _write_snapshot(root, data)
    return {
        "as_of": data.as_of.isoformat(),
        "latest": data.latest.isoformat(),
        "data_since": data.data_since.isoformat() if data.data_since else None,
        "people": data.people.mode,
        "teams": _records(teams[TEAM_COLUMNS]),
        "unassigned": UNASSIGNED in everyone,
        "columns": {name: sorted(columns) for name, columns in data.columns.items()},
        "history": {
            "kind": data.history.kind,
            "since": data.history.since.isoformat() if data.history.since else None,
            "recorded": sorted(data.history.recorded),
        },
        "open_deals": running,
        "slices": hashes,
        "hygiene": {
            "deals": len(data.tables["opportunities"]),
            "rejected": int((data.rejected["table"] == "opportunities").sum()),
            "without_team": len(shared[UNUSABLE]),
            "impossible": data.impossible,
        },
    }


def team_tables(data: Prepared, team: str) -> dict[str, pd.DataFrame]:
    """Return one team's tables: every deal it ever owned, and what belongs to them."""
    deals = data.tables["opportunities"].loc[_owned_ever(data, team)]
    ids = deals["opportunity_id"]
    tables = {"opportunities": deals.drop(columns="team_as_exported")}
    changes = data.history.changes
    tables["history"] = changes.loc[changes["opportunity_id"].isin(ids)]
    tables["flags"] = data.flags.loc[data.flags["opportunity_id"].isin(ids)]
    tables[UNUSABLE] = data.unusable.loc[data.unusable["team_id"] == team]
    given = data.tables
    reps = pd.Series(dtype="str")
    if "reps" in given:
        tables["reps"] = given["reps"].loc[given["reps"]["team_id"] == team]
        reps = tables["reps"]["rep_id"]
    if "accounts" in given:
        tables["accounts"] = given["accounts"].loc[
            given["accounts"]["account_id"].isin(deals["account_id"])
        ]
    if "leads" in given:
        tables["leads"] = given["leads"].loc[given["leads"]["team_id"] == team]
    if "activities" in given:
        acts = given["activities"]
        mine = (acts["team_id"] == team) | acts["opportunity_id"].isin(ids)
        tables["activities"] = acts.loc[mine]
    if "forecasts" in given:
        told = given["forecasts"]
        tables["forecasts"] = told.loc[(told["scope"] == "team") & (told["scope_id"] == team)]
    own = (data.holders["scope"] == "team") & (data.holders["scope_id"] == team)
    tables[HOLDERS] = data.holders.loc[own]
    targets = _targets(data, scopes=("team",), ids=[team])
    below = _targets(data, scopes=("rep", "territory", "account"))
    if targets is not None and below is not None:
        own = (below["scope"] == "rep") & below["scope_id"].isin(reps)
        for scope, column in (("territory", "territory"), ("account", "account_id")):
            mine = _held_alone(data, team, column)
            own |= (below["scope"] == scope) & below["scope_id"].isin(mine)
        tables["targets"] = pd.concat([targets, below.loc[own]], ignore_index=True)
    return {name: frame.reset_index(drop=True) for name, frame in tables.items()}


def _held_alone(data: Prepared, team: str, column: str) -> list[str]:
    """Return the territories or accounts that are this team's: its own, or sold to by no other."""
    deals = data.tables["opportunities"]
    teams = deals.groupby(column)["team_id"].agg(["nunique", "first"])
    mine = teams.index[(teams["nunique"] == 1) & (teams["first"] == team)]
    places = data.tables["teams"].dropna(subset=["territory"])
    single = places.loc[~places["territory"].duplicated(keep=False)]
    own = single.loc[single["team_id"] == team, "territory"] if column == "territory" else []
    others = set(single["territory"]) - set(own) if column == "territory" else set()
    return [*(set(mine) - others), *own]


def _owned_ever(data: Prepared, team: str) -> pd.Series:
    deals, changes = data.tables["opportunities"], data.history.changes
    moves = changes.loc[changes["field"] == "team_id"]
    touched = moves.loc[(moves["old"] == team) | (moves["new"] == team), "opportunity_id"]
    return (deals["team_id"] == team) | deals["opportunity_id"].isin(touched)


def _targets(
    data: Prepared, *, scopes: tuple[str, ...], ids: list[str] | None = None
) -> pd.DataFrame | None:
    if "targets" not in data.tables:
        return None
    targets = data.tables["targets"]
    chosen = targets["scope"].isin(scopes)
    return targets.loc[chosen if ids is None else chosen & targets["scope_id"].isin(ids)]


def _write_snapshot(root: Path, data: Prepared) -> int:
    deals = data.tables["opportunities"]
    running = deals.loc[(deals["status"] == OPEN) & deals["removed_on"].isna(), _SNAPSHOT]
    running = running.assign(taken_on=pd.Timestamp(data.as_of).as_unit("us"))
    running.sort_values("opportunity_id").to_parquet(root / "snapshot.parquet", index=False)
    return len(running)


def _write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> str:
    folder.mkdir(parents=True)
    total = hashlib.sha256()
    for name, frame in sorted(tables.items()):
        path = folder / f"{name}.parquet"
        frame.to_parquet(path, index=False)
        total.update(name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def table(path: Path) -> pd.DataFrame:
    """Return a table as it was written.

    Raises
    ------
    StoreError
        If the file is damaged, as after a power failure.
    """
    try:
        return pd.read_parquet(path)
    except ArrowException as err:
        raise StoreError(
            "The prepared store is damaged",
            where=f"build/store/…/{path.parent.name}/{path.name}",
            got=f"{path.stat().st_size} bytes that are no table in Parquet",
            wanted="the file as it was prepared",
            edit="delete the folder build/store; the next run makes it again",
        ) from err


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(frame.to_json(orient="records"))
    return records
