"""Tables as immutable specifications, built by chaining; cells arrive as finished texts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from qbr_lib.present.figure import Shown
from qbr_lib.present.parts import link
from qbr_lib.words.names import inline

Kind = Literal["row", "group", "sum", "subtotal", "chosen"]


@dataclass(frozen=True)
class Cell:
    """One cell.

    Parameters
    ----------
    text, comment : str
        What it says; a line in grey below.
    url, comment_url : str
        Where text and comment link to: http, https, or a place on the page.
    html : str
        A small picture from `charts.marks`, trusted.
    alert, good, bold : bool
        Whether it carries the colour of an alert, of something met, or weight.
    """

    text: str = ""
    comment: str = ""
    url: str = ""
    html: str = ""
    alert: bool = False
    good: bool = False
    bold: bool = False
    comment_url: str = ""


@dataclass(frozen=True)
class Column:
    """One column: names left and bold, numbers right, one main number for a narrow screen."""

    key: str
    header: str
    align: Literal["left", "right"] = "left"
    main: bool = False


def number(header: str, *, main: bool = False) -> Column:
    """Return a column of numbers for `Table.of`."""
    return Column("", header, "right", main)


@dataclass(frozen=True)
class Table:
    """A table; every method returns a new one.

    Parameters
    ----------
    columns : tuple of Column
        The first names the row.
    rows : tuple
        Kinds and cells by column key.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Kind, Mapping[str, Cell]], ...] = ()
    title: str = ""
    subtitle: str = ""
    note: str = ""

    @classmethod
    def of(cls, *heads: str | Column) -> Table:
        """Return a table whose rows are added in the order of its heads, texts where not said."""
        made = [Column("", head) if isinstance(head, str) else head for head in heads]
        return cls(tuple(dataclasses.replace(one, key=f"c{n}") for n, one in enumerate(made)))

    def add(self, *cells: Cell | str, kind: Kind = "row") -> Table:
        """Return the table with one more row, its cells in the order of the columns."""
        keys = (column.key for column in self.columns)
        return self.row(kind, **dict(zip(keys, cells, strict=False)))

    def titled(self, title: str, subtitle: str = "") -> Table:
        """Return the table with its finding and what it shows."""
        return dataclasses.replace(self, title=title, subtitle=subtitle)

    def noted(self, note: str) -> Table:
        """Return the table with a note on how to read it."""
        return dataclasses.replace(self, note=note)

    def row(self, kind: Kind = "row", **cells: Cell | str) -> Table:
        """Return the table with one more row.

        Raises
        ------
        KeyError
            If a cell belongs to no column.
        """
        known = {column.key for column in self.columns}
        if unknown := sorted(cells.keys() - known):
            message = f"no column {', '.join(unknown)}"
            raise KeyError(message)
        made = {key: Cell(cell) if isinstance(cell, str) else cell for key, cell in cells.items()}
        return dataclasses.replace(self, rows=(*self.rows, (kind, made)))

    def show(self) -> Shown:
        """Return the table for a page and for a terminal."""
        head = "".join(
            f'<th scope="col" role="columnheader" class="{c.align}">{inline(c.header)}</th>'
            for c in self.columns
        )
        body = "".join(self._row(kind, cells) for kind, cells in self.rows)
        caption = f'<strong class="title">{inline(self.title)}</strong>' if self.title else ""
        if self.subtitle:
            caption += f' <span class="subtitle">{inline(self.subtitle)}</span>'
        named = f"<figcaption>{caption}</figcaption>" if caption else ""
        below = f'<p class="note">{inline(self.note)}</p>' if self.note else ""
        html = (
            f'<figure class="qbr-table">{named}<table role="table"><thead role="rowgroup">'
            f'<tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
            f"{below}</figure>"
        )
        return Shown(html, self._text())

    def _row(self, kind: Kind, cells: Mapping[str, Cell]) -> str:
        if kind == "group":
            name = inline(cells[self.columns[0].key].text)
            span = f'colspan="{len(self.columns)}"'
            inside = f'<th scope="rowgroup" role="rowheader" {span}>{name}</th>'
            return f'<tr role="row" class="group">{inside}</tr>'
        inside = "".join(
            _cell(column, cells.get(column.key, Cell()), first=n == 0)
            for n, column in enumerate(self.columns)
        )
        return f'<tr role="row" class="{kind}">{inside}</tr>'

    def _text(self) -> str:
        lines = [[column.header for column in self.columns]]
        lines += [
            [_plain(cells.get(column.key, Cell())) for column in self.columns]
            for _, cells in self.rows
        ]
        widths = [max(len(line[n]) for line in lines) for n in range(len(self.columns))]
        drawn = [self._line(line, widths) for line in lines]
        return "\n".join(filter(None, [self.title, self.subtitle, *drawn, self.note]))

    def _line(self, texts: Sequence[str], widths: Sequence[int]) -> str:
        parts = [
            text.rjust(width) if column.align == "right" else text.ljust(width)
            for column, text, width in zip(self.columns, texts, widths, strict=True)
        ]
        return "  ".join(parts).rstrip()


def _plain(cell: Cell) -> str:
    return f"{cell.text} ({cell.comment})" if cell.comment else cell.text


def _cell(column: Column, cell: Cell, *, first: bool) -> str:
    shown = link(cell.text, cell.url) if cell.url else inline(cell.text)
    below = link(cell.comment, cell.comment_url)
    comment = f'<span class="comment">{below}</span>' if cell.comment else ""
    classes: list[str] = [column.align]
    classes += [name for name in ("alert", "good", "bold") if getattr(cell, name)]
    classes += ["main"] if column.main else []
    classes += [] if shown or cell.html or comment else ["empty"]
    kind = " ".join(classes)
    if first:
        return f'<th scope="row" role="rowheader" class="{kind}">{shown}{cell.html}{comment}</th>'
    label = escape(column.header)
    return f'<td role="cell" class="{kind}" data-label="{label}">{cell.html}{shown}{comment}</td>'
