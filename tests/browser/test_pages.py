"""Pages in a browser: readable for everyone, on every width, without asking the network."""

import re
from functools import partial

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_notebook, new_output

from qbr_lib.formats import Formats
from qbr_lib.present import parts
from qbr_lib.present.charts import marks, trend
from qbr_lib.present.figure import Table as Numbers
from qbr_lib.present.figure import figure
from qbr_lib.present.tables import Cell, Column, Table
from qbr_lib.publish.page import render
from qbr_lib.words import in_language

pytestmark = pytest.mark.browser

WIDTHS = (360, 390, 640, 641, 768, 1119, 1120, 1400, 1600)
TEXTS = {
    "de": {
        "title": "Rückblick 2026-Q3, Ziele 2026-Q4",
        "line": "1. Juli bis 30. September 2026 · Stand 5. Oktober 2026 · 144 entschiedene Deals",
        "strong": "Ein Ziel ist noch ohne Urteil:",
        "warn": "Marktanteil Küste. Es fehlt die Marktgröße für 2026-Q3.",
        "answer": "92 % vom Ziel, 160.000 € fehlen. Zu wenige Deals kamen zur Entscheidung.",
        "won": "Umsatz gewonnen",
        "new": "Neue Deals",
        "less": "weniger als üblich",
        "usual": "wie üblich",
        "why": "Warum",
        "because": "16 Deals weniger als im Vorquartal kamen zur Entscheidung.",
        "today": "Heute zu entscheiden",
        "decide": "Kein Verschieben ohne vereinbarten nächsten Schritt",
        "attention": "Erfolge und Rückschläge",
        "appendix": "Anhang",
        "deal": "Deal",
        "amount": "Betrag",
        "state": "Stand",
        "series": "8 Quartale",
        "open": "offen",
        "sum": "Summe",
        "pattern": "Muster",
        "noise": "kein Muster",
    },
    "en": {
        "title": "Review 2026-Q3, goals 2026-Q4",
        "line": "1 July to 30 September 2026 · as of 5 October 2026 · 144 deals decided",
        "strong": "One goal cannot be graded yet:",
        "warn": "market share coast. The market size of 2026-Q3 is missing.",
        "answer": "92% of target, €160,000 short. Too few deals reached a decision.",
        "won": "Revenue won",
        "new": "New deals",
        "less": "fewer than usual",
        "usual": "as usual",
        "why": "Why",
        "because": "16 deals fewer than in the previous quarter reached a decision.",
        "today": "To decide today",
        "decide": "No moved date without an agreed next step",
        "attention": "Wins and setbacks",
        "appendix": "Appendix",
        "deal": "Deal",
        "amount": "Amount",
        "state": "State",
        "series": "8 quarters",
        "open": "open",
        "sum": "Sum",
        "pattern": "pattern",
        "noise": "no pattern",
    },
}


def chart(say, formats):
    """Return a trend of four quarters as a figure, with a key."""
    won = [1_660_000.0, 1_520_000.0, 1_750_000.0, 1_840_000.0]
    quarters = ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
    frame = pd.DataFrame(
        {"quarter": quarters, "won": won, "target": 2e6, "current": False, "partial": False}
    )
    frame.loc[3, "current"] = True
    rows = [[quarter, formats.money(value)] for quarter, value in zip(quarters, won, strict=True)]
    return figure(
        partial(trend.trend, frame, formats=formats, gap=-160_000.0, change_previous=0.051),
        title=say["answer"],
        subtitle=say["line"],
        alt=say["answer"],
        note=say["because"],
        key=marks.key([(marks.swatch("band"), say["usual"]), (marks.swatch("alert"), say["less"])]),
        data=Numbers((say["deal"], say["amount"]), rows),
        words=formats.words,
        wide=trend.size(frame),
        half=trend.size(frame, narrow=True),
    )


def deals(say, formats):
    """Return a table with every kind of row and cell."""
    columns = (
        Column("name", say["deal"]),
        Column("amount", say["amount"], "right", main=True),
        Column("series", say["series"]),
        Column("state", say["state"]),
    )
    table = Table(columns).titled(say["because"], say["line"]).noted(say["warn"])
    series = marks.sparkline([1, 3, 2, 5], low=1, high=3, alert=True, alt=say["less"])
    bullet = marks.bullet(92, 100, alt="92 %")
    table = table.row("group", name="Nordost")
    for name, picture in (("Pumpwerk Dollersum", series), ("Reederei Langwarf", bullet)):
        table = table.row(
            name=Cell(name, comment=say["open"], url="https://crm.example/1"),
            amount=formats.money(1_052_000),
            series=Cell(html=picture),
            state=Cell(say["less"], alert=True, bold=True),
        )
    table = table.row(name="Süd", amount=formats.money(1), state=Cell(say["usual"], good=True))
    table = table.row("subtotal", name="Nordost", amount=formats.money(2_104_000))
    return table.row("sum", name=say["sum"], amount=formats.money(2_104_001)).show()


def opening(say, formats):
    """Return head, warning and glance."""
    bullet = marks.glance_bullet(1.84, 2.0, alt="92 %")
    band = marks.glance_band(118, 128, 170, alt=say["less"], alert=True)
    figures = [
        parts.Glance(say["won"], formats.money_short(1.84e6), bullet, "92 %", "2026-Q3", True),
        parts.Glance(say["new"], "118", band, say["less"], "128–170", True),
        parts.Glance(say["won"], "31,9 %", band, say["usual"], "27–35 %"),
        parts.Glance(say["new"], "61 %", "", say["usual"], ""),
    ]
    head = parts.head(
        organisation="Muster Messtechnik · Vertrieb",
        team="Nord",
        title=say["title"],
        line=say["line"],
        notebook="review",
        quarter="2026-Q3",
        language=formats.words.language,
    )
    glance = parts.glance(
        say["answer"],
        figures,
        left_title=say["why"],
        left=[say["because"]],
        right_title=say["today"],
        right=[say["decide"], say["because"]],
        note=say["warn"],
    )
    return [head, parts.banner(say["strong"], say["warn"]), glance]


def sample(language):
    """Return a page with every piece that a notebook may display."""
    words, say = in_language(language), TEXTS[language]
    formats = Formats(words, "EUR")
    rows = [
        parts.Finding(say["because"], say["warn"], say["pattern"], True, "128–170"),
        parts.Finding(say["decide"], say["warn"], say["noise"]),
    ]
    pieces = [
        *opening(say, formats),
        parts.section(say["why"], say["answer"], [say["because"], say["warn"]]),
        chart(say, formats),
        parts.findings(rows),
        parts.section(say["attention"], say["decide"]),
        deals(say, formats),
        parts.note(say["because"], "2026-10-02"),
        parts.unavailable(say["strong"], say["warn"], say["because"]),
        parts.columns([deals(say, formats)], [parts.text(say["because"])]),
        parts.appendix(say["appendix"]),
        parts.definitions(say["state"], [(say["won"], say["because"])]),
        parts.facts([(say["new"], say["warn"])]),
        deals(say, formats),
    ]
    outputs = [new_output("display_data", data=one._repr_mimebundle_()) for one in pieces]
    siblings = [("Index", "../index.html", False), ("Review", "review.html", True)]
    footer = f"Nord · {say['title']} · {say['line']}"
    notebook = new_notebook(cells=[new_code_cell(outputs=outputs)])
    return render(notebook, words=words, siblings=siblings, footer=footer)


@pytest.fixture(scope="module", params=["de", "en"])
def address(request, tmp_path_factory):
    """Write the sample page and return its address."""
    target = tmp_path_factory.mktemp("pages") / f"{request.param}.html"
    target.write_text(sample(request.param), encoding="utf-8")
    return target.as_uri()


@pytest.fixture
def opened(visit, address):
    """Return a function that opens the page for a scheme and a width; every fold is open."""
    return lambda scheme="light", width=1400: visit(address, scheme, width)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_nothing(opened, scheme, width):
    """No rule of accessibility is broken, with every fold open."""
    results = Axe().run(opened(scheme, width))
    broken = [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]
    assert broken == []


def test_no_request_leaves(opened, address):
    """The page asks for itself and for the pictures it carries; the policy blocks nothing."""
    page = opened()
    assert [url for url in page.asked if url != address and not url.startswith("data:")] == []
    assert page.said == []


def test_every_picture_is_shown(opened):
    """Each picture the page carries is drawn, on both widths."""
    for width in (1400, 390):
        page = opened(width=width)
        widths = page.evaluate("[...document.images].map(i => i.naturalWidth)")
        assert len(widths) > 5
        assert min(widths) > 0


def test_nothing_scrolls_sideways(opened):
    """No width from a phone to a wide screen makes the page scroll sideways."""
    page = opened()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{wide} px at {width}"


def test_the_grid_is_that_of_the_house(opened):
    """Rail 200, gap 56, main 816; halves 384 with 48 between them."""
    page = opened()
    rail, rest = (page.locator(f".{name}").bounding_box() for name in ("rail", "rest"))
    assert (rail["width"], rest["width"]) == (200, 816)
    assert rest["x"] - rail["x"] - rail["width"] == 56
    left, right = (page.locator(".qbr-columns > div").nth(n).bounding_box() for n in (0, 1))
    assert (left["width"], right["width"]) == (384, 384)
    assert right["x"] - left["x"] == 432


@pytest.mark.parametrize("width", [1000, 390])
def test_the_contents_follow_the_glance_without_a_rail(opened, width):
    """On narrow screens the answer comes before the contents."""
    page = opened(width=width)
    top = {
        name: page.locator(f".{name}").first.bounding_box()["y"]
        for name in ("qbr-glance", "rail", "qbr-section")
    }
    assert top["qbr-glance"] < top["rail"] < top["qbr-section"]


def test_tables_stack_on_a_phone(opened):
    """Name and main number share the first line of a row, the rest stands below with labels."""
    row = opened(width=390).locator(".qbr-table tr.row").first
    name, main, state = (
        row.locator(which).bounding_box() for which in ("th", "td.main", "td.alert")
    )
    assert abs(name["y"] - main["y"]) < 4
    assert state["y"] > main["y"]


def test_the_dark_follows_the_system(opened):
    """The page's ground changes with the system's colour scheme."""
    ground = "getComputedStyle(document.body).backgroundColor"
    assert opened("light").evaluate(ground) == "rgb(255, 255, 255)"
    assert opened("dark").evaluate(ground) == "rgb(20, 24, 29)"


def test_print_is_on_a4(opened):
    """The page prints on several sheets of A4, also from a dark screen."""
    sheets = opened("dark").pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) >= 3
    box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", sheets)
    assert [round(float(side)) for side in box.groups()] == [595, 842]
