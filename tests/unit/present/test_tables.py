"""Tables: what stands where, what a narrow screen and a reader without sight get."""

import pytest
from bs4 import BeautifulSoup

from qbr_lib.present.tables import Cell, Column, Table

HOSTILE = '"><script>alert(1)</script>'
COLUMNS = (
    Column("name", "Deal"),
    Column("amount", "Amount", "right", main=True),
    Column("state", "State"),
)
TABLE = Table(COLUMNS).titled("Five deals rest", "Open, older than usual").noted("By amount.")


def soup(table):
    """Return the HTML of a table, parsed."""
    return BeautifulSoup(table.show().html, "lxml")


def test_every_text_is_escaped():
    """Titles, headers, cells, comments and labels stay text."""
    columns = (Column("a", HOSTILE), Column("b", HOSTILE))
    cell = Cell(HOSTILE, HOSTILE, HOSTILE)
    table = Table(columns).titled(HOSTILE, HOSTILE).noted(HOSTILE)
    for kind in ("row", "group", "sum", "subtotal"):
        table = table.row(kind, a=cell, b=cell)
    assert "<script" not in table.show().html
    assert HOSTILE in table.show().text


def test_a_table_never_changes():
    """Each step returns a new table; the old one stays as it was."""
    longer = TABLE.row(name="Pump")
    assert (len(TABLE.rows), len(longer.rows)) == (0, 1)
    assert Table(COLUMNS).title == ""


def test_an_unknown_column_is_refused():
    """A cell for a column that does not exist is a mistake, not a silent gap."""
    with pytest.raises(KeyError, match="no column amout"):
        TABLE.row(name="Pump", amout="1")


def test_title_and_note_surround_the_table():
    """The finding stands above in the caption, the note below."""
    figure = soup(TABLE.row(name="Pump")).find("figure", class_="qbr-table")
    caption = figure.figcaption
    assert caption.find(class_="title").get_text() == "Five deals rest"
    assert caption.find(class_="subtitle").get_text() == "Open, older than usual"
    assert figure.find(class_="note").get_text() == "By amount."


def test_without_title_there_is_no_caption():
    """No empty caption is drawn."""
    assert soup(Table(COLUMNS).row(name="Pump")).find("figcaption") is None


def test_roles_survive_stacking():
    """Every element says its role, since a stacked table is no table to a screen reader."""
    table = soup(TABLE.row(name="Pump", amount="€1")).table
    assert table["role"] == "table"
    assert {tr["role"] for tr in table.find_all("tr")} == {"row"}
    assert {th["role"] for th in table.thead.find_all("th")} == {"columnheader"}
    assert table.tbody.th["role"] == "rowheader"
    assert {td["role"] for td in table.find_all("td")} == {"cell"}
    assert {part["role"] for part in table.find_all(["thead", "tbody"])} == {"rowgroup"}


def test_cells_carry_their_header_for_a_narrow_screen():
    """A stacked cell is read as label and value; the main number stands at the top."""
    cells = soup(TABLE.row(name="Pump", amount="€1", state="open")).find_all("td")
    assert [cell["data-label"] for cell in cells] == ["Amount", "State"]
    assert "main" in cells[0]["class"]
    assert "main" not in cells[1]["class"]


def test_an_absent_cell_is_marked_empty():
    """A narrow screen leaves out a cell that says nothing."""
    cells = soup(TABLE.row(name="Pump", amount="€1")).find_all("td")
    assert ["empty" in cell["class"] for cell in cells] == [False, True]


@pytest.mark.parametrize("kind", ["sum", "subtotal", "row"])
def test_kinds_of_rows_are_classes(kind):
    """Sums and subtotals look their part."""
    assert soup(TABLE.row(kind, name="Total", amount="€1")).tbody.tr["class"] == [kind]


def test_a_group_spans_the_table():
    """The heading of a group is one cell over all columns."""
    heading = soup(TABLE.row("group", name="Nordost")).tbody.th
    assert (heading["colspan"], heading.get_text()) == ("3", "Nordost")


def test_emphasis_is_by_class():
    """Alert, good and bold are classes, and a plain cell has none of them."""
    cells = soup(
        TABLE.row(name="a", amount=Cell("b", alert=True, bold=True), state=Cell("c", good=True))
    ).find_all("td")
    assert {"alert", "bold"} <= set(cells[0]["class"])
    assert "good" in cells[1]["class"]
    assert not {"alert", "bold", "good"} & set(soup(TABLE.row(name="a", amount="b")).td["class"])


def test_a_picture_is_kept_and_a_bad_address_is_not():
    """The mark of a chart is trusted HTML; only web addresses become links."""
    page = soup(TABLE.row(name=Cell("a", url="javascript:x"), state=Cell(html='<img alt="up">')))
    assert page.find("img")["alt"] == "up"
    assert page.find("a") is None
    assert soup(TABLE.row(name=Cell("a", url="https://crm.example/1"))).a.get_text() == "a"


def test_the_text_form_is_aligned():
    """In a terminal, names stand left and numbers right."""
    shown = TABLE.row(name=Cell("Pump", "old"), amount="€1,000").row(name="B", amount="€2").show()
    lines = shown.text.splitlines()
    assert lines[2:5] == [
        "Deal        Amount  State",
        "Pump (old)  €1,000",
        "B               €2",
    ]


def test_a_comment_may_lead_to_its_deals():
    """The line below a name links where it is told to."""
    cell = soup(TABLE.row(name=Cell("Revenue", "43 deals", comment_url="#list-won"))).tbody.th
    assert cell.select_one(".comment a")["href"] == "#list-won"
    assert soup(TABLE.row(name=Cell("Revenue", "43 deals"))).tbody.a is None
