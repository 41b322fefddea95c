"""The lists of deals: every name has its words, and the words can name a sheet."""

import pytest

from qbr_lib.deal_lists import LISTS, is_signed, meaning_of, title_of
from qbr_lib.measures import BRIDGE_FLOWS
from qbr_lib.words import LANGUAGES, in_language

BARS = ("opening", *BRIDGE_FLOWS, "closing")


def test_titles_and_meanings():
    """A list is called by its own title, a movement by that of its bar."""
    assert title_of("won") == "Deals won"
    assert title_of("pipeline", "pulled_in") == "Pulled in"
    assert meaning_of("won") == "Won in the quarter, by closing day."
    assert meaning_of("pipeline", "removed") == "Deals deleted in the CRM."
    assert all(title_of("pipeline", bar) for bar in BARS)


def test_flows_are_signed_and_levels_are_not():
    """What moves carries its sign; start, end and other lists do not."""
    assert [bar for bar in BARS if not is_signed(bar)] == ["opening", "closing"]
    assert not is_signed(None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_can_name_sheets(language):
    """Excel takes 31 letters, none of them special, and no name twice, whatever the case."""
    words = in_language(language)
    names = [words.say(one) for one in ("Overview", *(made.title for made in LISTS.values()))]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert len(name) <= 31
        assert not set(name) & set("[]:*?/\\'")
