"""What notebooks show, parsed and made harmless: nothing in it runs, loads or restyles the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree, html

from qbr_lib.errors import RunError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_UNWANTED = (
    *("script", "iframe", "object", "embed", "form", "audio", "video"),
    *("base", "link", "meta", "style", "title"),
)
_HOLDING_NOTHING = ("source", "track", "wbr")
_LOADING = ("src", "srcset", "poster", "background")
_SENDING = ("action", "formaction")
_RUNNING = ("javascript:", "vbscript:", "data:")
NEXT = "<!-- next output -->"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def harmless(outputs: str) -> HtmlElement:
    """Return the page that notebooks show, one output after another.

    The policy of a page keeps a browser from running and loading; what would is taken out before.
    """
    page = html.Element("main")
    for output in outputs.split(NEXT):
        _add(page, output)
    for unwanted in [*page.iter(_UNWANTED)]:
        unwanted.drop_tree()
    for tag in page.iter(etree.Element):
        _spell(tag)
        for name, value in tag.items():
            if _acts(tag, name, value):
                del tag.attrib[name]
    for tag in [*page.iter(_HOLDING_NOTHING)]:  # the parser put into these what follows them
        tag.addprevious(html.Element(tag.tag, tag.attrib))
        tag.drop_tag()
    return page


def _add(page: HtmlElement, output: str) -> None:
    """Put an output into a page, parsed for itself: what it leaves open or closes is its own."""
    # as bytes, since a text may not say its encoding, and a notebook's may
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    parsed = html.document_fromstring(
        f"<body><div>{output}</div></body>".encode(errors="replace"), parser=parser
    )
    if any("depth" in fault.message for fault in parser.error_log):
        raise RunError(
            "A page's HTML is nested too deep",
            where="executed notebook",
            got="tags within tags that the parser gives up on",
            wanted="HTML that a browser shows",
            edit="show less HTML in one output",
        )
    for part in [*parsed.iter("main")]:
        part.drop_tag()
    around = parsed.body[0]
    page.extend([*parsed.body])
    around.drop_tag()


def _acts(tag: HtmlElement, name: str, value: str) -> bool:
    """Tell whether an attribute runs or loads something; a link that a reader follows does not."""
    if name.endswith("href"):
        link = tag.tag in ("a", "area")
        starts = value.strip().lower().startswith
        return starts(_RUNNING) if link else not starts(("#", "data:"))
    if name.startswith("on") or name in _SENDING:
        return True
    return name in _LOADING and not value.startswith("data:")


def _spell(tag: HtmlElement) -> None:
    """Take control characters out of a tag: a browser shows none, and no tag may be given one."""
    for name in ("text", "tail"):
        if (text := getattr(tag, name)) and _CONTROL.search(text):
            setattr(tag, name, _CONTROL.sub("", text))
    for name, value in tag.items():
        if _CONTROL.search(value):
            tag.set(name, _CONTROL.sub("", value))
