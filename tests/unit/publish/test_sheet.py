"""The lists of deals as an Excel file: texts stay texts, links lead, and every run is the same."""

import datetime as dt
import io
import warnings
import zipfile

import openpyxl
import pytest

from qbr_lib.publish import sheet
from qbr_lib.results import Result
from qbr_lib.words import in_language

HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(1)", "\t=1+1", '=HYPERLINK("http://evil.example")', "{{7*7}}",
    "<script>alert(1)</script>", "https://evil.example/", "mailto:a@b.example", "0049", "1e5",
    "_x0041_", "a & b", "שלום", "x" * 300, "internal:'x'!A1", "{=1+1}",
)  # fmt: skip
DEAL = {
    "list": "won",
    "movement": None,
    "opportunity_id": "o1",
    "name": "Pump",
    "account": "Werft",
    "day": "2026-07-10T00:00:00",
    "status": "won",
    "detail": "price",
    "amount": 1000.05,
    "url": "https://crm.example/1",
}


def result(*deals, totals=None, **changes):
    """Return a result with these deals; their totals are made up where a test needs none."""
    rows = [DEAL | deal for deal in deals]
    named = list(dict.fromkeys((row["list"], row["movement"]) for row in rows))
    made = [
        {"list": name, "movement": moved, "deals": 3, "amount": 7.25, "currency": "EUR"}
        for name, moved in named
    ]
    tables = {"deals": rows, "deal_lists": made if totals is None else totals}
    given = {
        "schema": 1,
        "notebook": "review",
        "team": "nord",
        "quarter": "2026-Q3",
        "as_of": "2026-10-05",
        "measures": {},
        "tables": tables,
        "unavailable": {},
        "provenance": {},
    }
    return Result.model_validate(given | changes)


def made(*deals, language="en", title="Nord · Review", **options):
    """Return the file of a result with these deals, without a warning on the way."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return sheet.render(result(*deals, **options), title=title, words=in_language(language))


def opened(*deals, **options):
    """Return that file as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(made(*deals, **options)))


def rows(page):
    """Return the rows below the headers of a sheet as lists of values."""
    return [[cell.value for cell in row] for row in page.iter_rows(min_row=6)]


def test_an_overview_then_a_sheet_per_list():
    """The overview counts and sums each list and leads to its sheet, in the page's order."""
    book = opened({}, {"list": "open", "status": "open"})
    assert book.sheetnames == ["Overview", "Deals won", "Open deals"]
    page = book["Overview"]
    assert page["A2"].value == "Nord · Review"
    headers = [cell.value for cell in page[5]]
    assert headers == ["List", "Movement", "Deals", "Amount in €", "What stands in it"]
    told = ["Deals won", None, 3, 7.25, "Won in the quarter, by closing day."]
    assert rows(page)[0] == told
    assert page["A6"].hyperlink.location == "'Deals won'!A1"
    assert page["A7"].hyperlink.location == "'Open deals'!A1"


def test_a_list_holds_its_deals():
    """One row per deal: linked name, account, day, reason, amount, id; the sum stands above."""
    page = opened({}, {"detail": None, "amount": None, "url": None})["Deals won"]
    headers = [cell.value for cell in page[5]]
    assert headers == ["Deal", "Account", "Closed", "Reason", "Amount in €", "Id in the CRM"]
    day = dt.datetime(2026, 7, 10)
    assert rows(page) == [
        ["Pump", "Werft", day, "price", 1000.05, "o1"],
        ["Pump", "Werft", day, None, None, "o1"],
    ]
    assert page["A6"].hyperlink.target == "https://crm.example/1"
    assert page["A7"].hyperlink is None
    assert [page["A4"].value, page["E4"].value] == ["Sum of all 3 deals", 7.25]
    assert (page.freeze_panes, page.auto_filter.ref) == ("B6", "A5:F7")
    assert (page.page_setup.orientation, page.print_title_rows) == ("landscape", "$5:$5")


def test_movements_stand_on_one_sheet():
    """Each says its movement and its state; no single sum stands above, since it means nothing."""
    moves = [
        {"list": "pipeline", "movement": "opening"},
        {"list": "pipeline", "movement": "won", "amount": -5.0},
    ]
    book = opened(*moves)
    page = book["Pipeline movements"]
    assert [row[2] for row in rows(page)] == ["Open at the start", "Won"]
    assert rows(page)[0][4:6] == ["won", "price"]
    assert page["A4"].value is None
    assert [row[1] for row in rows(book["Overview"])] == ["Open at the start", "Won"]
    signs = [cell.number_format.startswith("+") for (cell,) in page["G6:G7"]]
    assert signs == [False, True]


def test_every_text_is_a_text():
    """No name becomes a formula, a number or a link of its own making."""
    given = [{"name": one, "account": one, "detail": one, "url": None} for one in HOSTILE]
    book = opened(*given, title="=1+1")
    page = book["Deals won"]
    assert [row[0] for row in rows(page)] == list(HOSTILE)
    for row in page.iter_rows(min_row=6):
        for place in (0, 1, 3):
            assert (row[place].data_type, row[place].hyperlink) == ("s", None)
            assert row[place].number_format == "@"
    assert book["Overview"]["A2"].data_type == "s"
    packed = zipfile.ZipFile(io.BytesIO(made(*given)))
    parts = [packed.read(name) for name in packed.namelist() if "worksheets/sheet" in name]
    assert parts
    assert not [part for part in parts if b"<f>" in part or b"<f " in part]


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://crm.example/a b", "https://crm.example/a%20b"),
        ("HTTP://crm.example/?a=1&b=%20", "HTTP://crm.example/?a=1&b=%20"),
        ('https://crm.example/"><', "https://crm.example/%22%3E%3C"),
        ("https://crm.example/" + "a" * 2059, "https://crm.example/" + "a" * 2059),
        ("https://crm.example/" + "a" * 2060, ""),
        ("https://crm.example/" + "ä" * 400, ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://", ""),
        ("http://[", ""),
        ("=1+1", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_addresses(url, wanted):
    """Only whole web addresses that Excel takes become links, percent-encoded."""
    assert sheet.address(url) == wanted
    page = opened({"url": url})["Deals won"]
    assert page["A6"].value == "Pump"
    assert (page["A6"].hyperlink.target if page["A6"].hyperlink else "") == wanted


def test_a_place_within_a_web_page_is_kept():
    """What follows the number sign of an address is part of the link."""
    link = opened({"url": "https://crm.example/a#b"})["Deals won"]["A6"].hyperlink
    assert (link.target, link.location) == ("https://crm.example/a", "b")


def test_a_long_name_leaves_its_link_to_the_id():
    """A name of several lines is plain text, which every program breaks; the id is the link."""
    page = opened({"name": "x" * 45})["Deals won"]
    assert page["A6"].hyperlink is None
    assert page["F6"].hyperlink.target == "https://crm.example/1"
    assert page["A6"].alignment.wrap_text
    assert page.row_dimensions[6].height > 20


def test_no_more_links_than_excel_takes(monkeypatch):
    """Beyond the limit names stay, unlinked; nothing is dropped."""
    monkeypatch.setattr(sheet, "MOST_LINKS", 6)
    page = opened({}, {}, {}, {})["Deals won"]
    linked = [cell.hyperlink is not None for (cell,) in page["A6:A9"]]
    assert linked == [True, True, False, False]
    assert [row[0] for row in rows(page)] == ["Pump"] * 4


@pytest.mark.parametrize("letter", ["x", "😀", "é"])
def test_a_text_too_long_for_a_cell_is_cut(letter):
    """Excel takes 32,767 letters and counts an emoji as two; what fits is kept."""
    value = opened({"account": letter * 40_000})["Deals won"]["B6"].value
    assert value == letter * (32_767 // (len(letter.encode("utf-16-le")) // 2))


def test_days_before_excel_are_texts():
    """A day before 1900 is written as it stands."""
    page = opened({"day": "0001-01-01T00:00:00"}, {"day": None})["Deals won"]
    assert [row[2] for row in rows(page)] == ["0001-01-01T00:00:00", None]


def test_late_deals_say_how_late():
    """The lists of late deals count days and delays; what is unknown stays empty."""
    late = {"list": "overdue", "status": "open", "age": 90.0, "pushes": 2.0, "quiet": None}
    page = opened(late)["Overdue deals"]
    told = dict(zip([cell.value for cell in page[5]], rows(page)[0], strict=True))
    assert [told[name] for name in ("Age in days", "Times put off", "Days unchanged")] == [
        90,
        2,
        None,
    ]
    assert "Age in days" not in [cell.value for cell in opened({})["Deals won"][5]]


def test_an_unknown_sum_is_left_out():
    """Where no amount is known, neither the overview nor the list makes one up."""
    totals = [{"list": "won", "movement": None, "deals": 1, "amount": None, "currency": "EUR"}]
    book = opened({"amount": None}, totals=totals)
    assert rows(book["Overview"])[0][:4] == ["Deals won", None, 1, None]
    assert [cell.value for cell in book["Deals won"][4]] == [None] * 6


def test_german():
    """Sheets, headers, states and days follow the page's language."""
    row = {"list": "created", "status": "open", "detail": "Angebot"}
    page = opened(row, language="de")["Neue Deals"]
    headers = [cell.value for cell in page[5]]
    assert headers[:4] == ["Deal", "Kunde", "Angelegt am", "Stand"]
    assert rows(page)[0][3] == "offen"
    assert page["C6"].number_format == "dd.mm.yyyy"


def test_the_footer_cannot_be_commanded():
    """A team's name prints as it is: its ampersands are no codes, and its length is bounded."""
    page = opened({}, title="R&D " + "x" * 300)["Deals won"]
    assert page.oddFooter.left.text.startswith("R&&D xx")
    assert len(page.oddFooter.left.text) < 150


def test_the_same_result_gives_the_same_bytes():
    """Nothing of the clock is in the file: it says it was made on the day of the data."""
    assert made({}, language="de") == made({}, language="de")
    assert opened({}).properties.created == dt.datetime(2026, 10, 5)


@pytest.mark.parametrize("tables", [{}, {"deals": [], "deal_lists": []}, {"deals": [DEAL]}])
def test_without_lists_there_is_no_file(tables):
    """A workbook that lists no deals, or lists of another kind, has none."""
    found = result(tables=tables)
    assert sheet.render(found, title="Nord", words=in_language("en")) is None
