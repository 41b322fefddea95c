"""A figure of a page: title, picture for both widths, note, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qbr_lib.present.style import COLOURS, DPI, theme
from qbr_lib.present.svg import data_uri, drawn, image
from qbr_lib.words import Words
from qbr_lib.words.names import inline

LONGEST_ALT = 200
Size = tuple[float, float]


class Draw(Protocol):
    """A chart whose frame and options are already given, such as a `functools.partial`."""

    def __call__(self, *, narrow: bool, ax: Axes) -> object:
        """Draw on the axes, for a wide or a narrow screen."""


@dataclass(frozen=True)
class Table:
    """The numbers behind a picture, already formatted.

    Parameters
    ----------
    head : sequence of str
        One name a column.
    rows : sequence of sequence of str
        First the name of the row, then its numbers.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def html(self, label: str) -> str:
        """Return the table in a region that scrolls by keyboard, everything escaped."""
        head = "".join(f'<th scope="col">{inline(name)}</th>' for name in self.head)
        rows = "".join(f"<tr>{_cells(row)}</tr>" for row in self.rows)
        return (
            f'<div class="qbr-scroll" role="region" tabindex="0" aria-label="{escape(label)}">'
            f'<table class="qbr-data"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
            "</div>"
        )

    def text(self) -> str:
        """Return the table as lines of aligned columns."""
        lines = [list(self.head), *(list(row) for row in self.rows)]
        count = max(len(line) for line in lines)
        padded = [line + [""] * (count - len(line)) for line in lines]
        widths = [max(len(line[i]) for line in padded) for i in range(count)]
        return "\n".join(_aligned(line, widths) for line in padded)


@dataclass(frozen=True)
class Shown:
    """A piece of a page that a notebook displays, as HTML and as plain text."""

    html: str
    text: str

    def __add__(self, other: Shown) -> Shown:
        """Return both, this one above the other."""
        lines = [text for text in (self.text, other.text) if text]
        return Shown(self.html + other.html, "\n\n".join(lines))

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - Jupyter's signature
        exclude: object = None,  # noqa: ARG002
    ) -> dict[str, str]:
        html = {"text/html": self.html} if self.html else {}  # an empty one would hide the text
        return html | {"text/plain": self.text}


def figure(
    draw: Draw,
    *,
    title: str,
    alt: str,
    data: Table | None,
    words: Words,
    wide: Size | None,
    half: Size | None,
    subtitle: str = "",
    note: str = "",
    key: str = "",
) -> Shown:
    """Return a chart as a figure: finding, picture, how to read it, numbers folded below.

    Parameters
    ----------
    draw : callable
        Called with `narrow` and `ax` once for each width; see `Draw`.
    title, subtitle, note : str
        The finding; what, unit and period; how to read it or what it does not say. Plain text.
    alt : str
        Kind, span and the one or two numbers that matter; shortened at 200 characters.
    data : Table or None
        The numbers behind the picture.
    words : Words
        The language.
    wide, half : (float, float) or None
        Width and height in pixels, as the chart's `size` gives them. One may be absent.
    key : str
        HTML of the key, from `charts.marks.key`.

    Raises
    ------
    ValueError
        If the alternative text is empty or both sizes are absent.
    """
    if not alt.strip():
        message = f"figure {title!r}: the alternative text is empty"
        raise ValueError(message)
    caption = f'<figcaption><strong class="title">{inline(title)}</strong>'
    if subtitle:
        caption += f' <span class="subtitle">{inline(subtitle)}</span>'
    pictures = _pictures(draw, wide, half, _alt(alt))
    below = f'<p class="note">{inline(note)}</p>' if note else ""
    if data is not None:
        folded = words.say("Numbers behind this chart")
        below += (
            f'<details class="qbr-numbers"><summary>{inline(folded)}</summary>'
            f"{data.html(f'{folded}: {title}')}</details>"
        )
    only = ' data-width="half"' if wide is None else ""
    html = f'<figure class="qbr-figure"{only}>{caption}</figcaption>{key}{pictures}{below}</figure>'
    lines = [title, subtitle, data.text() if data else alt, note]
    return Shown(html, "\n".join(line for line in lines if line))


def picture(draw: Draw, size: Size, *, narrow: bool) -> str:
    """Return one drawing of a chart as SVG text.

    Parameters
    ----------
    draw : callable
        See `Draw`.
    size : (float, float)
        Width and height in pixels.
    narrow : bool
        Whether the drawing is for a narrow screen.
    """
    with theme():
        sheet = Figure(figsize=(size[0] / DPI, size[1] / DPI), dpi=DPI)
        sheet.set_facecolor(COLOURS["paper"])
        draw(narrow=narrow, ax=sheet.add_axes((0, 0, 1, 1)))
        svg = drawn(sheet)
        sheet.clear()
    return svg


def _pictures(draw: Draw, wide: Size | None, half: Size | None, alt: str) -> str:
    narrow = picture(draw, half, narrow=True) if half else ""
    if wide is None:
        if half is None:
            message = "a figure needs a size for at least one width"
            raise ValueError(message)
        return image(narrow, alt=alt)
    broad = image(picture(draw, wide, narrow=False), alt=alt)
    if not half:
        return broad
    source = f'<source media="(max-width:640px)" srcset="{data_uri(narrow)}">'
    return f"<picture>{source}{broad}</picture>"


def _alt(text: str) -> str:
    line = " ".join(text.split())
    if len(line) <= LONGEST_ALT:
        return line
    kept = line[: LONGEST_ALT - 1]
    return kept[: kept.rfind(" ")].rstrip(",;: ") + "…" if " " in kept else kept + "…"


def _cells(row: Sequence[str]) -> str:
    named = [f'<th scope="row">{inline(cell)}</th>' for cell in row[:1]]
    return "".join(named + [f"<td>{inline(cell)}</td>" for cell in row[1:]])


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    numbers = (cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))
    return "  ".join([line[0].ljust(widths[0]), *numbers]).rstrip()
