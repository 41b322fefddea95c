"""Who sees what, in every mode of privacy, scope and source."""

import dataclasses

import pytest

from qbr_lib.data.people import People
from qbr_lib.formats import Formats
from qbr_lib.present import transparency
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice

ENGLISH = Formats(in_language("en"), "EUR")


def said(mode="named", **given):
    """Return the part of the appendix as text."""
    organisation = {"privacy": {"people": mode, "minimum_group": 7}}
    data = dataclasses.replace(build_slice([], **organisation), people=People(mode), **given)
    return transparency.transparency(data, ENGLISH).text


def test_each_mode_says_what_it_shows():
    """With off nobody, with pseudonym codes, with named names; the group's size where it counts."""
    off, coded, named = map(said, ("off", "pseudonym", "named"))
    assert "People on the page: Nobody is named" in off
    assert "Figures per person: There are none." in off
    assert "Figures per person: Shown from 7 people on, under codes." in coded
    assert "fewer than 7 people" in coded
    assert "Figures per person: Shown, but nobody is ranked." in named
    assert "7" not in named


def test_numbers_are_the_same_for_all():
    """The page says that nothing was adjusted, how old the data is and where it is from."""
    text = said()
    assert "nothing on this page was adjusted by hand." in text
    assert "As of 30 September 2026; nothing later is in it." in text
    assert "The first closing is of 1 January 2020." in text
    assert "An invented organisation" in text
    assert "The first closing is of unknown." in said(data_since=None)


@pytest.mark.parametrize("scope", ["team", "group", "company"])
@pytest.mark.parametrize("kind", ["events", "snapshots", None])
def test_every_scope_and_history_has_its_words(scope, kind):
    """No combination is without a sentence."""
    assert said(scope=scope, history_kind=kind)
