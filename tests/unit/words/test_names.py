"""Names in sentences and on pages: kept to their own direction, escaped, breakable."""

import pytest
from bs4 import BeautifulSoup

from qbr_lib.measures import REGISTRY
from qbr_lib.words import in_language
from qbr_lib.words.names import inline, isolated, turns

TURNED = ("שלום", "شركة 2026", "\u202eexe.gnp", "a\u2067b", "Nord \u200fא")
STRAIGHT = ("Nord", "Großkunden", "東京", "−1.840.000 €", "2026‑Q3", "😀", "")


@pytest.mark.parametrize("name", TURNED)
def test_a_turning_name_is_isolated(name):
    """Letters from right to left and marks that turn the text stay within the name."""
    assert turns(name)
    assert isolated(name) == f"\u2068{name}\u2069"
    assert inline(name) == f"<bdi>{name}</bdi>"


@pytest.mark.parametrize("name", STRAIGHT)
def test_other_names_are_left_alone(name):
    """Umlauts, other scripts, numbers and signs need nothing around them."""
    assert not turns(name)
    assert (isolated(name), inline(name)) == (name, name)


def test_a_sentence_isolates_what_fills_it():
    """Names that fill a message are kept apart, in both forms of saying; braces stay literal."""
    words = in_language("en")
    filled = words.say("Largest deal so far: {name}", name="שלום")
    assert filled == "Largest deal so far: \u2068שלום\u2069"
    counted = words.count("{n} deal, {amount}", "{n} deals, {amount}", 2, amount="שלום")
    assert counted == "2 deals, \u2068שלום\u2069"
    for text in ("{quarter}", "{{7*7}}", "%s %(x)s", "{0}", "{"):
        assert words.say("Largest deal so far: {name}", name=text).endswith(f": {text}")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x>', "&lt;", "a & b'"])
def test_markup_is_text(text):
    """Whatever looks like markup is escaped, also within a long word."""
    for given in (text, text + "x" * 300, "x" * 300 + text):
        found = BeautifulSoup(inline(given), "lxml")
        assert found.get_text() == given
        assert {tag.name for tag in found.find_all(True)} <= {"html", "body", "p", "span"}


def test_long_words_break_and_others_do_not():
    """A word of 25 letters may break anywhere; the ids of measures stay whole."""
    assert inline("a " + "x" * 25) == f'a <span class="long">{"x" * 25}</span>'
    assert inline("x" * 24) == "x" * 24
    assert inline("a_b." * 9) == f'<span class="long">{"a_b." * 9}</span>'
    assert [one for one in REGISTRY if "long" in inline(one)] == []
