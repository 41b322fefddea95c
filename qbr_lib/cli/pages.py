"""Hands executed notebooks and results to `publish`; slow to import."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qbr_lib import results
from qbr_lib.cli.overview import INDEX, MINUTES, ROADMAP, sheet_name, title
from qbr_lib.data import slices
from qbr_lib.formats import Formats
from qbr_lib.goals import records
from qbr_lib.measures import N_
from qbr_lib.publish import minutes as meeting
from qbr_lib.publish import roadmap
from qbr_lib.publish.page import Sibling
from qbr_lib.publish.page import render as render_page
from qbr_lib.publish.sheet import render as render_sheet
from qbr_lib.run import Workbook
from qbr_lib.words import Words, in_language
from qbr_lib.words.names import isolated

if TYPE_CHECKING:  # importing nbformat takes seconds
    from nbformat import NotebookNode

_BESIDE: dict[str, str] = {
    MINUTES: N_("Minutes of the meeting"),
    ROADMAP: N_("Roadmap"),
}


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
    made = {name: render_sheet(result, title=line, words=words)}
    if workbook.notebook == "goals" and workbook.team is not None:
        made |= _of_meeting(workbook, result)
    beside = [*_siblings(workbook, words, [one for one, content in made.items() if content])]
    page = render_page(notebook, words=words, siblings=beside, footer=line)
    return {f"{workbook.notebook}.html": page.encode("utf-8"), **made}


def minutes_of(workbook: Workbook, *, empty: bool) -> bytes | None:
    """Return the minutes of a team's review; without a record None, or a page that says so."""
    held = _held(workbook)
    return _page_of(workbook, held) if held.recorded or empty else None


@dataclass(frozen=True)
class _Meeting:
    """What a team's meeting agreed on, its data, and whether anything is recorded."""

    minutes: meeting.Minutes
    data: slices.Slice
    recorded: bool


def _of_meeting(workbook: Workbook, result: results.Result) -> dict[str, bytes | None]:
    """Return minutes and roadmap of a team's goals; None in the place of one that is not made."""
    held = _held(workbook)
    made: dict[str, bytes | None] = {MINUTES: None, ROADMAP: None}
    if held.recorded:
        made[MINUTES] = _page_of(workbook, held)
    road = roadmap.Roadmap(held.minutes, result.tables)
    told = result.tables.keys() >= roadmap.TABLES  # else a company's own notebook
    if told and (road.goals or road.people):
        there = [one for one in (MINUTES, ROADMAP) if one == ROADMAP or made[one]]
        page = roadmap.render(
            road,
            team=workbook.name,
            organisation=held.data.organisation.company,
            siblings=[*_siblings(workbook, road.minutes.formats.words, there, current=ROADMAP)],
        )
        made[ROADMAP] = page.encode("utf-8")
    return made


def _page_of(workbook: Workbook, held: _Meeting) -> bytes:
    data, words = held.data, held.minutes.formats.words
    page = meeting.render(
        held.minutes,
        team=workbook.name,
        organisation=data.organisation.company,
        where=records.place(data, data.quarter).relative_to(data.root).as_posix(),
        siblings=[*_siblings(workbook, words, [MINUTES], current=MINUTES)],
    )
    return page.encode("utf-8")


def _held(workbook: Workbook) -> _Meeting:
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
    formats = Formats(words, data.organisation.currency)
    return _Meeting(
        meeting.Minutes(stored.record, data.quarter, formats), data, bool(stored.digest)
    )


def _siblings(
    workbook: Workbook, words: Words, files: Sequence[str], *, current: str = ""
) -> Iterator[Sibling]:
    here = current or f"{workbook.notebook}.html"
    for name in workbook.beside:
        yield title(name, words), f"{name}.html", f"{name}.html" == here
    for file in files:
        yield words.say(_BESIDE.get(file, N_("Deals as Excel"))), file, file == here
    yield words.say("Overview"), f"../{INDEX}", False
