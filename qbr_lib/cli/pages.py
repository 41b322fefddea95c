"""Hands executed notebooks, results and the manifest to `publish`; slow to import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qbr_lib import results
from qbr_lib.data import slices
from qbr_lib.deal_lists import SHEET
from qbr_lib.errors import QbrError
from qbr_lib.formats import Formats
from qbr_lib.goals import records
from qbr_lib.publish import minutes as meeting
from qbr_lib.publish.index import NAMES, IndexRow
from qbr_lib.publish.index import render as render_index
from qbr_lib.publish.page import Sibling
from qbr_lib.publish.page import render as render_page
from qbr_lib.publish.sheet import render as render_sheet
from qbr_lib.run import Plan, Workbook, manifest
from qbr_lib.run.files import put
from qbr_lib.words import Words, in_language
from qbr_lib.words.names import isolated

if TYPE_CHECKING:  # importing nbformat takes seconds
    from nbformat import NotebookNode

INDEX, MINUTES = "index.html", "minutes.html"


def files(
    notebook: NotebookNode, result: results.Result, workbook: Workbook
) -> dict[str, bytes | None]:
    """Return a workbook's page, its lists of deals and its minutes where there are any."""
    words = in_language(workbook.parameters["language"])
    day = Formats(words, "EUR").day_long(dt.date.fromisoformat(result.as_of))
    stand = words.say("as of {day}", day=day)
    line = " · ".join(
        [isolated(workbook.name), title(workbook.notebook, words), result.quarter, stand]
    )
    name = _sheet_name(workbook)
    sheet = render_sheet(result, title=line, words=words)
    made = {name: sheet}
    if workbook.notebook == "goals" and workbook.team is not None:
        made[MINUTES] = minutes_of(workbook, empty=False)
    beside = [*_siblings(workbook, words, [one for one, content in made.items() if content])]
    page = render_page(notebook, words=words, siblings=beside, footer=line)
    return {f"{workbook.notebook}.html": page.encode("utf-8"), **made}


def minutes_of(workbook: Workbook, *, empty: bool) -> bytes | None:
    """Return the minutes of a team's review; without a record None, or a page that says so."""
    given = workbook.parameters
    data = slices.open_slice(
        given["team"],
        given["quarter"],
        as_of=given["as_of"],
        workspace=given["workspace"],
        overrides=given["overrides"],
    )
    words = in_language(given["language"])
    stored = records.of(data, data.quarter, words.language)
    if not stored.digest and not empty:
        return None
    formats = Formats(words, data.organisation.currency)
    page = meeting.render(
        meeting.Minutes(stored.record, data.quarter, formats),
        team=workbook.name,
        organisation=data.organisation.company,
        where=records.place(data, data.quarter).relative_to(data.root).as_posix(),
        siblings=[*_siblings(workbook, words, [MINUTES], current=MINUTES)],
    )
    return page.encode("utf-8")


def write_index(plan: Plan, formats: Formats) -> Path:
    """Write the quarter's index from manifest and results, and return its path."""
    rows = sorted(_rows(plan), key=lambda row: not row.total)
    company = plan.workspace.organisation.company
    html = render_index(company, str(plan.quarter), plan.as_of, rows, formats=formats)
    path = plan.folder / INDEX
    put({path: html.encode("utf-8")})
    return path


def title(notebook: str, words: Words) -> str:
    """Return what a reader calls a notebook; a company's own by its file's name."""
    known = NAMES.get(notebook)
    return words.say(known) if known else notebook.replace("_", " ").capitalize()


def _sheet_name(workbook: Workbook) -> str:
    """Return the file of a workbook's lists of deals; the review's has the short name."""
    return SHEET if workbook.notebook == "review" else f"{workbook.notebook}_{SHEET}"


def _siblings(
    workbook: Workbook, words: Words, files: Sequence[str], *, current: str = ""
) -> Iterator[Sibling]:
    here = current or f"{workbook.notebook}.html"
    for name in workbook.beside:
        yield title(name, words), f"{name}.html", f"{name}.html" == here
    for file in files:
        minutes, deals = words.say("Minutes of the meeting"), words.say("Deals as Excel")
        yield minutes if file == MINUTES else deals, file, file == here
    yield words.say("Overview"), f"../{INDEX}", False


def _rows(plan: Plan) -> Iterator[IndexRow]:
    """Yield one row per workbook there is, also of those that this run left out."""
    entries = manifest.entries(plan)
    for book in plan.every:
        entry = entries.get((book.folder, book.notebook), {"state": "missing", "reason": None})
        place = book.output / book.notebook
        values = _values(Path(f"{place}.result.json"))
        yield IndexRow(
            name=book.name,
            group=book.group,
            notebook=book.notebook,
            state=entry["state"],
            reason=entry["reason"],
            won=values.get("bookings.won_amount"),
            target=values.get("bookings.target"),
            page=_address(plan, Path(f"{place}.html")),
            deals=_address(plan, book.output / _sheet_name(book)),
            minutes=_address(plan, book.output / MINUTES) if book.team is not None else None,
            failed=_address(plan, Path(f"{place}.failed.ipynb")),
            total=book.team is None,
            folder=book.folder,
        )


def _values(path: Path) -> dict[str, float]:
    """Return the values of a result file; none where there is none, or an older schema's."""
    try:
        return {key: measure.value for key, measure in results.read(path).measures.items()}
    except (OSError, ValueError, QbrError):
        return {}


def _address(plan: Plan, path: Path) -> str | None:
    return path.relative_to(plan.folder).as_posix() if path.is_file() else None
