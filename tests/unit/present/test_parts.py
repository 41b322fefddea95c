"""The pieces of a page: what they hold, and that every text in them is escaped."""

import pytest
from bs4 import BeautifulSoup

from qbr_lib.present import parts
from qbr_lib.present.figure import Shown

HOSTILE = '"><script>alert(1)</script>'
GLANCE = parts.Glance("Revenue won", "€1.84M", '<img alt="92%">', "92% of target", "€2.00M", True)
HEAD = {
    "organisation": "Probe",
    "team": "Nord",
    "title": "Review 2026-Q3",
    "line": "as of 5 October 2026",
    "notebook": "review",
    "quarter": "2026-Q3",
    "language": "en",
}
HALVES = {"left_title": "Why", "left": ["Fewer deals."], "right_title": "Decide", "right": ["One"]}


def soup(shown):
    """Return the HTML of a piece, parsed."""
    return BeautifulSoup(shown.html, "lxml")


@pytest.mark.parametrize(
    "shown",
    [
        parts.head(**dict.fromkeys(HEAD, HOSTILE)),
        parts.banner(HOSTILE, HOSTILE),
        parts.glance(
            HOSTILE,
            [parts.Glance(HOSTILE, HOSTILE, "", HOSTILE, HOSTILE)],
            left_title=HOSTILE,
            left=[HOSTILE],
            right_title=HOSTILE,
            right=[HOSTILE],
            note=HOSTILE,
        ),
        parts.section(HOSTILE, HOSTILE, [HOSTILE], minutes=HOSTILE),
        parts.text(HOSTILE),
        parts.note(HOSTILE, HOSTILE),
        parts.unavailable(HOSTILE, HOSTILE, HOSTILE),
        parts.findings([parts.Finding(HOSTILE, HOSTILE, HOSTILE, aside=HOSTILE)]),
        parts.columns([parts.text(HOSTILE)], [parts.text(HOSTILE)]),
        parts.appendix(HOSTILE),
        parts.definitions(HOSTILE, [(HOSTILE, HOSTILE)]),
        parts.facts([(HOSTILE, HOSTILE)]),
    ],
    ids=lambda shown: shown.html[1:40],
)
def test_every_text_is_escaped(shown):
    """A text that looks like a script stays text in every piece."""
    assert "<script" not in shown.html
    assert soup(shown).find("script") is None
    assert HOSTILE in shown.text


def test_the_head_says_what_the_page_is():
    """The head carries its facts for the frame, and the only h1."""
    header = soup(parts.head(**HEAD)).header
    assert header["data-organisation"] == "Probe"
    assert header["data-quarter"] == "2026-Q3"
    assert [h1.get_text() for h1 in header.find_all("h1")] == ["Review 2026-Q3"]


def test_no_warning_is_no_banner():
    """Nothing to warn of leaves no trace on the page."""
    assert parts.banner("", "") == Shown("", "")


def test_the_glance_holds_its_parts_in_order():
    """The answer comes first, then the figures, then why and what to decide."""
    page = soup(parts.glance("92% of target.", [GLANCE], **HALVES)).section
    assert page.find(class_="answer").get_text() == "92% of target."
    assert page.find(class_="verdict")["class"] == ["verdict", "alert"]
    assert [h2.get_text() for h2 in page.find_all("h2")] == ["Why", "Decide"]
    assert [li.get_text() for li in page.find_all("li")] == ["One"]


def test_a_mark_is_kept_as_html():
    """The small picture of a figure is trusted, since the charts draw it."""
    assert soup(parts.glance("", [GLANCE], **HALVES)).find("img")["alt"] == "92%"


def test_a_verdict_without_alarm_has_no_colour():
    """Colour is earned: only an alert carries its class."""
    calm = parts.Glance("a", "b", "", "as usual", "")
    assert soup(parts.glance("", [calm], **HALVES)).find(class_="alert") is None


def test_an_empty_half_leaves_no_heading():
    """A side of the glance without a text has no heading that promises one."""
    shown = parts.glance("a", [], left_title="Why", left=["b"], right_title="Decide", right=[])
    assert "Decide" not in shown.html
    assert "Decide" not in shown.text
    assert soup(shown).find("ol") is None


def test_a_section_keeps_three_sentences():
    """A section opens with its finding and at most three sentences."""
    page = soup(parts.section("Why", "Too few deals", ["a", "b", "c", "d"]))
    assert page.find(class_="qbr-section")["data-short"] == "Why"
    assert page.h2.get_text() == "Too few deals"
    assert [p.get_text() for p in page.select(".lead p")] == ["a", "b", "c"]


def test_a_section_without_sentences_has_no_lead():
    """No sentence, no empty paragraph."""
    assert soup(parts.section("Why", "Too few deals")).find(class_="lead") is None


@pytest.mark.parametrize(("alert", "kind"), [(True, ["tag", "alert"]), (False, ["tag"])])
def test_a_finding_to_act_on_is_marked(alert, kind):
    """Only what asks for an action carries the colour; the word always stands there."""
    page = soup(parts.findings([parts.Finding("a", "b", "act", alert, "usually 128")]))
    assert page.find(class_="tag")["class"] == kind
    assert page.find(class_="aside").get_text() == "usually 128"


def test_columns_are_two_halves():
    """The pieces stand in the half they were given for."""
    shown = parts.columns([parts.text("a"), parts.text("b")], [parts.text("c")])
    halves = soup(shown).find(class_="qbr-columns").find_all("div", recursive=False)
    assert [half.get_text() for half in halves] == ["ab", "c"]
    assert shown.text == "a\n\nb\n\nc"


def test_facts_and_definitions_are_lists_of_terms():
    """Each name has its text beside it."""
    page = soup(parts.facts([("Data as of", "5 Oct 2026"), ("Deals", "144")]))
    assert [dt.get_text() for dt in page.find_all("dt")] == ["Data as of", "Deals"]
    page = soup(parts.definitions("Terms", [("Win rate", "won ÷ decided")]))
    assert (page.h3.get_text(), page.dd.get_text()) == ("Terms", "won ÷ decided")


@pytest.mark.parametrize("url", ["https://crm.example/1", "HTTP://crm.example/1?a=1&b=2"])
def test_web_addresses_become_links(url):
    """A deal's address opens the deal."""
    found = BeautifulSoup(parts.link("Deal", url), "lxml").a
    assert (found["href"], found.get_text()) == (url, "Deal")


def test_places_on_the_page_become_links():
    """A link within the page needs no address of the web."""
    assert parts.link("43 deals", "#list-won") == '<a href="#list-won">43 deals</a>'


def test_a_figure_leads_to_its_deals():
    """The deals that a figure rests on are named and linked; without them nothing stands there."""
    figure = parts.Glance("a", "b", "", "", "", base="43 deals", url="#list-won")
    found = soup(parts.glance("", [figure], **HALVES)).find(class_="figure").a
    assert (found["href"], found.get_text()) == ("#list-won", "43 deals")
    assert soup(parts.glance("", [GLANCE], **HALVES)).find(class_="figure").a is None


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil", "", "x.html"])
def test_other_addresses_stay_text(url):
    """An address that is not of the web is not a link."""
    assert parts.link("<b>Deal", url) == "&lt;b&gt;Deal"


def test_pieces_are_put_together():
    """One piece above the other, on the page and in a terminal."""
    assert parts.text("a") + parts.text("b") == Shown(
        '<p class="qbr-text">a</p><p class="qbr-text">b</p>', "a\n\nb"
    )
    assert Shown("", "") + parts.text("b") == parts.text("b")


def test_a_piece_shows_itself_in_both_forms():
    """A notebook gets HTML for the page and text for a terminal."""
    assert parts.text("a & b")._repr_mimebundle_() == {
        "text/html": '<p class="qbr-text">a &amp; b</p>',
        "text/plain": "a & b",
    }


def test_a_section_may_say_how_long_it_takes():
    """The minutes stand beside the short name, and nowhere where there are none."""
    short = soup(parts.section("Why", "Fewer deals", minutes="15 min")).find(class_="short")
    assert short.find(class_="minutes").extract().get_text() == "15 min"
    assert short.get_text() == "Why"
    assert "minutes" not in parts.section("Why", "Fewer deals").html
    assert parts.section("Why", "Fewer", minutes="15 min").text == "== Why (15 min)\nFewer"
