"""An executed notebook as a page: no code, no script, no request."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup

from qbr_lib.errors import RunError
from qbr_lib.parameters import slug
from qbr_lib.words import Words
from qbr_lib.words.names import inline, isolated

if TYPE_CHECKING:  # importing nbformat takes seconds, which the command line need not wait for
    from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent / "templates"
_UNWANTED = (
    *("script", "iframe", "object", "embed", "form", "audio", "video"),
    *("base", "link", "meta", "style", "title"),
)
_HOLDING_NOTHING = ("source", "track", "wbr")
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
    soup = BeautifulSoup(outputs, "lxml")
    for tag in soup.find_all(_HOLDING_NOTHING):  # lxml puts into these what follows them
        tag.insert_after(*[child.extract() for child in list(tag.contents)])
    if soup.find("img", alt=False) is not None:
        raise RunError(
            "A picture has no description",
            where="executed notebook",
            got="an image without alternative text",
            wanted="charts shown through present.figure",
            edit="pass alt= to the figure",
        )
    _purge(soup)
    return _body(soup.find("main") or soup, words)


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


def _purge(soup: BeautifulSoup) -> None:
    """Take out whatever runs, loads or restyles: the policy of the page would only silence it."""
    for unwanted in soup.find_all(_UNWANTED):
        unwanted.decompose()
    for tag in soup.find_all(True):
        for name in [name for name in tag.attrs if name.startswith("on")]:
            del tag[name]
        for name in ("src", "srcset", "poster", "background"):
            if name in tag.attrs and not str(tag[name]).startswith("data:"):
                del tag[name]
        if (
            str(tag.get("href", ""))
            .strip()
            .lower()
            .startswith(("javascript:", "vbscript:", "data:"))
        ):
            del tag["href"]


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


def _body(main: Tag, words: Words) -> Body:
    head = _head(main, words)
    for heading in main.find_all("h1"):
        heading.name = "h2"
    opening = [one.extract() for one in main.find_all(class_=["qbr-banner", "qbr-glance"])]
    opening.sort(key=lambda one: "qbr-glance" in one["class"])
    _fold_appendix(main, words)
    contents = _contents(main, words)
    _unlink([*opening, main])
    # the contents stand after the glance for a reader without the rail
    inner = (
        f'<main id="main" class="body"><div class="opening">{"".join(map(str, opening))}</div>'
        f'{contents}<div class="rest">{main.decode_contents()}</div></main>'
    )
    named = [head.find(class_="team"), head.h1]
    title = " · ".join(isolated(" ".join(one.get_text().split())) for one in named if one)
    return Body(str(head) + inner, title, str(head.get("data-organisation", "")))


def _unlink(pieces: Sequence[Tag]) -> None:
    """Turn links to places that this page does not have into their text."""
    ids = {tag["id"] for piece in pieces for tag in piece.find_all(id=True)}
    for piece in pieces:
        for link in piece.find_all("a", href=re.compile("^#")):
            if link["href"][1:] not in ids:
                link.unwrap()


def _head(main: Tag, words: Words) -> Tag:
    """Take the head out of a page; a notebook without one lends its first headline."""
    if (head := main.find("header", class_="qbr-head")) is not None:
        return head.extract()
    first = main.find("h1")
    title = first.extract().get_text() if first is not None else words.say("Workbook")
    soup = BeautifulSoup("", "lxml")
    made = soup.new_tag("header", attrs={"class": "qbr-head"})
    beside, heading = soup.new_tag("div"), soup.new_tag("h1")
    heading.string = title
    beside.append(heading)
    made.append(soup.new_tag("div"))
    made.append(beside)
    return made


def _css_text(text: str) -> Markup:
    """Return a text as it may stand between quotes in a style sheet."""
    safe = re.sub(r"[^\w .,:·–-]", lambda found: f"\\{ord(found[0]):x} ", text)
    return Markup(safe)


def _contents(main: Tag, words: Words) -> str:
    """Return the list of contents; the sections get numbers and ids."""
    taken = {"main": 1} | {str(tag["id"]): 1 for tag in main.find_all(id=True)}
    rows = []
    sections = main.find_all(class_=["qbr-section", "appendix"])
    listed = [part for part in sections if part.find_parent(class_="appendix") is None]
    for number, part in enumerate(listed, start=1):
        folded = "appendix" in part["class"]
        short = str(part.get("data-short") or part.get("data-title") or "")
        name = slug(short) or "section"
        taken[name] = taken.get(name, 0) + 1
        part["id"] = name if taken[name] == 1 else f"{name}-{taken[name]}"
        label = "" if folded else str(number)
        if not folded and (line := part.find(class_="short")) is not None:
            mark = BeautifulSoup("", "lxml").new_tag("b")
            mark.string = str(number)
            line.insert(0, mark)
        rows.append(f'<li><a href="#{part["id"]}"><span>{label}</span>{inline(short)}</a></li>')
    named = words.say("Contents")
    return f'<nav class="rail" aria-label="{named}"><ol>{"".join(rows)}</ol></nav>' if rows else ""


def _fold_appendix(main: Tag, words: Words) -> None:
    """Move everything after the appendix's mark into a folded part."""
    mark = main.find("div", class_="qbr-appendix")
    if mark is None:
        return
    soup = BeautifulSoup("", "lxml")
    title = str(mark.get("data-title") or words.say("Appendix"))
    folded = soup.new_tag("details", attrs={"class": "appendix", "data-title": title})
    summary = soup.new_tag("summary")
    summary.string = title
    folded.append(summary)
    for sibling in list(mark.next_siblings):
        folded.append(sibling.extract())
    mark.replace_with(folded)


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
