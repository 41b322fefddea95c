"""The pieces a page is made of. Every text is escaped here; arithmetic is done before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from qbr_lib.present.figure import Shown
from qbr_lib.words.names import inline


@dataclass(frozen=True)
class Glance:
    """One of the four figures at the head of a page.

    Parameters
    ----------
    label, value : str
        What it is; the number as text.
    mark : str
        A small picture from `charts.marks`, trusted HTML.
    verdict, reference : str
        What to think of it; what it is held against.
    alert : bool
        Whether the verdict carries the alert colour.
    base, url : str
        The deals it rests on, and where they are listed.
    """

    label: str
    value: str
    mark: str
    verdict: str
    reference: str
    alert: bool = False
    base: str = ""
    url: str = ""


@dataclass(frozen=True)
class Finding:
    """A row with a title, its text and a tag at the right."""

    title: str
    text: str
    tag: str
    alert: bool = False
    aside: str = ""


def link(text: str, url: str) -> str:
    """Return a link as HTML; an address outside the web and this page stays plain text."""
    if url.startswith("#"):
        return f'<a href="{escape(url)}">{inline(text)}</a>'
    if url.lower().startswith(("https://", "http://")):
        return f'<a href="{escape(url)}" rel="noopener noreferrer">{inline(text)}</a>'
    return inline(text)


def head(
    *,
    organisation: str,
    team: str,
    title: str,
    line: str,
    notebook: str,
    quarter: str,
    language: str,
) -> Shown:
    """Return the head of a page: whose it is, what it reviews, how old the data is."""
    facts = {
        "organisation": organisation,
        "team": team,
        "notebook": notebook,
        "quarter": quarter,
        "language": language,
    }
    data = " ".join(f'data-{name}="{escape(value)}"' for name, value in facts.items())
    html = (
        f'<header class="qbr-head" {data}><p class="team">{inline(team)}</p>'
        f'<div><h1>{inline(title)}</h1><p class="line">{inline(line)}</p></div></header>'
    )
    return Shown(html, f"{team}\n{title}\n{line}")


def banner(strong: str, text: str) -> Shown:
    """Return the one warning a page may open with; nothing when there is nothing to warn of."""
    if not strong and not text:
        return Shown("", "")
    html = f'<p class="qbr-banner"><strong>{inline(strong)}</strong> {inline(text)}</p>'
    return Shown(html, f"! {strong} {text}")


def glance(
    answer: str,
    figures: Sequence[Glance],
    *,
    left_title: str,
    left: Sequence[str],
    right_title: str,
    right: Sequence[str],
    note: str = "",
) -> Shown:
    """Return the page in one look: the answer, four figures, why, and what to decide."""
    cells = "".join(_figure(figure) for figure in figures)
    below = f'<p class="note">{inline(note)}</p>' if note else ""
    reasons = "".join(f"<p>{inline(text)}</p>" for text in left)
    points = "".join(f"<li>{inline(text)}</li>" for text in right)
    halves = _half(left_title, reasons) + _half(right_title, f"<ol>{points}</ol>" if points else "")
    html = (
        f'<section class="qbr-glance"><p class="answer">{inline(answer)}</p>'
        + (f'<div class="figures">{cells}</div>' if cells else "")
        + below
        + (f'<div class="halves">{halves}</div>' if halves else "")
        + "</section>"
    )
    lines = [answer, *(f"{f.label}: {f.value} ({f.verdict}, {f.reference})" for f in figures), note]
    lines += [left_title, *left] if left else []
    lines += [right_title] if right else []
    lines += [f"{n}. {text}" for n, text in enumerate(right, start=1)]
    return Shown(html, "\n".join(line for line in lines if line))


def _half(title: str, inside: str) -> str:
    return f'<div><h2 class="small">{inline(title)}</h2>{inside}</div>' if inside else ""


def _figure(figure: Glance) -> str:
    kind = ' class="verdict alert"' if figure.alert else ' class="verdict"'
    base = f'<p class="reference">{link(figure.base, figure.url)}</p>' if figure.base else ""
    return (
        f'<div class="figure"><p class="label">{inline(figure.label)}</p>'
        f'<p class="value">{inline(figure.value)}</p><p class="mark">{figure.mark}</p>'
        f"<p{kind}>{inline(figure.verdict)}</p>"
        f'<p class="reference">{inline(figure.reference)}</p>{base}</div>'
    )


def section(short: str, finding: str, sentences: Sequence[str] = (), *, minutes: str = "") -> Shown:
    """Return the opening of a section: its short name, the finding, at most three sentences.

    Parameters
    ----------
    minutes : str
        How long the meeting talks about it, such as "15 min", at the right of the short name.
    """
    lines = "".join(f"<p>{inline(text)}</p>" for text in sentences[:3])
    lead = f'<div class="lead">{lines}</div>' if lines else ""
    named = escape(short)
    beside = f'<span class="minutes">{inline(minutes)}</span>' if minutes else ""
    html = (
        f'<div class="qbr-section" data-short="{named}">'
        f'<p class="short">{inline(short)}{beside}</p>'
        f"<h2>{inline(finding)}</h2>{lead}</div>"
    )
    line = f"== {short} ({minutes})" if minutes else f"== {short}"
    return Shown(html, "\n".join([line, finding, *sentences[:3]]))


def text(paragraph: str) -> Shown:
    """Return a paragraph."""
    return Shown(f'<p class="qbr-text">{inline(paragraph)}</p>', paragraph)


def note(remark: str, by: str) -> Shown:
    """Return a person's note, a paragraph a line, with who wrote it when."""
    lines = "".join(f"<p>{inline(line)}</p>" for line in remark.splitlines() if line.strip())
    html = f'<aside class="qbr-note">{lines}<p class="by">{inline(by)}</p></aside>'
    return Shown(html, f"| {remark}\n| {by}")


def unavailable(what: str, why: str, where: str) -> Shown:
    """Return a dashed frame in place of something that cannot be given."""
    html = (
        f'<div class="qbr-unavailable"><p><strong>{inline(what)}</strong> {inline(why)}</p>'
        f"<p>{inline(where)}</p></div>"
    )
    return Shown(html, f"{what} {why} {where}")


def findings(items: Sequence[Finding]) -> Shown:
    """Return findings as rows, each with its tag at the right."""
    rows = "".join(_finding(item) for item in items)
    lines = []
    for item in items:
        text = f"{item.title}: {item.text}" if item.text else item.title
        lines.append(f"[{item.tag}] {text} {item.aside}".rstrip())
    return Shown(f'<div class="qbr-findings">{rows}</div>', "\n".join(lines))


def _finding(item: Finding) -> str:
    kind = "tag alert" if item.alert else "tag"
    aside = f'<p class="aside">{inline(item.aside)}</p>' if item.aside else ""
    text = f"<p>{inline(item.text)}</p>" if item.text else ""
    return (
        f'<div class="finding"><div><h3>{inline(item.title)}</h3>{text}</div>'
        f'<div><span class="{kind}">{inline(item.tag)}</span>{aside}</div></div>'
    )


def columns(left: Sequence[Shown], right: Sequence[Shown]) -> Shown:
    """Return two halves beside each other, below each other on a narrow screen."""
    halves = "".join(f"<div>{''.join(part.html for part in side)}</div>" for side in (left, right))
    lines = [part.text for part in (*left, *right)]
    return Shown(f'<div class="qbr-columns">{halves}</div>', "\n\n".join(lines))


def appendix(title: str) -> Shown:
    """Return the mark from which on a page is folded."""
    html = f'<div class="qbr-appendix" data-title="{escape(title)}"></div>'
    return Shown(html, f"== {title}")


def chapter(title: str, inside: Shown) -> Shown:
    """Return a part of the appendix under its title; nothing where nothing is inside."""
    if not inside.html:
        return inside
    return Shown(
        f'<h2 class="chapter">{inline(title)}</h2>{inside.html}', f"= {title}\n{inside.text}"
    )


def definitions(title: str, items: Sequence[tuple[str, str]]) -> Shown:
    """Return terms and what they mean."""
    html = f'<div class="qbr-definitions"><h3>{inline(title)}</h3>{_terms(items)}</div>'
    return Shown(html, "\n".join([title, *_lines(items)]))


def facts(items: Sequence[tuple[str, str]]) -> Shown:
    """Return names with their values, such as how old the data is, without a title."""
    return Shown(f'<div class="qbr-facts">{_terms(items)}</div>', "\n".join(_lines(items)))


def _terms(items: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{inline(name)}</dt><dd>{inline(what)}</dd>" for name, what in items)
    return f"<dl>{rows}</dl>" if rows else ""


def _lines(items: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{name}: {what}" for name, what in items]
