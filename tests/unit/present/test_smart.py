"""What to look at before goals are agreed, as a page shows it."""

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.goals.smart import COLUMNS
from qbr_lib.present import smart
from qbr_lib.words import in_language

ENGLISH, GERMAN = (Formats(in_language(one), "EUR") for one in ("en", "de"))


def _frame(*rows):
    return pd.DataFrame(
        [(goal, f"Goal {goal}", letter, "rule", state, text) for goal, letter, state, text in rows],
        columns=COLUMNS,
    )


MIXED = _frame(
    ("a", "S", "warn", "The title."),
    ("a", "M", "fail", "The baseline."),
    ("a", "A", "fail", "The chance."),
    ("a", "R", "fail", "The parent."),
    ("a", "T", "unknown", "The lead."),
    ("b", "S", "warn", "The words."),
    ("b", "A", "warn", "The stretch."),
    ("c", "S", "pass", "All fine."),
)


def test_the_heaviest_comes_first():
    """Of failures two are told, of what deserves a look one; what decides most goes first."""
    lines = smart.section(MIXED, ENGLISH).text.splitlines()
    assert lines[1] == "1 goal has something to settle before it is agreed"
    assert [line.replace("\xa0", " ") for line in lines[4:]] == [
        "[3 to settle] Goal a: The chance. The baseline. S 0/1 M 0/1 A 0/1 R 0/1 T –",
        "[2 to look at] Goal b: The stretch. S 0/1 A 0/1",
        "[nothing open] Goal c: Nothing to look at. S 1/1",
    ]


@pytest.mark.parametrize(
    ("goals", "english", "german"),
    [
        ("b", "1 goal deserves a look", "1 Ziel verdient einen Blick"),
        ("c", "Nothing speaks against", "Nichts spricht dagegen"),
    ],
)
def test_without_failures(goals, english, german):
    """A page without failures says so."""
    frame = MIXED.loc[MIXED["goal"].isin(list(goals))]
    assert english in smart.section(frame, ENGLISH).text
    assert german in smart.section(frame, GERMAN).text


def test_every_rule_is_in_the_appendix():
    """Each with its letter in words, what it rests on, and its verdict."""
    text = smart.table(MIXED, GERMAN).text
    assert all(one in text for one in MIXED["text"])
    for said in ("Spezifisch", "Terminiert", "erfüllt", "klären", "nicht bekannt"):
        assert said in text


def test_what_people_typed_is_escaped():
    """A title is text, never markup."""
    frame = MIXED.assign(title="<script>")
    for shown in (smart.section(frame, ENGLISH), smart.table(frame, ENGLISH)):
        assert "<script>" not in shown.html


def test_without_goals_nothing_is_shown():
    """No goal, no section, no table."""
    for shown in (smart.section, smart.table):
        assert shown(_frame(), ENGLISH).html == ""
