"""The command `qbr backtest`: how often past outlooks were right. Wiring only."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pandas as pd
import typer

from qbr_lib.cli import progress
from qbr_lib.cli.options import (
    HERE,
    AsOfOption,
    JobsOption,
    LanguageOption,
    TeamOption,
    WorkspaceOption,
    cores,
    given,
)
from qbr_lib.data import slices
from qbr_lib.data import store as stores
from qbr_lib.data.store import Store
from qbr_lib.formats import Formats
from qbr_lib.parameters import COMPANY, GROUP, Workspace, load_workspace
from qbr_lib.periods import Quarter
from qbr_lib.run import Event, Outcome, Plan, Workbook, reasons
from qbr_lib.run.files import put
from qbr_lib.run.plan import team_files
from qbr_lib.run.pool import Pool
from qbr_lib.words import in_language

if TYPE_CHECKING:  # seconds to import, which other commands need not wait for
    from qbr_lib.outlook.backtest import Verdict
    from qbr_lib.outlook.report import Report

SCHEMA = 1
NAME = "backtest"
FAILED = 1
Judged = tuple[pd.DataFrame, float]


def backtest(
    workspace: WorkspaceOption = HERE,
    team: TeamOption = None,
    jobs: JobsOption = None,
    as_of: AsOfOption = None,
    language: LanguageOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per event.")] = False,
) -> None:
    """Judge past outlooks: make them as on every week of past quarters, hold what came beside."""
    place = load_workspace(workspace, given(as_of, language))
    organisation = place.organisation
    formats = Formats(in_language(organisation.language), organisation.currency)
    store = stores.prepare(place, refresh=True)
    plan = _plan(place, store, team or [])
    outcomes: list[Outcome] = []
    with progress.told(plan, formats, as_json=as_json) as listener:
        frames = list(_looked_back(plan, store, jobs or cores(), formats, outcomes, listener))
    rows = pd.concat(frames, ignore_index=True) if frames else None
    index = _written(plan, outcomes, rows, formats) if rows is not None else None
    for line in progress.end(plan, outcomes, index, formats, as_json=as_json):
        progress.tell(line)
    if any(outcome.state not in progress.DONE for outcome in outcomes):
        raise typer.Exit(FAILED)


def _plan(place: Workspace, store: Store, teams: Sequence[str]) -> Plan:
    """Return one entry per team, group and the company, or for those named."""
    groups = [f"{GROUP}{name}" for name in store.group_folders]
    quarter = stores.check_quarter(store, place.organisation, "")
    files = team_files(place, list(store.teams["team_id"]))
    books = []
    for one in dict.fromkeys(teams or [*store.teams["team_id"], *groups, COMPANY]):
        scope, _, name, folder = slices.scope_of(store, one, place.organisation)
        known = one if scope == "team" else None
        own = files[one].overrides if known in files else {}
        books.append(Workbook(NAME, Path(), known, name, folder, {"team": one, "overrides": own}))
    return Plan(place, store, quarter, tuple(books), tuple(books))


def _looked_back(
    plan: Plan,
    store: Store,
    jobs: int,
    formats: Formats,
    outcomes: list[Outcome],
    listener: progress.Listener,
) -> Iterator[pd.DataFrame]:
    """Yield each scope's weeks as they are done, and keep what became of it."""
    pool, whole = (
        Pool(min(jobs, len(plan.workbooks)), [__name__, "qbr_lib.outlook.backtest"]),
        False,
    )
    try:
        waiting: dict[Future[Judged], Workbook] = {
            pool.submit(_judged, store, plan.workspace, plan.quarter, book): book
            for book in plan.workbooks
        }
        for future in as_completed(waiting):
            book = waiting[future]
            try:
                rows, seconds = future.result()
            except BrokenProcessPool:
                outcome = Outcome(book, "killed", 0.0, reasons.lost(formats.words))
            except Exception as err:  # one team's fault leaves the others theirs
                outcome = Outcome(book, "failed", 0.0, f"{type(err).__name__}: {err}")
            else:
                outcome = Outcome(book, "done", seconds)
                yield rows
            outcomes.append(outcome)
            listener(Event("finished", book, len(outcomes), len(waiting), outcome))
        whole = True
    finally:
        pool.end(interrupted=not whole)


def _judged(store: Store, place: Workspace, quarter: Quarter, book: Workbook) -> Judged:
    from qbr_lib.outlook.backtest import looked_back  # only where it is worked on: it is slow

    begin = time.perf_counter()
    if own := book.parameters["overrides"]:
        place = load_workspace(place.root, own)
    data = slices.load(store, place, team=book.parameters["team"], quarter=quarter)
    rows = looked_back(data).assign(scope=data.scope, name=data.name)
    return rows, time.perf_counter() - begin


def _written(plan: Plan, outcomes: Sequence[Outcome], rows: pd.DataFrame, formats: Formats) -> Path:
    """Write rows, verdicts and the page; return the page's path."""
    from qbr_lib.outlook.report import report  # takes seconds to import, as do the others
    from qbr_lib.present import looked_back
    from qbr_lib.publish.page import arranged

    told = report(rows)
    scopes = [
        looked_back.Scope(
            one.workbook.name,
            one.workbook.team is None,
            told.scopes.get(one.workbook.folder),
            one.reason,
        )
        for one in sorted(outcomes, key=lambda one: plan.workbooks.index(one.workbook))
    ]
    of = looked_back.Basis(plan.workspace.organisation.company, plan.as_of, tuple(scopes))
    shown = looked_back.page(told, of, formats)
    page = arranged(
        f"<main>{shown.html}</main>", words=formats.words, footer=looked_back.footer(of, formats)
    )
    folder = plan.workspace.build / NAME
    index = folder / "index.html"
    text = json.dumps(_data(plan, told, outcomes, rows), ensure_ascii=False, indent=1)
    put({folder / f"{NAME}.json": text.encode("utf-8"), index: page.encode("utf-8")})
    return index


def _data(
    plan: Plan, told: Report, outcomes: Sequence[Outcome], rows: pd.DataFrame
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "as_of": plan.as_of.isoformat(),
        "verdicts": {
            "overall": _plain(told.overall),
            "phases": {name: _plain(one) for name, one in told.phases.items()},
            "scopes": {name: _plain(one) for name, one in told.scopes.items()},
        },
        "chances": json.loads(told.chances.to_json(orient="records")),
        "failed": {one.workbook.folder: one.reason for one in outcomes if one.reason},
        "rows": json.loads(rows.to_json(orient="records", double_precision=6)),
    }


def _plain(one: Verdict) -> Any:
    """Return a verdict as JSON holds it: what is not known is null."""
    facts = dataclasses.asdict(one) | {"enough": one.enough}
    return json.loads(json.dumps(facts, allow_nan=True), parse_constant=lambda _: None)
