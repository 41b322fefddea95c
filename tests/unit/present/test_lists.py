"""The appendix: every measure once, each definition once, chapters only where something is in."""

from qbr_lib.formats import Formats
from qbr_lib.measures import Measure, Unavailable
from qbr_lib.present import lists, parts
from qbr_lib.present.figure import Shown
from qbr_lib.words import in_language
from tests.unit.present.test_timing import plain

ENGLISH = Formats(in_language("en"), "EUR")


def test_a_definition_is_told_once():
    """A measure with the definition of one above names that; what is missing says why."""
    shown = lists.register(
        [
            Measure("drivers.volume", -5.0, 9, -8.0, 2.0),
            Unavailable(
                "drivers.on_year_ago.volume",
                "no deal was won or lost in {quarter}",
                {"quarter": "2025-Q3"},
            ),
        ],
        ENGLISH,
    )
    first, second = plain(shown.text).split("drivers.on_year_ago.volume")
    assert "(possible −€8 to €2)" in first
    assert "Computed as" not in first
    assert "Missing: no deal was won or lost in 2025-Q3. Computed as “" in second
    assert shown.html.count('class="comment"') == 3


def test_chapters():
    """A chapter has its title; one with nothing inside is absent."""
    shown = parts.chapter("A & B", Shown("<p>x</p>", "x"))
    assert shown.html == '<h2 class="chapter">A &amp; B</h2><p>x</p>'
    assert shown.text == "= A & B\nx"
    assert parts.chapter("A", Shown("", "")).html == ""
