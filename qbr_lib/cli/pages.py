"""Hands executed notebooks and results to `publish`; slow to import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from qbr_lib import results
from qbr_lib.cli.overview import INDEX, MINUTES, sheet_name, title
from qbr_lib.data import slices
from qbr_lib.formats import Formats
from qbr_lib.goals import records
from qbr_lib.publish import minutes as meeting
from qbr_lib.publish.page import Sibling
from qbr_lib.publish.page import render as render_page
from qbr_lib.publish.sheet import render as render_sheet
from qbr_lib.run import Workbook
from qbr_lib.words import Words, in_language
from qbr_lib.words.names import isolated


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
    name = sheet_name(workbook)
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
