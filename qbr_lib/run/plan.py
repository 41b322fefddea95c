"""Which workbooks a run makes: every team's, then the portfolio of the company and each group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qbr_lib.data.store import Store
from qbr_lib.errors import ParameterError, QbrError, RunError, nearest
from qbr_lib.parameters import COMPANY, GROUP, TeamFile, Workspace, load_team, load_workspace
from qbr_lib.periods import Quarter
from qbr_lib.run.notebooks import PORTFOLIO, Notebook, available, check, choose

_SHARED = {"source", "mapping", "currency", "timezone", "fiscal_year_starts", "as_of"}


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
    group : str
        The team's group, empty where it has none; of a group's portfolio the group itself.
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
    group: str = ""
    beside: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Which workbook of its quarter: its folder and notebook."""
        return self.folder, self.notebook

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

    @property
    def cache(self) -> Path:
        """What its files were made from."""
        folder = self.root / "build" / "cache" / self.output.parent.name / self.folder
        return folder / f"{self.notebook}.json"


@dataclass(frozen=True)
class Plan:
    """What a run makes, in order.

    Parameters
    ----------
    workspace : Workspace
        Where.
    store : Store
        The data.
    quarter : Quarter
        Under review.
    workbooks : tuple of Workbook
        What is run now: teams in the organisation's order, portfolios last.
    every : tuple of Workbook
        Those and all others there are, in the order of the manifest.
    """

    workspace: Workspace
    store: Store
    quarter: Quarter
    workbooks: tuple[Workbook, ...]
    every: tuple[Workbook, ...]

    @property
    def as_of(self) -> dt.date:
        """The day of the data."""
        return self.store.as_of

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
    ids = [row["team_id"] for row in store.meta["teams"]]
    _check_teams(teams, ids)
    chosen = choose(workspace, tuple(notebooks))
    every = _every(workspace, store, quarter, language)
    names = [notebook.name for notebook in chosen]
    if teams and PORTFOLIO not in notebooks:
        names = [name for name in names if name != PORTFOLIO]
    wanted = tuple(
        book
        for book in every
        if book.notebook in names and (book.team is None or not teams or book.team in teams)
    )
    if not wanted:
        raise RunError(
            "There is no notebook to run",
            where="notebooks",
            got="no file for a team" if teams else "no file",
            wanted="files named as 1_review.ipynb",
            edit="put a notebook into the workspace's folder 'notebooks'",
        )
    for notebook in chosen:
        if notebook.name in names:
            check(notebook)
    return Plan(workspace, store, quarter, wanted, every)


def _every(
    workspace: Workspace, store: Store, quarter: Quarter, language: str | None
) -> tuple[Workbook, ...]:
    """Return all workbooks there are."""
    default = language or workspace.organisation.language
    common = {
        "quarter": str(quarter),
        "as_of": store.as_of.isoformat(),
        "workspace": str(workspace.root),
        "language": default,
        "overrides": {},
    }
    rows: list[dict[str, Any]] = store.meta["teams"]
    files = team_files(workspace, [row["team_id"] for row in rows])
    notebooks = available(workspace)
    books: list[Workbook] = []
    for row in rows:
        own = _team_parameters(files.get(row["team_id"]), default, forced=language is not None)
        books += _of_team(row, notebooks, common | own, store.folders[row["team_id"]])
    for notebook in notebooks:
        if notebook.name == PORTFOLIO:
            books += _portfolios(workspace, store, notebook, common)
    return tuple(books)


def _of_team(
    row: Mapping[str, Any],
    notebooks: Sequence[Notebook],
    parameters: Mapping[str, Any],
    folder: str,
) -> list[Workbook]:
    own = [notebook for notebook in notebooks if notebook.name != PORTFOLIO]
    return [
        Workbook(
            notebook=notebook.name,
            path=notebook.path,
            team=row["team_id"],
            name=row["name"] or row["team_id"],
            folder=folder,
            parameters={"team": row["team_id"], **parameters},
            group=row["group"] or "",
            beside=tuple(one.name for one in own),
        )
        for notebook in own
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
            parameters={"team": scope, **parameters},
            members=members,
            group=name if scope != COMPANY else "",
            beside=(notebook.name,),
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


def team_files(workspace: Workspace, ids: Sequence[str]) -> dict[str, TeamFile]:
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
    if shared := sorted(_SHARED & file.overrides.keys()):
        raise ParameterError(
            "A team cannot have its own source, currency or calendar",
            where=f"teams/{name}, 'overrides'",
            got=", ".join(shared),
            wanted="one for the organisation, since its teams are added up",
            edit=f"change it in org.yml, and delete it from {name}",
        )
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


def _team_parameters(file: TeamFile | None, default: str, *, forced: bool) -> dict[str, Any]:
    if file is None:
        return {}
    own = file.language or file.overrides.get("language")
    return {"language": default if forced or not own else own, "overrides": file.overrides}
