"""An executed notebook as a page: no code, no script, no request."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from lxml import etree, html
from markupsafe import Markup

from qbr_lib.errors import RunError
from qbr_lib.parameters import slug
from qbr_lib.publish.safe import harmless
from qbr_lib.words import Words
from qbr_lib.words.names import inline, isolated

if TYPE_CHECKING:  # importing nbformat takes seconds, which the command line need not wait for
    from lxml.html import HtmlElement
    from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent / "templates"
Sibling = tuple[str, str, bool]
# A page of a file asks for nothing and runs nothing.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class Body:
    """The inside of a page: safe HTML from head to appendix, its title and its organisation."""

    html: str
    title: str
    organisation: str


def render(
    notebook: NotebookNode,
    *,
    words: Words,
    siblings: Sequence[Sibling] = (),
    footer: str = "",
) -> str:
    """Return the page of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; its outputs are the page.
    words : Words
        The language of the frame around them.
    siblings : sequence of (label, address, whether it is this page)
        The pages beside this one.
    footer : str
        One line at the end.
    """
    from qbr_lib.publish.exported import outputs

    _refuse_errors(notebook)
    return arranged(outputs(notebook), words=words, siblings=siblings, footer=footer)


def body(notebook: NotebookNode, *, words: Words) -> Body:
    """Return the inside of an executed notebook's page.

    Raises
    ------
    RunError
        If a cell failed, or a picture has no description.
    """
    from qbr_lib.publish.exported import outputs

    _refuse_errors(notebook)
    return inside(outputs(notebook), words=words)


def inside(outputs: str, *, words: Words) -> Body:
    """Return the inside of a page from the HTML that notebooks show.

    Raises
    ------
    RunError
        If a picture has no description.
    """
    page = harmless(outputs)
    if page.xpath(".//img[not(@alt)]"):
        raise RunError(
            "A picture has no description",
            where="executed notebook",
            got="an image without alternative text",
            wanted="charts shown through present.figure",
            edit="pass alt= to the figure",
        )
    return _body(page, words)


def arranged(body: str, *, words: Words, siblings: Sequence[Sibling] = (), footer: str = "") -> str:
    """Return the page of what notebooks show: head, contents, sections, folded appendix."""
    found = inside(body, words=words)
    return frame(
        found.html,
        title=found.title,
        organisation=found.organisation,
        words=words,
        siblings=siblings,
        footer=footer,
    )


def frame(
    body: str,
    *,
    title: str,
    organisation: str,
    words: Words,
    siblings: Sequence[Sibling] = (),
    footer: str = "",
    policy: str = POLICY,
) -> str:
    """Return a whole page around a body that is safe HTML already.

    Parameters
    ----------
    policy : str
        What the browser may load and run; empty where a server says so.
    """
    return template("frame.html.j2").render(
        language=words.language,
        title=title,
        css=_css(),
        footer_css=_css_text(footer),
        organisation=Markup(inline(organisation)),
        siblings=siblings,
        body=Markup(body),
        footer=Markup(inline(footer)),
        policy=policy,
        say=words.say,
    )


def _body(main: HtmlElement, words: Words) -> Body:
    head = _head(main, words)
    for heading in [*main.iter("h1")]:
        heading.tag = "h2"
    opening = [_taken(one) for one in _classed(main, "qbr-banner", "qbr-glance")]
    opening.sort(key=lambda one: "qbr-glance" in one.classes)
    _fold_appendix(main, words)
    contents = _contents(main, words)
    _unlink([*opening, main])
    main.tag = "div"
    main.attrib.clear()
    main.set("class", "rest")
    # the contents stand after the glance for a reader without the rail
    inner = (
        f'<main id="main" class="body"><div class="opening">{"".join(map(_text, opening))}</div>'
        f"{contents}{_text(main)}</main>"
    )
    named = [next(iter(_classed(head, "team")), None), head.find(".//h1")]
    told = [" ".join(one.text_content().split()) for one in named if one is not None]
    title = " · ".join(map(isolated, told))
    return Body(_text(head) + inner, title, head.get("data-organisation", ""))


def _text(tag: HtmlElement) -> str:
    return html.tostring(tag, encoding="unicode", with_tail=False)


def _classed(within: HtmlElement, *names: str) -> list[HtmlElement]:
    """Return what has one of the classes, in the order of the page."""
    return [tag for tag in within.iterfind(".//*[@class]") if not tag.classes.isdisjoint(names)]


def _taken(tag: HtmlElement) -> HtmlElement:
    """Take something out of a page; what follows it stays."""
    tag.drop_tree()
    tag.tail = None
    return tag


def _unlink(pieces: Sequence[HtmlElement]) -> None:
    """Turn links to places that this page does not have into their text."""
    ids = {tag.get("id") for piece in pieces for tag in piece.iter(etree.Element)}
    for link in [link for piece in pieces for link in piece.iter("a")]:
        address = link.get("href", "")
        if address.startswith("#") and address[1:] not in ids:
            link.drop_tag()


def _head(main: HtmlElement, words: Words) -> HtmlElement:
    """Take the head out of a page; a notebook without one lends its first headline."""
    if found := [tag for tag in _classed(main, "qbr-head") if tag.tag == "header"]:
        return _taken(found[0])
    first = next(main.iter("h1"), None)
    title = words.say("Workbook") if first is None else _taken(first).text_content()
    made = html.fragment_fromstring(
        '<header class="qbr-head"><div></div><div><h1></h1></div></header>'
    )
    made.find(".//h1").text = title
    return made


def _css_text(text: str) -> Markup:
    """Return a text as it may stand between quotes in a style sheet."""
    safe = re.sub(r"[^\w .,:·–-]", lambda found: f"\\{ord(found[0]):x} ", text)
    return Markup(safe)


def _contents(main: HtmlElement, words: Words) -> str:
    """Return the list of contents; the sections get numbers and ids."""
    taken = {"main": 1} | dict.fromkeys(main.xpath(".//@id"), 1)
    rows, number = [], 0
    for part in _classed(main, "qbr-section", "appendix"):
        if any("appendix" in over.classes for over in part.iterancestors()):
            continue
        short = part.get("data-short") or part.get("data-title") or ""
        name = slug(short) or "section"
        taken[name] = taken.get(name, 0) + 1
        part.set("id", name if taken[name] == 1 else f"{name}-{taken[name]}")
        number += 1
        label = "" if "appendix" in part.classes else str(number)
        if label and (lines := _classed(part, "short")):
            mark = html.Element("b")
            mark.text, mark.tail, lines[0].text = label, lines[0].text, None
            lines[0].insert(0, mark)
        rows.append(f'<li><a href="#{part.get("id")}"><span>{label}</span>{inline(short)}</a></li>')
    named = words.say("Contents")
    return f'<nav class="rail" aria-label="{named}"><ol>{"".join(rows)}</ol></nav>' if rows else ""


def _fold_appendix(main: HtmlElement, words: Words) -> None:
    """Move everything after the appendix's mark into a folded part."""
    marks = [tag for tag in _classed(main, "qbr-appendix") if tag.tag == "div"]
    if not marks:
        return
    mark = marks[0]
    title = mark.get("data-title") or words.say("Appendix")
    folded, summary = html.Element("details"), html.Element("summary")
    folded.set("class", "appendix")
    folded.set("data-title", title)
    summary.text, summary.tail, mark.tail = title, mark.tail, None
    folded.append(summary)
    folded.extend([*mark.itersiblings()])
    mark.getparent().replace(mark, folded)


def _refuse_errors(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise RunError(
                    "A failed notebook is not published",
                    where=f"cell {number}",
                    got=f"{output.ename}: {output.evalue}",
                    wanted="a notebook that ran to its end",
                    edit="mend the notebook or its data and run it again",
                )


def template(name: str) -> jinja2.Template:
    """Return a template of the pages; what it is given is escaped unless it is HTML already."""
    return _environment().get_template(name)


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, keep_trailing_newline=True
    )


@functools.cache
def _css() -> Markup:
    text = (TEMPLATES / "qbr.css").read_text(encoding="utf-8")
    return Markup(text)
