"""What a meeting needs: goals with their sliders in browsers, and its minutes. Wiring only."""

from __future__ import annotations

import secrets
import webbrowser
from html import escape
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer

from qbr_lib.cli import progress
from qbr_lib.cli.options import HERE, AsOfOption, LanguageOption, TeamOption, WorkspaceOption
from qbr_lib.data import kept, slices
from qbr_lib.data import store as stores
from qbr_lib.errors import RunError
from qbr_lib.parameters import load_workspace
from qbr_lib.run import Plan, make_plan
from qbr_lib.run.files import put
from qbr_lib.words import in_language

served = typer.Typer(no_args_is_help=True, help="Pages with sliders, served to browsers.")


@served.callback()
def pages() -> None:
    """Pages with sliders, served to browsers on this machine."""


@served.command()
def goals(
    workspace: WorkspaceOption = HERE,
    team: TeamOption = None,
    quarter: Annotated[str, typer.Option(help="Under review; default: last finished.")] = "",
    as_of: AsOfOption = None,
    language: LanguageOption = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Default: a free one.")] = 0,
    host: Annotated[str, typer.Option(help="An address of this machine alone.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser.")] = True,
) -> None:
    """Serve the goals of the teams named (default: all), to be set with sliders in a meeting."""
    _refuse_others(host)
    _refuse_without_voila()
    plan = _planned(workspace, quarter, team or [], as_of, language)
    words = in_language(plan.workspace.organisation.language)

    def ready(address: str, folder: Path) -> None:
        progress.tell(words.say("Goals: {address}", address=address))
        progress.tell(words.say("Whoever has this address may set them. Ctrl-C ends it."))
        if browser:
            _open(address, folder)

    from qbr_lib.app.server import serve  # seconds to import, which a refusal need not wait for

    serve(plan, token=secrets.token_urlsafe(24), ready=ready, port=port, ip=host)


def minutes(
    workspace: WorkspaceOption = HERE,
    team: TeamOption = None,
    quarter: Annotated[str, typer.Option(help="Under review; default: last finished.")] = "",
    as_of: AsOfOption = None,
    language: LanguageOption = None,
) -> None:
    """Write a page per team of what its review agreed on, from the record alone."""
    from qbr_lib.cli import pages  # seconds to import, which a refusal need not wait for

    for book in _planned(workspace, quarter, team or [], as_of, language).workbooks:
        path = book.output / pages.MINUTES
        put({path: pages.minutes_of(book, empty=True) or b""})
        progress.tell(progress.shown(path))


def _planned(
    root: Path, quarter: str, teams: list[str], as_of: str | None, language: str | None
) -> Plan:
    """Return the goals' workbooks of the teams asked for."""
    given = {key: one for key, one in (("as_of", as_of), ("language", language)) if one}
    place = load_workspace(root, given)
    words = in_language(place.organisation.language)
    for line in progress.protected(kept.protect(place), words):
        typer.echo(line, err=True)
    store = stores.prepare(place, refresh=True)
    return make_plan(
        place,
        store,
        quarter=slices.check_quarter(store, place.organisation, quarter),
        teams=teams,
        notebooks=["goals"],
        language=language,
    )


def _open(address: str, folder: Path) -> None:
    """Open a browser by a file of this user's, since others can see the words of a command."""
    page = folder / "open.html"
    page.write_text(f'<meta http-equiv="refresh" content="0;url={escape(address)}">')
    webbrowser.open(page.as_uri())


def _refuse_others(host: str) -> None:
    try:
        if host == "localhost" or ip_address(host).is_loopback:
            return
    except ValueError:
        pass
    raise RunError(
        "The goals are served to this machine alone",
        where="--host",
        got=repr(host),
        wanted="127.0.0.1; other machines reach it only through the company's login",
        edit="put a reverse proxy with your company's login in front of it, as the README says",
    )


def _refuse_without_voila() -> None:
    if find_spec("voila") is None:
        raise RunError(
            "Voila is missing, which serves the pages",
            where="the Python environment",
            got="no package 'voila'",
            wanted="the extra 'app' of this project",
            edit="install it: python -m pip install -e '.[app]'",
        )
