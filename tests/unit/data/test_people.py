"""Who is a person, and what stands for one."""

import os
import re
import stat

import pytest

from qbr_lib.data import people
from qbr_lib.data.people import NOBODY, PSEUDONYM, ROLES, People, key_of, normal, pseudonym, signed
from qbr_lib.errors import ParameterError, StoreError
from qbr_lib.words import in_language

KEY = b"k" * 32
ANNE = pseudonym("r1", KEY)
WORDS = in_language("de")


def _people(mode):
    """Know Änne Über, r-7a, of the data."""
    shown = ANNE if mode == "pseudonym" else NOBODY
    known = {signed(normal(text), KEY): shown for text in ("Änne Über", "r-7a", "x")}
    return People(mode, known, frozenset({"nord", "süd & co"}), key=lambda: KEY)


@pytest.mark.parametrize(
    "role",
    [
        *("team", "Team", "TEAM", "team lead", "Head of Sales", "sales operations", "management"),
        *("marketing", "product", "Teamleitung", "Vertriebsleitung", "Innendienst", "Produkt"),
        *("Geschäftsführung", "Außendienst", "Nord", "Team Nord", "Nord Team", "Teamleitung Nord"),
        *(" ", ""),
    ],
)
@pytest.mark.parametrize("mode", ["off", "pseudonym", "named"])
def test_roles_and_teams_stay(mode, role):
    """A role or a team is nobody in particular: it is shown as typed, in every mode."""
    assert _people(mode).person(role, WORDS) == role


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Änne Über", ANNE),
        ("ÄNNE  über", ANNE),
        ("A\u0308nne U\u0308ber", ANNE),
        ("r-7a", ANNE),
        ("R-7A", ANNE),
        ("Somebody Else", pseudonym("somebody else", KEY)),
        ("Team Änne Über", pseudonym("team änne über", KEY)),
    ],
)
def test_a_person_is_covered(typed, code):
    """Anybody else is a person, or their pseudonym: the one of the data where they are known."""
    assert _people("off").person(typed, WORDS) == "eine Person"
    assert _people("off").person(typed, in_language("en")) == "a person"
    assert _people("pseudonym").person(typed, WORDS) == code
    assert _people("named").person(typed, WORDS) == typed


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Änne Über ruft an.", "{} ruft an."),
        ("Für (änne über), Änne Übers Kunde", "Für ({}), {} Kunde"),
        ("Siehe R-7A/Akte; r-7ab nicht", "Siehe {}/Akte; r-7ab nicht"),
        ("x ist kein Name, Änne allein auch nicht", "x ist kein Name, Änne allein auch nicht"),
        ("Änne Übermut", "Änne Übermut"),
        ("", ""),
    ],
)
def test_names_in_prose(typed, shown):
    """In a text full names and telling ids are replaced, and not a character besides."""
    assert _people("off").prose(typed) == shown.replace("{}", NOBODY)
    assert _people("pseudonym").prose(typed) == shown.replace("{}", ANNE)
    assert _people("named").prose(typed) == typed


def test_nothing_of_it_can_be_printed():
    """What a notebook may print of it is the mode alone, and no name can be read from it."""
    shown = _people("pseudonym")
    assert repr(shown) == "People('pseudonym')"
    assert all(re.fullmatch(r"[0-9a-f]{64}", sign) for sign in shown.known)


def test_pseudonyms():
    """A pseudonym is stable within a key and another with another key."""
    assert re.fullmatch(PSEUDONYM, ANNE)
    assert pseudonym("r1", KEY) == ANNE
    assert len({pseudonym("r1", KEY), pseudonym("r2", KEY), pseudonym("r1", b"other" * 8)}) == 3
    assert len({pseudonym(f"r{n}", KEY) for n in range(5000)}) == 5000


def test_roles_are_plain():
    """The list of roles is written as texts are compared."""
    assert {"team", "vertriebsleitung", "head of sales"} <= ROLES
    assert all(normal(role) == role for role in ROLES)


def test_the_key_is_made_once(tmp_path, monkeypatch):
    """The key is random, made when first needed, readable by its owner alone, and then stays."""
    monkeypatch.delenv(people.VARIABLE, raising=False)
    assert key_of(tmp_path / "history", make=False) == b""
    key = key_of(tmp_path / "history")
    (path,) = (tmp_path / "history").iterdir()
    assert (path.name, len(key)) == (".pseudonym-key", 64)
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key_of(tmp_path / "history") == key_of(tmp_path / "history", make=False) == key
    assert key_of(tmp_path / "elsewhere") != key


def test_the_key_of_the_environment(tmp_path, monkeypatch):
    """A key of the environment is taken before the file's, and no file is made."""
    monkeypatch.setenv(people.VARIABLE, "from a vault, long enough")
    assert key_of(tmp_path / "history") == b"from a vault, long enough"
    assert not (tmp_path / "history").exists()


def test_keys_that_protect_nobody(tmp_path, monkeypatch):
    """A key that can be guessed is refused, wherever it stands; the message does not tell it."""
    (tmp_path / people.KEY_FILE).write_text("short")
    monkeypatch.delenv(people.VARIABLE, raising=False)
    with pytest.raises(StoreError) as caught:
        key_of(tmp_path)
    assert str(caught.value) == (
        "The key of the pseudonyms is damaged.\n"
        "  Where: history/.pseudonym-key\n"
        "  Got: 5 characters\n"
        "  Wanted: the file as it was made\n"
        "  Edit: restore the file, or delete it: all pseudonyms change then"
    )
    monkeypatch.setenv(people.VARIABLE, "short")
    with pytest.raises(ParameterError) as caught:
        key_of(tmp_path)
    assert str(caught.value) == (
        "The key of the pseudonyms is too short.\n"
        "  Where: environment, QBR_PSEUDONYM_KEY\n"
        "  Got: 5 characters\n"
        "  Wanted: at least 16\n"
        "  Edit: unset QBR_PSEUDONYM_KEY, or set a longer random text"
    )
