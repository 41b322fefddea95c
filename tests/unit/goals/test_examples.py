"""The gallery of what the rules say: complete, in both languages, and as it was read."""

import re

import pytest

from tests.unit.goals import examples

FOREIGN = {
    0: re.compile(r"\b(der|die|das|und|ist|nicht|Ziel|Quartal|Quartale)\b"),
    1: re.compile(r"\b(the|and|is|not|goal|quarters|it)\b", re.IGNORECASE),
}


@pytest.fixture(scope="module")
def gallery():
    """Return the examples."""
    return examples.gallery()


def test_every_verdict_of_every_rule_has_an_example(gallery):
    """None is missing, and no rule gives a verdict that is not listed."""
    listed = {(rule, state) for rule, states in examples.RULES.items() for state in states.split()}
    assert {(rule, state) for _, rule, state in gallery} == listed


def test_each_reads_in_its_own_language(gallery):
    """Whole sentences without a placeholder; no English in German ones, and no German in others."""
    quoted = re.compile(r"[“„][^”“]*[”“]|Umsatz auf.*€")
    for pairs in gallery.values():
        for pair in pairs.items():
            for language, text in enumerate(pair):
                assert text.endswith(".")
                assert "{" not in text
                assert not FOREIGN[language].search(quoted.sub("", text)), text


def test_the_gallery_is_as_it_was_read():
    """A changed text is read again: `python -m tests.unit.goals.examples`, then the diff."""
    assert examples.FILE.read_text(encoding="utf-8") == examples.written()
