"""The page of an executed notebook: what stays, what goes, and what nobody may put in."""

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

from qbr_lib.errors import RunError
from qbr_lib.present import parts
from qbr_lib.publish.page import render
from qbr_lib.words import in_language

ENGLISH = in_language("en")
HOSTILE = '"><script>alert(1)</script>'
HEAD_FACTS = {
    "organisation": "Probe",
    "team": "Nord",
    "title": "Review 2026-Q3",
    "line": "as of 5 October 2026",
    "notebook": "review",
    "quarter": "2026-Q3",
    "language": "en",
}
HEAD = parts.head(**HEAD_FACTS)


def displayed(*pieces, tags=()):
    """Return a code cell that displayed these pieces."""
    outputs = [
        new_output("display_data", data=piece._repr_mimebundle_(), metadata={}) for piece in pieces
    ]
    return new_code_cell("SECRET_CODE = 1", outputs=outputs, metadata={"tags": list(tags)})


def raw(html):
    """Return a piece of any HTML, such as a company's own notebook may display."""
    return parts.Shown(html, "")


def page(*cells, words=ENGLISH, **options):
    """Return the page of a notebook with these cells, as text."""
    notebook = new_notebook(cells=list(cells))
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return render(notebook, words=words, **options)


def soup(*cells, **options):
    """Return the page of a notebook with these cells, parsed."""
    return BeautifulSoup(page(*cells, **options), "lxml")


def test_outputs_stay_and_code_goes():
    """A page shows what cells displayed; neither their code nor what they printed."""
    cell = displayed(HEAD, parts.text("Seen"))
    cell.outputs.append(new_output("stream", name="stdout", text="PRINTED"))
    cell.outputs.append(new_output("execute_result", data={"text/plain": "PLAIN"}, metadata={}))
    text = page(cell, new_raw_cell("RAW"))
    assert "Seen" in text
    for gone in ("SECRET_CODE", "PRINTED", "PLAIN", "RAW", "In [", "Out["):
        assert gone not in text


@pytest.mark.parametrize("tag", ["parameters", "injected-parameters", "remove-cell", "hide-output"])
def test_tagged_cells_are_dropped(tag):
    """Parameters and cells marked so leave no trace, of code or of Markdown."""
    text = page(
        displayed(HEAD),
        displayed(parts.text("Hidden"), tags=[tag]),
        new_markdown_cell("Hidden words", metadata={"tags": [tag]}),
    )
    assert "Hidden" not in text


def test_own_markdown_is_shown():
    """A company's own words appear as written, its scripts do not."""
    found = soup(
        displayed(HEAD), new_markdown_cell("## Plan\n\n**Call** <script>alert(1)</script>")
    )
    assert found.find("h2").get_text() == "Plan"
    assert found.find("strong", string="Call") is not None
    assert "&lt;h2" not in str(found)
    assert found.find("script") is None


def test_there_is_one_h1():
    """Further headlines of the first level become second."""
    found = soup(displayed(HEAD), new_markdown_cell("# Own headline"))
    assert [h1.get_text() for h1 in found.find_all("h1")] == ["Review 2026-Q3"]
    assert found.find("h2").get_text() == "Own headline"


def test_a_page_without_head_still_has_a_title():
    """A notebook of one's own lends its first headline, or gets a plain one."""
    found = soup(new_markdown_cell("# Prices & discounts"))
    assert [h1.get_text() for h1 in found.find_all("h1")] == ["Prices & discounts"]
    assert found.title.get_text() == "Prices & discounts"
    assert len(soup(displayed(parts.text("a"))).find_all("h1")) == 1


def test_contents_lead_to_the_sections():
    """Umlauts are spelt out, doubles are numbered, and every link has its target."""
    found = soup(
        displayed(HEAD),
        displayed(parts.section("Erfolge und Rückschläge", "a")),
        displayed(parts.section("Größe", "b"), parts.section("Größe", "c")),
        displayed(parts.section("Main", "d"), parts.section("???", "e")),
        displayed(parts.appendix("Anhang"), parts.section("Folded", "f")),
    )
    links = found.select("nav.rail a")
    assert [link["href"] for link in links] == [
        "#erfolge-und-rueckschlaege",
        "#groesse",
        "#groesse-2",
        "#main-2",
        "#section",
        "#anhang",
    ]
    assert [link.span.get_text() for link in links] == ["1", "2", "3", "4", "5", ""]
    ids = [tag["id"] for tag in found.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in links} <= set(ids)


def test_the_number_stands_before_the_short_title():
    """A section is opened by its number."""
    found = soup(displayed(HEAD, parts.section("Why", "a"), parts.section("What next", "b")))
    assert [p.get_text() for p in found.select(".qbr-section .short")] == ["1Why", "2What next"]


def test_the_appendix_is_folded():
    """What follows the mark of the appendix is folded under its title."""
    found = soup(
        displayed(HEAD, parts.text("before"), parts.appendix("Appendix")),
        displayed(parts.text("after")),
    )
    folded = found.find("details", class_="appendix")
    assert folded.summary.get_text() == "Appendix"
    assert folded.find(class_="qbr-text").get_text() == "after"
    assert [p.get_text() for p in found.find_all(class_="qbr-text")] == ["before", "after"]
    assert found.find(class_="qbr-appendix") is None


def test_banner_and_glance_come_first():
    """The opening is banner, then glance, then the contents, then the rest."""
    glance = parts.glance("a", [], left_title="b", left=[], right_title="c", right=[])
    found = soup(
        displayed(HEAD, parts.text("x"), glance, parts.banner("Late.", "One day.")),
        displayed(parts.section("Why", "d")),
    )
    assert [one["class"][0] for one in found.main.find_all(recursive=False)] == [
        "opening",
        "rail",
        "rest",
    ]
    assert [one["class"][0] for one in found.find(class_="opening").find_all(recursive=False)] == [
        "qbr-banner",
        "qbr-glance",
    ]


def test_the_bar_names_the_current_page():
    """Sister pages are links; the current one is named and is none."""
    siblings = [("All <teams>", "../index.html", False), ("Review", "review.html", True)]
    bar = soup(displayed(HEAD), siblings=siblings).find(class_="bar")
    assert [a["href"] for a in bar.find_all("a")] == ["../index.html"]
    assert bar.a.get_text() == "All <teams>"
    assert bar.find(attrs={"aria-current": "page"}).get_text() == "Review"
    assert "Probe" in bar.get_text()


def test_the_frame_is_strict():
    """The page forbids every request, says its language and has one style."""
    found = soup(displayed(HEAD), words=in_language("de"))
    policy = found.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert found.html["lang"] == "de"
    assert found.find("link", rel="icon")["href"] == "data:,"
    assert len(found.find_all("style")) == 1


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<script src="http://evil.example/a.js"></script>',
        '<link rel="stylesheet" href="http://evil.example/a.css">',
        '<link rel="dns-prefetch" href="http://evil.example">',
        '<meta http-equiv="refresh" content="0;url=http://evil.example">',
        '<base href="http://evil.example/">',
        '<iframe src="http://evil.example"></iframe>',
        '<style>@import "http://evil.example/a.css";</style>',
        '<video src="http://evil.example/a.mp4"></video>',
        '<form action="http://evil.example"><input></form>',
        '<img src="http://evil.example/a.png" alt="a" onerror="alert(1)">',
        '<img srcset="http://evil.example/a.png 2x" alt="a">',
        '<a href=" JavaScript:alert(1)">a</a>',
        '<svg><a xlink:href="javascript:alert(1)"><text>a</text></a></svg>',
        '<svg><image href="http://evil.example/a.png"></image></svg>',
        '<svg><use xlink:href="http://evil.example/a.svg#a"></use></svg>',
        '<button formaction="javascript:alert(1)">a</button>',
    ],
)
def test_nothing_is_asked_of_the_network(html):
    """Whatever a notebook displays, the page holds no script and no address it would load."""
    text = page(displayed(HEAD, raw(html), parts.text("Rest")))
    assert "Rest" in text
    assert "<script" not in text
    assert "http://" not in text
    assert "alert(1)" not in text


@pytest.mark.parametrize("sign", ["\x08", "\ufffe", "\ud800", "&#8;", "&#x1;"])
def test_control_characters_break_no_page(sign):
    """Characters that no HTML may hold are left out, in texts and in titles that are repeated."""
    made = displayed(
        raw(f"<h1>Own{sign} title</h1><div class='qbr-appendix' data-title='More{sign}'></div>")
    )
    found = soup(made)
    assert " ".join(found.title.get_text().split()) in ("Own title", "Own? title")
    assert found.summary.get_text() in ("More", "More?")


@pytest.mark.parametrize(
    "broken",
    ["</div>", "</main>", "</body></html>", "<script>", "<title>", "<div><table><tr>", "<!--"],
)
def test_what_is_broken_keeps_to_itself(broken):
    """An output that opens or closes too much takes nothing from those before and after it."""
    text = page(displayed(HEAD, parts.text("Before"), raw(broken), parts.text("After")))
    assert "Before" in text
    assert "After" in text
    assert BeautifulSoup(text, "lxml").main.find(string="After") is not None


def test_what_is_nested_too_deep():
    """What the parser would give up on is refused instead of cut off."""
    with pytest.raises(RunError, match="nested too deep"):
        page(displayed(raw("<div>" * 3000 + "deep" + "</div>" * 3000)))


@pytest.mark.parametrize("nothing", ["", " ", "<!-- a remark -->"])
def test_a_notebook_that_shows_nothing(nothing):
    """A page without anything on it is a page."""
    assert soup(displayed(raw(nothing))).h1.get_text() == "Workbook"


def test_hostile_names_stay_text():
    """A script as a team, section or sister page is shown, not run."""
    head = parts.head(
        organisation=HOSTILE,
        team=HOSTILE,
        title=HOSTILE,
        line=HOSTILE,
        notebook=HOSTILE,
        quarter=HOSTILE,
        language=HOSTILE,
    )
    cells = [displayed(head, parts.section(HOSTILE, HOSTILE), parts.appendix(HOSTILE))]
    text = page(*cells, siblings=[(HOSTILE, HOSTILE, False)], footer=HOSTILE)
    assert "<script" not in text
    found = BeautifulSoup(text, "lxml")
    assert found.h1.get_text() == HOSTILE
    assert found.select_one("nav.rail a").get_text() == "1" + HOSTILE


def test_the_printed_footer_is_safe_style():
    """Quotes, entities and ends of style in a name neither break the style nor show as code."""
    style = soup(displayed(HEAD), footer='Müller & "Söhne" </style>').style.get_text()
    assert 'content: "Müller \\26  \\22 Söhne\\22  \\3c \\2f style\\3e "' in style
    assert "&amp;" not in style


def test_an_error_is_not_published():
    """A failed notebook is refused, with the cell that failed."""
    error = new_output("error", ename="ValueError", evalue="bad", traceback=[])
    with pytest.raises(RunError, match=r"(?s)cell 2.*ValueError: bad"):
        page(displayed(HEAD), new_code_cell("x", outputs=[error]))


def test_the_same_notebook_gives_the_same_bytes():
    """Nothing of the clock or of chance is on a page."""
    cells = [displayed(HEAD, parts.section("Why", "a"), parts.appendix("b"), parts.text("c"))]
    assert page(*cells, footer="Nord").encode() == page(*cells, footer="Nord").encode()


def test_links_within_the_page_lead_somewhere():
    """A link to a place of the page stays; one to a place that is not there is only its text."""
    fold = '<details><summary>a</summary><div id="list-won">b</div></details>'
    links = (
        '<p><a href="#list-won">here</a> <a href="#list-lost">there</a> <a href="#why">w</a></p>'
    )
    glance = f'<section class="qbr-glance">{links}</section>'
    found = soup(displayed(HEAD, raw(glance), parts.section("Why", "c"), raw(fold)))
    assert [a["href"] for a in found.select(".qbr-glance a")] == ["#list-won", "#why"]
    assert found.find(class_="qbr-glance").get_text() == "here there w"


def test_ids_of_sections_avoid_those_of_lists():
    """A section that is called like a list of deals gets a number."""
    found = soup(displayed(HEAD, raw('<div id="list-won"></div>'), parts.section("List won", "c")))
    assert found.find(class_="qbr-section")["id"] == "list-won-2"


def test_names_keep_their_direction_in_the_frame():
    """Bar and title hold a name from right to left apart from what follows."""
    head = parts.head(**HEAD_FACTS | {"organisation": "שלום", "team": "שלום"})
    found = soup(displayed(head), footer="שלום")
    assert found.select_one(".bar bdi").get_text() == "שלום"
    assert found.select_one("footer bdi").get_text() == "שלום"
    assert found.title.get_text() == "\u2068שלום\u2069 · Review 2026-Q3"
