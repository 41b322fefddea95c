"""The lists of deals as an Excel file, made from a result alone.

Every text is written as text, so that a name such as `=1+1` stays one; the file holds no formula.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from qbr_lib.deal_lists import LISTS, STATUSES, is_signed, meaning_of, title_of
from qbr_lib.formats import Formats
from qbr_lib.results import Result
from qbr_lib.words import Words

LONGEST_TEXT, LONGEST_LINK, MOST_LINKS = 32_767, 2_079, 65_530
_LONGEST_FOOTER, _LONGEST_TITLE = 110, 255
_INK, _MUTED, _RULE, _LINK = "#1a1f25", "#57616b", "#d5dade", "#0f5a99"
_DAYS = {"de": "dd.mm.yyyy", "en": "d mmm yyyy"}
_PLAIN, _SIGNED = '#,##0.00;"−"#,##0.00', '+#,##0.00;"−"#,##0.00;0.00'
_SUM, _HEADERS = 3, 4  # rows; title and meaning stand above, the deals below
_LINE, _TALLEST = 13.5, 400.0  # points
_NAME = 44  # letters of a deal's name that stand on one line
_A4 = 9
_FIRST_YEAR = "1900"  # Excel knows no earlier day
Row = Mapping[str, Any]
Kind = Literal["link", "text", "day", "money", "count"]


@dataclass(frozen=True)
class _Column:
    key: str
    header: str
    width: int
    kind: Kind = "text"


@dataclass(frozen=True)
class _Book:
    """The open file, how it writes numbers and words, and the line below each printed page."""

    file: Workbook
    formats: Formats
    footer: str

    @property
    def words(self) -> Words:
        return self.formats.words

    def style(self, **changes: Any) -> Format:
        base = {"font_color": _INK, "valign": "top", "num_format": "@"}
        return self.file.add_format(base | changes)

    def sheet(self, title: str, meaning: str) -> Worksheet:
        """Add a sheet named after its title, ready to be printed."""
        made = self.file.add_worksheet(title)
        made.hide_gridlines(2)
        made.set_landscape()
        made.set_paper(_A4)
        made.fit_to_pages(1, 0)
        made.set_footer(f"&L{self.footer}&R&P / &N")
        made.write_string(0, 0, title, self.style(bold=True, font_size=14))
        made.write_string(1, 0, cut(meaning), self.style(font_color=_MUTED))
        return made


def render(result: Result, *, title: str, words: Words) -> bytes | None:
    """Return the deals of a result as an Excel file: an overview, then a sheet per list.

    Parameters
    ----------
    title : str
        Whose deals, of what quarter and day; it stands on the overview and every printed page.

    Returns
    -------
    bytes or None
        The same for the same result; None where the result lists no deals.
    """
    deals, totals = result.tables.get("deals"), result.tables.get("deal_lists")
    if not deals or not totals:
        return None
    content = io.BytesIO()
    with Workbook(content, _options()) as file:
        day = dt.datetime.fromisoformat(result.as_of)
        file.set_properties({"title": title[:_LONGEST_TITLE], "created": day})
        footer = title[:_LONGEST_FOOTER].replace("&", "&&")
        book = _Book(file, Formats(words, totals[0]["currency"]), footer)
        _overview(book, title, totals)
        for name in dict.fromkeys(row["list"] for row in totals):
            mine = [row for row in totals if row["list"] == name]
            _list(book, name, [row for row in deals if row["list"] == name], mine)
    return content.getvalue()


def _options() -> dict[str, Any]:
    """Return how the file is written; XlsxWriter changes what it is given, so each has its own."""
    return {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": "Arial", "font_size": 10},
    }


def _overview(book: _Book, title: str, totals: Sequence[Row]) -> None:
    """Write the first sheet: the count and sum of every list, each linked to its sheet."""
    words = book.words
    columns = [
        _Column("name", words.say("List"), 28, "link"),
        _Column("movement", words.say("Movement"), 22),
        _Column("deals", words.say("Deals"), 10, "count"),
        _Column("amount", _amount_in(book), 20, "money"),
        _Column("meaning", words.say("What stands in it"), 92),
    ]
    rows = []
    for total in totals:
        sheet = words.say(title_of(total["list"]))
        meaning = words.say(meaning_of(total["list"], total["movement"]))
        link = f"internal:'{sheet}'!A1"
        rows.append({**total, "name": sheet, "meaning": meaning, "url": link, "linked": "name"})
    _table(book, book.sheet(words.say("Overview"), title), columns, rows)


def _list(book: _Book, name: str, deals: Sequence[Row], totals: Sequence[Row]) -> None:
    """Write the sheet of a list, the sum of all above the headers, where no filter hides it."""
    words, kind = book.words, LISTS[name]
    columns = _columns(book, name)
    made = book.sheet(words.say(kind.title), words.say(kind.meaning))
    if totals[0]["amount"] is not None and not totals[0]["movement"]:
        n = totals[0]["deals"]
        label = words.count(
            "Sum of {deals} deal", "Sum of all {deals} deals", n, deals=book.formats.count(n)
        )
        place = [column.key for column in columns].index("amount")
        made.write_string(_SUM, 0, label, book.style(bold=True))
        strong = book.style(bold=True, num_format=_PLAIN)
        made.write_number(_SUM, place, totals[0]["amount"], strong)
    rows = [{**deal, "url": address(deal["url"]), "linked": _linked(deal)} for deal in deals]
    _table(book, made, columns, rows)


def _linked(deal: Row) -> str:
    """Return which cell of a deal carries its link: not every program breaks a linked text."""
    return "name" if len(deal["name"]) <= _NAME else "opportunity_id"


def _columns(book: _Book, name: str) -> list[_Column]:
    words, kind = book.words, LISTS[name]
    columns = [
        _Column("name", words.say("Deal"), _NAME, "link"),
        _Column("account", words.say("Account"), 28),
        _Column("movement", words.say("Movement"), 22),
        _Column("day", words.say(kind.day), 14, "day"),
        _Column("status", words.say("State"), 12),
        _Column("detail", words.say(kind.detail), 22),
        _Column("amount", _amount_in(book), 18, "money"),
        _Column("age", words.say("Age in days"), 13, "count"),
        _Column("pushes", words.say("Times put off"), 13, "count"),
        _Column("quiet", words.say("Days unchanged"), 15, "count"),
        _Column("opportunity_id", words.say("Id in the CRM"), 20, "link"),
    ]
    absent = set() if name == "pipeline" else {"movement"}
    absent |= set() if kind.mixed else {"status"}
    absent |= set() if kind.aged else {"age", "pushes", "quiet"}
    return [column for column in columns if column.key not in absent]


def _amount_in(book: _Book) -> str:
    return book.words.say("Amount in {currency}", currency=book.formats.symbol)


def _table(book: _Book, made: Worksheet, columns: Sequence[_Column], rows: Sequence[Row]) -> None:
    """Write headers that filter and stay in sight, and the rows below them."""
    for place, column in enumerate(columns):
        styles = _styles(book, column, indent=1 if place else 0)
        made.set_column(place, place, column.width)
        made.write_string(_HEADERS, place, column.header, styles["header"])
        for number, row in enumerate(rows, start=_HEADERS + 1):
            _write(made, (number, place), column, row, styles, book.words)
    for number, row in enumerate(rows, start=_HEADERS + 1):
        if (lines := max(_lines(row, column) for column in columns)) > 1:
            made.set_row(number, min(lines * _LINE, _TALLEST))
    last = (_HEADERS + len(rows), len(columns) - 1)
    made.autofilter(_HEADERS, 0, *last)
    made.ignore_errors({"number_stored_as_text": xl_range(0, 0, *last)})
    made.freeze_panes(_HEADERS + 1, 1)
    made.repeat_rows(_HEADERS)


def _lines(row: Row, column: _Column) -> int:
    """Return how many lines a text may take: not every program makes room for them by itself."""
    told = str(row[column.key]) if column.kind in ("text", "link") else ""
    return math.ceil(len(told) / column.width)


def _styles(book: _Book, column: _Column, *, indent: int) -> dict[str, Format]:
    number = column.kind in ("money", "count")
    side = {"align": "right"} if number else {"align": "left", "indent": indent, "text_wrap": True}
    base: dict[str, Any] = {"bottom": 1, "bottom_color": _RULE, **side}
    changes: dict[str, dict[str, Any]] = {
        "header": {"font_color": _MUTED, "bottom_color": _INK},
        "text": {},
        "link": {"font_color": _LINK, "underline": 1},
        "day": {"num_format": _DAYS[book.words.language]},
        "count": {"num_format": "#,##0"},
        "money": {"num_format": _PLAIN},
        "signed": {"num_format": _SIGNED},
    }
    return {name: book.style(**base | change) for name, change in changes.items()}


def _write(
    made: Worksheet,
    at: tuple[int, int],
    column: _Column,
    row: Row,
    styles: Mapping[str, Format],
    words: Words,
) -> None:
    """Write one value of a row: what is missing stays an empty cell."""
    value, fits = row.get(column.key), at[0] <= MOST_LINKS
    if value is None:
        made.write_blank(*at, None, styles["text"])
    elif column.kind == "count":
        made.write_number(*at, value, styles["count"])
    elif column.kind == "money":
        made.write_number(*at, value, styles["signed" if is_signed(row["movement"]) else "money"])
    elif column.kind == "day" and value >= _FIRST_YEAR:
        made.write_datetime(*at, dt.datetime.fromisoformat(value), styles["day"])
    elif column.kind == "link" and column.key == row["linked"] and row["url"] and fits:
        made.write_url(*at, row["url"], styles["link"], cut(str(value)))
    else:
        made.write_string(*at, cut(_said(column.key, str(value), words)), styles["text"])


def _said(key: str, value: str, words: Words) -> str:
    """Return a value as a reader calls it: states and movements are words, the rest is names."""
    if key == "status":
        return words.say(STATUSES[value])
    return words.say(title_of("pipeline", value)) if key == "movement" else value


def cut(text: str) -> str:
    """Return as much of a text as a cell takes, counted as Excel does: in UTF-16."""
    return text.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")


def address(url: str | None) -> str:
    """Return a web address as Excel takes it: percent-encoded; empty where it is none or too long.

    >>> address("https://crm.example/a b?c=1#d"), address("javascript:alert(1)")
    ('https://crm.example/a%20b?c=1#d', '')
    """
    safe = quote(url or "", safe="%/:=&?~#+!$,;'@()*")
    parts = urlsplit(safe)
    host = parts.hostname or "%"
    web = parts.scheme.lower() in ("http", "https") and "%" not in host
    return safe if web and len(safe) <= LONGEST_LINK else ""
