"""The first page of a quarter: every team with its result, what failed, and where the pages are."""

from __future__ import annotations

import datetime as dt
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
    page, failed, deals : str or None
        Addresses of the page, of the failed notebook and of the lists of deals.
    total : bool
        Whether it covers several teams.
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
        Company and groups first, then the teams in the organisation's order.
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
    bad = [row for row in rows if row.state not in GOOD]
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
    for row in rows:
        if not row.total and row.group != group and row.group:
            drawn.append(
                '<tr role="row" class="group"><th role="rowheader" colspan="5">'
                f"{inline(row.group)}</th></tr>"
            )
        group = row.group if not row.total else None
        drawn.append(_row(row, [text for _, text in heads], formats))
    return (
        '<figure class="qbr-table"><table role="table"><thead role="rowgroup">'
        f'<tr role="row">{head}</tr></thead><tbody role="rowgroup">{"".join(drawn)}</tbody>'
        "</table></figure>"
    )


def _row(row: IndexRow, heads: Sequence[str], formats: Formats) -> str:
    words = formats.words
    name = inline(row.name)
    if row.page:
        name = f'<a href="{escape(row.page)}">{name}</a>'
    stale = row.page is not None and row.state not in GOOD
    of_group = row.total and bool(row.group)
    comment = words.say("Group") if of_group else _title(row.notebook, formats)
    if stale:
        comment += ", " + words.say("the page is of an earlier run")
    about = inline(comment)
    if row.deals:
        about += f' · <a href="{escape(row.deals)}">{inline(words.say("Deals as Excel"))}</a>'
    share = row.won / row.target if row.won is not None and row.target else None
    cells = [
        DASH if row.won is None else formats.money(row.won),
        DASH if row.target is None else formats.money(row.target),
        DASH if share is None else formats.percent(share, 0),
    ]
    middle = "".join(
        f'<td role="cell" class="right{" main" if n == 0 else ""}" '
        f'data-label="{escape(heads[n + 1])}">{cell}</td>'
        for n, cell in enumerate(cells)
    )
    state = inline(words.say(STATES.get(row.state, row.state)))
    if row.failed:
        state = f'<a href="{escape(row.failed)}">{state}</a>'
    alert = "" if row.state in GOOD else " alert"
    kind = "subtotal" if row.total else "row"
    return (
        f'<tr role="row" class="{kind}"><th scope="row" role="rowheader" class="left">{name}'
        f'<span class="comment">{about}</span></th>{middle}'
        f'<td role="cell" class="left{alert}" data-label="{escape(heads[4])}">{state}</td></tr>'
    )
