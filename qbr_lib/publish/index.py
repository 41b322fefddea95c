"""The first page of a quarter: every team with its result, what failed, and where the pages are."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_
from qbr_lib.publish.page import frame
from qbr_lib.words.names import inline, isolated

STATES: dict[str, str] = {
    "done": N_("done"),
    "cached": N_("unchanged"),
    "failed": N_("failed"),
    "killed": N_("stopped"),
    "timed_out": N_("took too long"),
    "missing": N_("not run"),
}
NAMES: dict[str, str] = {
    "review": N_("Review"),
    "goals": N_("Goals"),
    "follow_up": N_("Follow-up"),
    "portfolio": N_("All teams"),
}
GOOD = ("done", "cached")
BAD = ("failed", "killed", "timed_out")


@dataclass(frozen=True)
class IndexRow:
    """One workbook of the quarter.

    Parameters
    ----------
    name, group : str
        Team, group or company; the team's group, or the group itself, empty for the company.
    notebook, state : str
        Which workbook; what became of it, as in the manifest.
    reason : str or None
        Why it failed, in one sentence.
    won, target : float or None
        Read from the result of the last good run.
    page, failed, deals, minutes, roadmap : str or None
        Addresses of the page, of the failed notebook, of the lists of deals, of the minutes and of
        the roadmap.
    total : bool
        Whether it covers several teams.
    folder : str
        Tells two teams of one name apart; the workbooks of one folder share a row.
    """

    name: str
    group: str
    notebook: str
    state: str
    reason: str | None
    won: float | None
    target: float | None
    page: str | None
    failed: str | None
    total: bool = False
    deals: str | None = None
    minutes: str | None = None
    roadmap: str | None = None
    folder: str = ""


def render(
    organisation: str,
    quarter: str,
    as_of: dt.date,
    rows: Sequence[IndexRow],
    *,
    formats: Formats,
) -> str:
    """Return the index of a quarter.

    Parameters
    ----------
    rows : sequence of IndexRow
        Company and groups first, then the teams in the organisation's order, each team's
        workbooks beside each other.
    """
    words = formats.words
    title = words.say("Quarterly review {quarter}", quarter=formats.quarter(quarter))
    line = words.say("as of {day}", day=formats.day_long(as_of))
    head = (
        f'<header class="qbr-head"><p class="team">{inline(organisation)}</p>'
        f'<div><h1>{inline(title)}</h1><p class="line">{inline(line)}</p></div></header>'
    )
    inside = _banner(rows, formats) + _table(rows, formats)
    body = f'{head}<div class="body"><div></div><main id="main">{inside}</main></div>'
    footer = " · ".join([isolated(organisation), title, line])
    return frame(
        body,
        title=f"{isolated(organisation)} {title}",
        organisation=organisation,
        words=words,
        footer=footer,
    )


def _banner(rows: Sequence[IndexRow], formats: Formats) -> str:
    words = formats.words
    bad = [row for row in rows if row.state in BAD]
    if not bad:
        return ""
    strong = words.count("{n} workbook has failed.", "{n} workbooks have failed.", len(bad))
    lines = "".join(
        f"<br>{inline(row.name)}, {inline(_title(row.notebook, formats))}: "
        f"{inline(row.reason or '')}"
        for row in bad
    )
    return f'<p class="qbr-banner"><strong>{inline(strong)}</strong>{lines}</p>'


def _title(notebook: str, formats: Formats) -> str:
    return formats.words.say(NAMES[notebook]) if notebook in NAMES else notebook


def _table(rows: Sequence[IndexRow], formats: Formats) -> str:
    words = formats.words
    heads = [
        ("left", words.say("Team")),
        ("right", words.say("Revenue won")),
        ("right", words.say("Target")),
        ("right", words.say("Attainment")),
        ("left", words.say("State")),
    ]
    head = "".join(
        f'<th scope="col" role="columnheader" class="{align}">{inline(text)}</th>'
        for align, text in heads
    )
    drawn, group = [], None
    for (total, of_group, _, _), books in itertools.groupby(rows, key=_place):
        if not total and of_group != group and of_group:
            drawn.append(
                '<tr role="row" class="group"><th role="rowheader" colspan="5">'
                f"{inline(of_group)}</th></tr>"
            )
        group = of_group if not total else None
        drawn.append(_row(list(books), [text for _, text in heads], formats))
    return (
        '<figure class="qbr-table"><table role="table"><thead role="rowgroup">'
        f'<tr role="row">{head}</tr></thead><tbody role="rowgroup">{"".join(drawn)}</tbody>'
        "</table></figure>"
    )


def _place(row: IndexRow) -> tuple[bool, str, str, str]:
    return row.total, row.group, row.name, row.folder


def _row(books: Sequence[IndexRow], heads: Sequence[str], formats: Formats) -> str:
    """Return one team, group or company: its numbers, its pages, and what is wrong with them."""
    first = books[0]
    won = next((book.won for book in books if book.won is not None), None)
    target = next((book.target for book in books if book.target is not None), None)
    page = next((book.page for book in books if book.page), None)
    name = inline(first.name)
    if page:
        name = f'<a href="{escape(page)}">{name}</a>'
    share = won / target if won is not None and target else None
    cells = [
        DASH if won is None else formats.money(won),
        DASH if target is None else formats.money(target),
        DASH if share is None else formats.percent(share, 0),
    ]
    middle = "".join(
        f'<td role="cell" class="right{" main" if n == 0 else ""}" '
        f'data-label="{escape(heads[n + 1])}">{cell}</td>'
        for n, cell in enumerate(cells)
    )
    alert = " alert" if any(book.state in BAD for book in books) else ""
    kind = "subtotal" if first.total else "row"
    return (
        f'<tr role="row" class="{kind}"><th scope="row" role="rowheader" class="left">{name}'
        f'<span class="comment">{_pages(books, formats)}</span></th>{middle}'
        f'<td role="cell" class="left{alert}" data-label="{escape(heads[4])}">'
        f"{_states(books, formats)}</td></tr>"
    )


def _pages(books: Sequence[IndexRow], formats: Formats) -> str:
    """Return the links to a team's pages; what an earlier run left behind is said to be that."""
    words, shown = formats.words, []
    for book in books:
        group = book.total and bool(book.group)
        title = inline(words.say("Group") if group else _title(book.notebook, formats))
        if book.page and len(books) > 1:
            title = f'<a href="{escape(book.page)}">{title}</a>'
        if book.page and book.state not in GOOD:
            title += ", " + inline(words.say("the page is of an earlier run"))
        shown.append(title)
    files = {
        words.say("Roadmap"): [book.roadmap for book in books],
        words.say("Minutes of the meeting"): [book.minutes for book in books],
        words.say("Deals as Excel"): [book.deals for book in books],
    }
    for name, found in files.items():
        if file := next(filter(None, found), None):
            shown.append(f'<a href="{escape(file)}">{inline(name)}</a>')
    return " · ".join(shown)


def _states(books: Sequence[IndexRow], formats: Formats) -> str:
    """Return the state that all workbooks have, else that of each that is not done."""
    words = formats.words
    states = {book.state for book in books}
    odd = books[:1] if len(states) == 1 else [book for book in books if book.state not in GOOD]
    shown = []
    for book in odd or books[:1]:
        text = inline(words.say(STATES.get(book.state, book.state)))
        if book.failed:
            text = f'<a href="{escape(book.failed)}">{text}</a>'
        several = len(states) > 1 and book.state not in GOOD
        shown.append(f"{inline(_title(book.notebook, formats))}: {text}" if several else text)
    return "<br>".join(shown)
