"""Which workbooks a run makes: every team's, then the portfolio of the company and each group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qbr_lib.data.slices import GROUP
from qbr_lib.data.store import Store
from qbr_lib.errors import ParameterError, QbrError, RunError, nearest
from qbr_lib.parameters import COMPANY, TeamFile, Workspace, load_team, load_workspace
from qbr_lib.periods import Quarter
from qbr_lib.run.notebooks import PORTFOLIO, Notebook, available, check, choose


@dataclass(frozen=True)
class Workbook:
    """One notebook for one team, or the portfolio of one group or the company.

    Parameters
    ----------
    notebook : str
        "review" and so on.
    path : Path
        The notebook file.
    team : str or None
        The team's id; None for a portfolio.
    name : str
        What a reader calls the team, the group or the company.
    folder : str
        Its folder under `build/<quarter>/`.
    parameters : mapping
        What papermill hands over.
    members : tuple of str
        The teams a portfolio covers.
    beside : tuple of str
        Every notebook of its folder, itself among them.
    """

    notebook: str
    path: Path
    team: str | None
    name: str
    folder: str
    parameters: Mapping[str, Any]
    members: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return Path(self.parameters["workspace"])

    @property
    def output(self) -> Path:
        """The folder of its files."""
        return self.root / "build" / str(self.parameters["quarter"]) / self.folder

    @property
    def kept(self) -> Path:
        """Where its result is kept for good."""
        name = f"{self.notebook}-{self.parameters['as_of']}.result.json"
        return self.root / "history" / "results" / self.output.parent.name / self.folder / name


@dataclass(frozen=True)
class Plan:
    """What a run makes, in order.

    Parameters
    ----------
    workspace : Workspace
        Where.
    quarter : Quarter
        Under review.
    as_of : date
        The day of the data.
    workbooks : tuple of Workbook
        Teams in the organisation's order, portfolios last.
    known : tuple of (str or None, str)
        Every team and notebook there is, run now or not, in the order of the manifest.
    folders : mapping of str to str
        Each team's folder.
    """

    workspace: Workspace
    quarter: Quarter
    as_of: dt.date
    workbooks: tuple[Workbook, ...]
    known: tuple[tuple[str | None, str], ...]
    folders: Mapping[str, str]

    @property
    def folder(self) -> Path:
        """`build/<quarter>`."""
        return self.workspace.build / str(self.quarter)


def make_plan(
    workspace: Workspace,
    store: Store,
    *,
    quarter: Quarter,
    teams: Sequence[str] = (),
    notebooks: Sequence[str] = (),
    language: str | None = None,
) -> Plan:
    """Plan a run; whatever would stop it is refused here, before anything is executed.

    Parameters
    ----------
    teams, notebooks : sequence of str
        Team ids and notebook names; all where none is named. With teams the portfolio is left out
        unless it is named.
    language : {"de", "en"}, optional
        Instead of what team files and `org.yml` say.

    Raises
    ------
    QbrError
        If a team, a notebook or a team file is refused.
    """
    rows: list[dict[str, Any]] = store.meta["teams"]
    ids = [row["team_id"] for row in rows]
    _check_teams(teams, ids)
    files = _team_files(workspace, ids)
    chosen = _chosen(workspace, teams, notebooks)
    common = {
        "quarter": str(quarter),
        "as_of": store.as_of.isoformat(),
        "workspace": str(workspace.root),
    }
    default = language or workspace.organisation.language
    workbooks: list[Workbook] = []
    for row in (row for row in rows if not teams or row["team_id"] in teams):
        own = _team_parameters(row["team_id"], files, default, forced=language is not None)
        workbooks += _of_team(row, chosen, common | own, store.folders[row["team_id"]])
    for notebook in (n for n in chosen if n.name == PORTFOLIO):
        own = {"language": default, "overrides": {}}
        workbooks += _portfolios(workspace, store, notebook, common | own)
    names = [notebook.name for notebook in available(workspace)]
    apart = [name for name in names if name != PORTFOLIO]
    known = [(team, name) for team in ids for name in apart]
    known += [(None, PORTFOLIO)] if PORTFOLIO in names else []
    placed = (replace(b, beside=tuple(apart) if b.team else (PORTFOLIO,)) for b in workbooks)
    return Plan(workspace, quarter, store.as_of, tuple(placed), tuple(known), store.folders)


def _chosen(workspace: Workspace, teams: Sequence[str], notebooks: Sequence[str]) -> list[Notebook]:
    """Return the notebooks to run, each of them checked."""
    chosen = [
        notebook
        for notebook in choose(workspace, tuple(notebooks))
        if not (teams and notebook.name == PORTFOLIO and PORTFOLIO not in notebooks)
    ]
    if not chosen:
        raise RunError(
            "There is no notebook to run",
            where="notebooks",
            got="no file for a team" if teams else "no file",
            wanted="files named as 1_review.ipynb",
            edit="put a notebook into the workspace's folder 'notebooks'",
        )
    for notebook in chosen:
        check(notebook)
    return chosen


def _of_team(
    row: Mapping[str, Any], chosen: Sequence[Notebook], parameters: Mapping[str, Any], folder: str
) -> list[Workbook]:
    team = row["team_id"]
    return [
        Workbook(
            notebook=notebook.name,
            path=notebook.path,
            team=team,
            name=row["name"] or team,
            folder=folder,
            parameters={"team": team} | dict(parameters),
        )
        for notebook in chosen
        if notebook.name != PORTFOLIO
    ]


def _portfolios(
    workspace: Workspace, store: Store, notebook: Notebook, parameters: Mapping[str, Any]
) -> list[Workbook]:
    teams = store.teams
    scopes = [(COMPANY, workspace.organisation.company, COMPANY, tuple(teams["team_id"]))]
    for group, folder in store.group_folders.items():
        inside = tuple(teams.loc[teams["group"] == group, "team_id"])
        scopes.append((f"{GROUP}{group}", group, folder, inside))
    return [
        Workbook(
            notebook=notebook.name,
            path=notebook.path,
            team=None,
            name=name,
            folder=folder,
            parameters={"team": scope} | dict(parameters),
            members=members,
        )
        for scope, name, folder, members in scopes
    ]


def _check_teams(wanted: Sequence[str], ids: Sequence[str]) -> None:
    for team in wanted:
        if team not in ids:
            raise RunError(
                "The team is unknown",
                where="parameter 'team'",
                got=f"'{team}'",
                wanted=nearest(team, ids),
                edit="name a team_id of the table teams",
            )


def _team_files(workspace: Workspace, ids: Sequence[str]) -> dict[str, TeamFile]:
    """Read the team files; each must name a team of the data, and no team twice."""
    found: dict[str, TeamFile] = {}
    for path in sorted((workspace.parameters / "teams").glob("*.yml")):
        file = load_team(path)
        if file.team not in ids or file.team in found:
            unknown = file.team not in ids
            raise ParameterError(
                "A team file names an unknown team" if unknown else "A team has two team files",
                where=f"teams/{path.name}, 'team'",
                got=f"'{file.team}'",
                wanted=nearest(file.team, ids) if unknown else "one file per team",
                edit=f"change 'team' in {path.name}, or delete the file",
            )
        _check_overrides(workspace, file, path.name)
        found[file.team] = file
    return found


def _check_overrides(workspace: Workspace, file: TeamFile, name: str) -> None:
    try:
        load_workspace(workspace.root, file.overrides)
    except QbrError as err:
        raise ParameterError(
            err.what,
            where=f"teams/{name}, 'overrides'",
            got=err.got,
            wanted=err.wanted,
            edit=f"change 'overrides' in {name}",
        ) from err


def _team_parameters(
    team: str, files: Mapping[str, TeamFile], default: str, *, forced: bool
) -> dict[str, Any]:
    file = files.get(team)
    if file is None:
        return {"language": default, "overrides": {}}
    own = file.language or file.overrides.get("language")
    return {"language": default if forced or not own else own, "overrides": file.overrides}
