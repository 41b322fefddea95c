"""Names that try to run, to be filled in, to overflow or to turn: inert and legible everywhere."""

import base64
import csv
import html
import re
import subprocess

import openpyxl
import pytest

from qbr_lib.present import parts
from qbr_lib.words import in_language
from tests.notebooks import hostile, shipped

pytestmark = [pytest.mark.browser, pytest.mark.kernel]
WIDTHS = (1400, 390)
PICTURE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
TEXTS_OUTSIDE = """
() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const sheet = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.left < sheet.left - 1 || box.right > sheet.right + 1;
  }).map(one => one.textContent);
})
"""
LEFT_OF = """
([selector, word]) => {
  const walker = document.createTreeWalker(document.querySelector(selector), 4);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(word);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + word.length);
    return range.getBoundingClientRect().left;
  }
}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Run the shipped notebooks over the hostile workspace and return its folder."""
    root = shipped.write(tmp_path_factory.mktemp("hostile") / "w", hostile.tables())
    shipped.run_all(root)
    return root


@pytest.fixture(scope="module")
def pages(root):
    """Return every page of the run by its kind."""
    folder = root / "build" / "2026-Q3"
    found = {"index": folder / "index.html", "review": folder / shipped.TEAM / "review.html"}
    found["company"] = folder / "company" / "portfolio.html"
    (found["group"],) = folder.glob("group-*/portfolio.html")
    return {name: path.as_uri() for name, path in found.items()}


@pytest.mark.parametrize("name", ["index", "review", "company", "group"])
def test_nothing_runs_and_nothing_overflows(pages, visit, name):
    """No dialog, script, handler or foreign element; no width scrolls, whatever is unfolded."""
    for width in WIDTHS:
        page = visit(pages[name], width=width)
        fired = []
        page.on(
            "dialog", lambda dialog, told=fired: (told.append(dialog.message), dialog.dismiss())
        )
        page.reload()
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert fired == []
        assert page.said == []
        assert page.locator("script, img[src='x']").count() == 0
        assert (page.locator("h1").count(), page.locator("main").count()) == (1, 1)
        handlers = "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
        assert [one for one in page.evaluate(handlers) if one.startswith("on")] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_name_is_legible(pages, visit):
    """Each text stands on the page as it was given, braces, signs and ampersands included."""
    told = {name: visit(address).inner_text("body") for name, address in pages.items()}
    assert [text for text in hostile.TEXTS if text not in told["review"]] == []
    assert [name for name, text in told.items() if hostile.TEAM not in text] == []
    assert hostile.GROUP in told["index"]
    assert hostile.GROUP in told["company"]
    assert hostile.GROUP in told["group"]


def test_names_in_pictures(pages, visit):
    """In a chart a sign of formulas is a sign, and a long name ends in an ellipsis in its room."""
    page = visit(pages["review"])
    pictures = [base64.b64decode(one).decode() for one in PICTURE.findall(page.content())]
    written = {
        html.unescape(t) for svg in pictures for t in re.findall(r"<text[^>]*>([^<]*)<", svg)
    }
    assert {"$\\alpha$ $x^2$", hostile.SCRIPT, "=1+1"} <= written
    assert [one for one in written if one.startswith("Donaudampf") and one.endswith("…")]
    page.set_content("".join(f"<p>{svg}</p>" for svg in pictures))
    assert page.evaluate(TEXTS_OUTSIDE) == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_name_does_not_turn_the_sentence(visit, pages, language):
    """After a name from right to left the amount still stands to its right."""
    finding = in_language(language).say(
        "Largest deal won: {name}, {amount}", name=hostile.TURNED, amount="7 €"
    )
    page = visit(pages["index"])
    page.set_content(parts.section("a", finding).html)
    places = [page.evaluate(LEFT_OF, ["h2", word]) for word in ("2026", "שלום", "7 €")]
    assert places == sorted(places)


@pytest.fixture(scope="module")
def sheet(root):
    """Return the lists of deals of the hostile team."""
    return root / "build" / "2026-Q3" / shipped.TEAM / "deals.xlsx"


def test_the_sheet_holds_texts_only(sheet):
    """Every name is a text as it was given; no cell holds a formula, no name is a link."""
    book = openpyxl.load_workbook(sheet)
    cells = [cell for page in book for row in page.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n", "d"}
    written = {cell.value for cell in cells if cell.data_type == "s"}
    assert [text for text in hostile.TEXTS if text not in written] == []
    links = {cell.hyperlink.target for cell in cells if cell.hyperlink and cell.hyperlink.target}
    assert links
    assert {link.rpartition("/")[0] for link in links} == {"https://crm.example/deals"}
    assert hostile.TEAM in book.worksheets[0]["A2"].value


@pytest.mark.office
def test_an_office_program_shows_the_texts(sheet, tmp_path):
    """LibreOffice opens the file and shows `=1+1`, not 2, and every other name as it was given."""
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'user').as_uri()}"]
    command += ["--convert-to", every_sheet, "--outdir", str(tmp_path), str(sheet)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    told = [path.read_text(encoding="utf-8") for path in sorted(tmp_path.glob("deals-*.csv"))]
    assert len(told) == len(openpyxl.load_workbook(sheet).sheetnames)
    shown = {cell for text in told for row in csv.reader(text.splitlines()) for cell in row}
    assert [text for text in hostile.TEXTS if text not in shown] == []
