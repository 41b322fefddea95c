"""The commands of `qbr`. Exit codes: 0 done, 1 a workbook failed, 2 refused."""

from __future__ import annotations

import io
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from qbr_lib import start
from qbr_lib.cli import cycle, meeting, overview, progress
from qbr_lib.cli.backtest import backtest
from qbr_lib.cli.checking import check
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
from qbr_lib.data import kept, sample
from qbr_lib.data import store as stores
from qbr_lib.errors import QbrError, RunError
from qbr_lib.formats import Formats
from qbr_lib.parameters import load_workspace
from qbr_lib.run import Outcome, Plan, make_plan, manifest
from qbr_lib.run import run as run_plan
from qbr_lib.run.execute import LIMIT
from qbr_lib.words import in_language

FAILED, REFUSED, INTERRUPTED = 1, 2, 130
RUNNING = "running"
PAGES = "qbr_lib.cli.pages:files"  # by its name: seconds to import, which not every run needs


class Commands(TyperGroup):
    """Turns a refusal into its message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except QbrError as err:
            for text in (str(err), *getattr(err, "__notes__", ())):
                typer.echo(text, err=True)
            raise typer.Exit(REFUSED) from None
        except BrokenPipeError:  # whoever read the output has left: no fault of a file
            raise
        except OSError as err:
            _tell_fault(err)
            raise typer.Exit(REFUSED) from None
        except KeyboardInterrupt:
            typer.echo("Interrupted; what was finished is kept.", err=True)
            raise typer.Exit(INTERRUPTED) from None


def _tell_fault(err: OSError) -> None:
    place, got = err.filename or "workspace", err.strerror or err
    typer.echo(f"A file cannot be read or written.\n  Where: {place}\n  Got: {got}", err=True)


app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an unexpected error arose.")
    ] = False,
) -> None:
    """Quarterly business review workbooks from the CRM's own data."""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The workspace; made where it is missing.")],
    crm: Annotated[
        str, typer.Option(help="salesforce, hubspot, dynamics, pipedrive, csv; or own.")
    ],
    export: Annotated[Path | None, typer.Option(help="The folder of the CRM's export.")] = None,
    language: LanguageOption = None,
    company: Annotated[str | None, typer.Option(help="Default: the folder's name.")] = None,
    currency: Annotated[str | None, typer.Option(help="Such as EUR, the default.")] = None,
) -> None:
    """Make a company's own workspace; run again, complete it from the export."""
    root, source = folder.expanduser().resolve(), export and export.expanduser()
    asked = start.Asked(root, crm, source, language, company, currency)
    made = start.make(asked)
    step = start.after_init(made.root, progress.typed(made.root), made.words)
    for line in progress.made(made, step):
        progress.tell(line)


app.command()(check)


@app.command()
def run(
    workspace: WorkspaceOption = HERE,
    quarter: Annotated[str, typer.Option(help="Such as 2026-Q3; default: last finished.")] = "",
    team: TeamOption = None,
    notebook: Annotated[list[str] | None, typer.Option(help="Such as review; repeatable.")] = None,
    jobs: JobsOption = None,
    as_of: AsOfOption = None,
    language: LanguageOption = None,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds for one workbook.")] = LIMIT,
    memory_limit: Annotated[
        int | None,
        typer.Option(min=1, help="MiB for one workbook; default: three quarters of the machine's."),
    ] = None,
    force: Annotated[bool, typer.Option(help="Execute what is up to date as well.")] = False,
    scheduler: Annotated[
        str, typer.Option(help="Address of a Dask scheduler whose workers execute.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per event.")] = False,
) -> None:
    """Run every team's workbooks, then the portfolio; write pages, results, index, manifest."""
    _run(
        workspace,
        quarter=quarter,
        teams=team,
        notebooks=notebook,
        jobs=jobs,
        as_of=as_of,
        language=language,
        limit=time_limit,
        memory=memory_limit,
        force=force,
        scheduler=scheduler,
        as_json=as_json,
    )


@app.command()
def weekly(
    workspace: WorkspaceOption = HERE,
    team: TeamOption = None,
    jobs: JobsOption = None,
    as_of: AsOfOption = None,
    language: LanguageOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per event.")] = False,
) -> None:
    """Follow up the goals of the running quarter, set in the review of the quarter before."""
    _run(
        workspace,
        quarter=RUNNING,
        teams=team,
        notebooks=["follow_up"],
        jobs=jobs,
        as_of=as_of,
        language=language,
        as_json=as_json,
    )


app.command()(cycle.goals)
app.command()(cycle.grade)
app.command()(backtest)
app.command()(meeting.minutes)
app.add_typer(meeting.served, name="app")


@app.command("sample")
def write_sample(
    folder: Annotated[Path, typer.Argument(help="Where to; made where it is missing.")],
    workspace: WorkspaceOption = HERE,  # noqa: ARG001 - every command takes it
) -> None:
    """Write the sample organisation as CSV."""
    sample.write(folder)
    progress.tell(progress.shown(folder.resolve()))


@app.command()
def demo(
    workspace: WorkspaceOption = HERE, jobs: JobsOption = None, language: LanguageOption = None
) -> None:
    """Run the sample organisation's workbooks."""
    if (kind := load_workspace(workspace).organisation.source.kind) != "sample":
        raise RunError(
            "This workspace is not the sample organisation's",
            where="org.yml, 'source.kind'",
            got=f"'{kind}'",
            wanted="'sample'",
            edit="use `qbr run` here, or give --workspace an empty folder",
        )
    _run(workspace, jobs=jobs, language=language)


def main() -> None:
    """Run the command line; a user sees no traceback unless `--debug` asks for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # some Windows consoles cannot write every letter
            stream.reconfigure(errors="replace")
    for name in ("SIGTERM", "SIGHUP"):  # as Ctrl-C: files stay whole
        if (number := getattr(signal, name, None)) and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    try:
        app(prog_name="qbr")
    except Exception as err:
        if "--debug" in sys.argv:
            raise
        fault = f"This should not happen: {type(err).__name__}: {err}"
        typer.echo(f"{fault}\nPlease report it with what `qbr --debug` prints instead.", err=True)
        raise SystemExit(REFUSED) from None


def _run(
    root: Path,
    *,
    quarter: str = "",
    teams: list[str] | None = None,
    notebooks: list[str] | None = None,
    jobs: int | None = None,
    as_of: str | None = None,
    language: str | None = None,
    as_json: bool = False,
    **limits: Any,
) -> None:
    place = load_workspace(root, given(as_of, language))
    words = in_language(place.organisation.language)
    for line in progress.protected(kept.protect(place), words):
        typer.echo(line, err=True)
    store = stores.prepare(place, refresh=True)
    if quarter == RUNNING:
        quarter = cycle.running(stores.running_cycle(store, place.organisation), store)
    wanted = stores.check_quarter(store, place.organisation, quarter)
    chosen = {"quarter": wanted, "teams": teams or [], "notebooks": notebooks or []}
    plan = make_plan(place, store, language=language, **chosen)
    formats = Formats(words, place.organisation.currency)
    jobs = jobs if limits.get("scheduler") else jobs or cores()
    outcomes, index = _carried_out(plan, formats, as_json=as_json, jobs=jobs, **limits)
    for line in progress.still_open(kept.quarters(place), words):
        typer.echo(line, err=True)
    for line in progress.end(plan, outcomes, index, formats, as_json=as_json):
        progress.tell(line)
    if any(outcome.state not in progress.DONE for outcome in outcomes):
        raise typer.Exit(FAILED)


def _carried_out(
    plan: Plan, formats: Formats, *, as_json: bool, **limits: Any
) -> tuple[tuple[Outcome, ...], Path]:
    """Run a plan; keep the day's open deals, and the index true even of an interrupted run."""
    try:
        with progress.told(plan, formats, as_json=as_json) as listener:
            outcomes = run_plan(plan, publish=PAGES, on_event=listener, **limits)
        stores.keep_snapshot(plan.workspace, plan.store)
        return outcomes, overview.write_index(plan, formats)
    except KeyboardInterrupt:
        if manifest.read(plan.folder)["workbooks"]:
            overview.write_index(plan, formats)
        raise
    except BrokenPipeError:  # whoever read the output has left
        raise
    except OSError as err:  # nothing is refused any more: it was begun
        _tell_fault(err)
        raise typer.Exit(FAILED) from None
