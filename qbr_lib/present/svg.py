"""SVG as a picture that carries its own dark colours and asks the page for nothing.

A data URI in an `img` survives where inline SVG is stripped: untrusted notebooks and strict pages.
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from html import escape
from typing import cast

from matplotlib.figure import Figure

from qbr_lib.present.style import COLOURS, DARK, FONT_STACK, theme

_NO_METADATA = cast("dict[str, str]", dict.fromkeys(("Date", "Creator", "Format", "Type")))
_PROLOGUE = re.compile(r"^.*?(?=<svg )", re.DOTALL)
_MEASURED_FONT = re.compile(r"font-family: [^;\"]*; ?")


def drawn(figure: Figure) -> str:
    """Return a figure as SVG text: the same figure gives the same bytes.

    Letters stay text in the page's font, the ground is opaque paper, colours follow the system
    into the dark.
    """
    page = io.StringIO()
    with theme(), warnings.catch_warnings():
        # the reader's font has the letters that the measuring font lacks
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        figure.savefig(page, format="svg", metadata=_NO_METADATA, facecolor=COLOURS["paper"])
    raw = _MEASURED_FONT.sub("", _PROLOGUE.sub("", page.getvalue()))
    text_rule = f"text{{font-family:{FONT_STACK};font-variant-numeric:tabular-nums}}"
    return adapting(" ".join(raw.split("\n")), more=text_rule)


def adapting(svg: str, *, more: str = "") -> str:
    """Return an SVG text with the rules that recolour it in the dark.

    Parameters
    ----------
    svg : str
        Starts with its `svg` element; colours are hexes of roles.
    more : str
        Further rules of style.
    """
    dark = "".join(_dark_rule(light, DARK[light]) for light in DARK if light in svg)
    head, body = svg.split(">", 1)
    rules = f"{more}@media (prefers-color-scheme:dark){{{dark}}}"
    return f"{head}><style>{rules}</style>{body}"


def data_uri(svg: str) -> str:
    """Return an SVG text as an address that holds the picture itself."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def image(svg: str, *, alt: str, kind: str = "") -> str:
    """Return the `img` element of an SVG text.

    Parameters
    ----------
    svg : str
        The finished picture.
    alt : str
        What it says; empty for a picture whose words stand beside it.
    kind : str
        Class of the element.
    """
    named = f'class="{kind}" ' if kind else ""
    return f'<img {named}src="{data_uri(svg)}" alt="{escape(alt)}">'


def _dark_rule(light: str, dark: str) -> str:
    parts = [
        f'[style*="{what}: {light}"],[{what}="{light}"]{{{what}:{dark}!important}}'
        for what in ("fill", "stroke")
    ]
    return "".join(parts)
